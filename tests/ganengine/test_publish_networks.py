"""The generator as ONNX and safetensors, read back with onnxruntime, onnx and safetensors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors import safe_open

from ganengine.components import alternatives
from ganengine.config import TrainConfig
from ganengine.errors import Cancelled, CheckpointError, PublishError, UnfaithfulCopy
from ganengine.networks.generators.base import Generator
from ganengine.publish import torch_to_onnx
from ganengine.publish.base import publication
from ganengine.publish.source import Source
from ganengine.publish.torch_to_onnx import convert
from ganengine.runs.checkpoints import save_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.sampler import Sampler
from ganengine.shapes import ImageShape
from tests.ganengine.publishing import files_in, tiny_run

KINDS = sorted(alternatives(Generator))
SMALL = {"widths": (8, 12), "width": 4}


def checkpoint_of(folder: Path, kind: str, num_classes: int, **more: Any) -> Path:
    """A checkpoint that holds a generator with weights as after a training, none of them at its first value."""
    cls = alternatives(Generator)[kind]
    fields = {name: value for name, value in {**SMALL, **more}.items() if name in cls.model_fields}
    generator = cls.model_validate({"kind": kind, "latent_dim": 8, **fields})
    torch.manual_seed(3)
    G = generator.build(ImageShape(3, 28), num_classes)
    G.train()
    labels = torch.arange(16) % num_classes if num_classes else None
    with torch.no_grad():
        for parameter in G.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        for _ in range(3):  # batch norm and spectral norm remember something
            G(2 * torch.randn(16, 8), labels)
    config = TrainConfig().with_changes({"generator": generator.model_dump()})
    content = {
        "config": config.model_dump(mode="json"),
        "step": 5,
        "players": {"G": G.state_dict()},
        "fixed_z": torch.randn(4, 8),
        "data": {"shape": {"channels": 3, "resolution": 28}, "classes": [f"class {n}" for n in range(num_classes)]},
    }
    if num_classes:
        content["fixed_labels"] = torch.arange(4)
    path = folder / "step-00000005.pt"
    save_checkpoint(path, content)
    return path


def networks() -> list[Any]:
    """Each kind, with and without classes, and some with other layers than the usual ones."""
    plain = [pytest.param(kind, classes, {}, id=f"{kind}-{classes}") for kind in KINDS for classes in (0, 3)]
    others = [
        pytest.param("dcgan", 3, {"spectral_norm": True}, id="dcgan-spectral"),
        pytest.param("dcgan", 0, {"norm": "instance", "activation": "gelu"}, id="dcgan-instance"),
        pytest.param("resnet", 0, {"norm": "layer", "activation": "elu"}, id="resnet-layer"),
        pytest.param("mlp", 0, {"norm": "layer", "activation": "silu", "dropout": 0.3}, id="mlp-layer"),
    ]
    return plain + others


def vectors(count: int, sampler: Sampler) -> dict[str, np.ndarray]:
    z = np.random.default_rng(count).standard_normal((count, 8)).astype(np.float32)
    return {"z": z} | ({"labels": np.arange(count) % 3} if sampler.classes else {})


def answers(sampler: Sampler, inputs: dict[str, np.ndarray]) -> np.ndarray:
    with torch.no_grad():
        return sampler.generator(*(torch.from_numpy(values) for values in inputs.values())).numpy()


@pytest.mark.parametrize(("kind", "num_classes", "more"), networks())
def test_onnx_makes_the_same_images(kind: str, num_classes: int, more: dict[str, Any], tmp_path: Path) -> None:
    checkpoint = checkpoint_of(tmp_path, kind, num_classes, **more)
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    before = torch.get_rng_state()
    assert convert(checkpoint, tmp_path / "g.onnx", "a run") <= 1e-4
    assert torch.equal(before, torch.get_rng_state()), "it drew from torch's own random numbers"
    session = onnxruntime.InferenceSession(tmp_path / "g.onnx", providers=["CPUExecutionProvider"])
    assert [entry.name for entry in session.get_inputs()] == (["z", "labels"] if num_classes else ["z"])
    assert [entry.name for entry in session.get_outputs()] == ["images"]
    for count in (1, 2, 5):
        inputs = vectors(count, sampler)
        (found,) = session.run(None, inputs)
        assert found.shape == (count, 3, 28, 28)
        assert np.abs(found - answers(sampler, inputs)).max() <= 1e-4
        assert found.std() > 0.01, "nothing to compare"


def test_onnx_says_how_it_is_used(tmp_path: Path) -> None:
    convert(checkpoint_of(tmp_path, "mlp", 3), tmp_path / "g.onnx", "00007-mine")
    model = onnx.load(tmp_path / "g.onnx")
    onnx.checker.check_model(model, full_check=True)
    notes = {entry.key: entry.value for entry in model.metadata_props}
    assert (notes["run"], notes["step"], notes["latent_dim"]) == ("00007-mine", "5", "8")
    assert json.loads(notes["image_shape"]) == [3, 28, 28]
    assert json.loads(notes["classes"]) == ["class 0", "class 1", "class 2"]
    assert TrainConfig.from_toml(notes["config"]).generator.kind == "mlp"


def test_another_answer_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check compares with the network as it is, not with what was exported."""
    real = torch_to_onnx._exported

    def wrong(G: Any, inputs: Any) -> Any:
        from copy import deepcopy

        other = deepcopy(G)
        other.body[0].weight += 0.01
        return real(other, inputs)

    monkeypatch.setattr(torch_to_onnx, "_exported", wrong)
    with pytest.raises(UnfaithfulCopy, match="differs from the original"):
        convert(checkpoint_of(tmp_path, "mlp", 0), tmp_path / "g.onnx")
    assert not (tmp_path / "g.onnx").exists()


def test_onnx_of_a_run_through_a_process_of_its_own(tmp_path: Path) -> None:
    run = tiny_run(tmp_path / "runs")
    told: list[str] = []
    out = publication("onnx", {}).write(Source(run), tmp_path / "g", lambda what, *_: told.append(what))
    assert out == tmp_path / "g.onnx"
    assert told
    sampler = Source(run).sampler
    z = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    (found,) = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"]).run(None, {"z": z})
    assert np.abs(found - answers(sampler, {"z": z})).max() <= 1e-4


def test_onnx_can_be_stopped_and_says_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "step-00000005.pt"
    broken.write_bytes(b"PK")

    def stop(*_: object) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        publication("onnx", {}).write(Source(checkpoint=broken), tmp_path / "g.onnx", stop)
    with pytest.raises(PublishError, match=r"step-00000005\.pt is damaged"):
        publication("onnx", {}).write(Source(checkpoint=broken), tmp_path / "g.onnx")
    assert files_in(tmp_path) == [broken.name]


@pytest.mark.parametrize(("kind", "num_classes", "more"), networks())
def test_safetensors_hold_weights_and_settings(
    kind: str, num_classes: int, more: dict[str, Any], tmp_path: Path
) -> None:
    checkpoint = checkpoint_of(tmp_path, kind, num_classes, **more)
    out = publication("safetensors", {}).write(Source(checkpoint=checkpoint), tmp_path / "g")
    with safe_open(out, "pt") as file:
        notes = file.metadata()
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dict
    config = TrainConfig.from_toml(notes["config"])
    # With spectral norm, the weights are what they come to, and fit a network without it.
    values = config.generator.model_dump() | {"spectral_norm": False}
    generator = alternatives(Generator)[kind].model_validate(values)
    G = generator.build(ImageShape(3, 28), len(json.loads(notes["classes"])))
    G.load_state_dict(weights)
    G.eval()
    sampler = Sampler.from_checkpoint(checkpoint, "cpu")
    inputs = vectors(5, sampler)
    with torch.no_grad():
        found = G(*(torch.from_numpy(given) for given in inputs.values())).numpy()
    assert np.abs(found - answers(sampler, inputs)).max() < 1e-5
    assert notes["format"] == "pt"


def test_half_precision_is_half_as_large(tmp_path: Path) -> None:
    source = Source(checkpoint=checkpoint_of(tmp_path, "dense-bn", 0))
    exact = publication("safetensors", {}).write(source, tmp_path / "a")
    half = publication("safetensors", {"precision": "float16"}).write(source, tmp_path / "b")
    with safe_open(exact, "pt") as one, safe_open(half, "pt") as other:
        for name in one.keys():  # noqa: SIM118
            whole, part = one.get_tensor(name), other.get_tensor(name)
            if whole.is_floating_point():
                assert part.dtype == torch.float16
                assert torch.allclose(whole, part.float(), rtol=1e-3, atol=1e-4)
            else:
                assert torch.equal(whole, part)


def test_a_run_without_a_checkpoint(tmp_path: Path) -> None:
    empty = RunDirectory.create(tmp_path / "runs", TrainConfig())
    for kind in ("onnx", "safetensors"):
        made = publication(kind, {})
        assert made.problem_with(Source(empty)) == f"{empty.name} has no checkpoint yet."
        with pytest.raises(CheckpointError, match="no checkpoint yet"):
            made.write(Source(empty), tmp_path / "g")
    assert not files_in(tmp_path)
