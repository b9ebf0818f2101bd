"""How much memory a training will need, told before it begins, beside what a real step then holds."""

from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from ganengine import memory_estimate
from ganengine.cli import main
from ganengine.config import TrainConfig
from ganengine.devices import GIB, Memory
from ganengine.errors import OutOfMemory
from ganengine.memory_estimate import MIB, binary, estimate, largest_batch, step_peak
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.runs.directory import RunDirectory
from ganengine.shapes import ImageShape
from ganengine.step import training_step
from tests.ganengine.helpers import make_trainer, quick_config
from tests.ganengine.test_cli import SMALL

SHAPE = ImageShape(3, 32)
CONVOLUTIONS = {
    "generator.kind": "dcgan",
    "discriminator.kind": "dcgan",
    "generator.width": 8,
    "discriminator.width": 8,
    "training.batch_size": 16,
}
ALL = {
    "regularization.r1_gamma": 1.0,
    "regularization.gp_weight": 1.0,
    "regularization.instance_noise": 0.1,
    "regularization.instance_noise_images": 1000,
    "augment.mirror": True,
    "augment.color": True,
    "augment.translation": 0.125,
    "augment.cutout": 0.3,
    "discriminator.spectral_norm": True,
    "discriminator.dropout": 0.2,
    "training.d_steps": 2,
}
KINDS: dict[str, tuple[dict[str, Any], int]] = {
    "mlp": ({"training.batch_size": 64}, 0),
    "dcgan": (CONVOLUTIONS, 0),
    "shared": ({**CONVOLUTIONS, "compute.share_fakes": True}, 0),
    "bf16": ({**CONVOLUTIONS, "compute.precision": "bf16"}, 0),
    "resnet with everything": (
        {
            **CONVOLUTIONS,
            **ALL,
            "generator.kind": "resnet",
            "discriminator.kind": "resnet",
            "optimizer_d.kind": "nadam",
        },
        10,
    ),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_counted_on_shapes_is_what_a_real_step_holds(kind: str) -> None:
    changes, classes = KINDS[kind]
    config = TrainConfig().with_changes(changes)
    G, D = config.generator.build(SHAPE, classes), config.discriminator.build(SHAPE, classes)
    before = torch.get_rng_state()
    told = estimate(config, SHAPE, classes, 1000)
    assert torch.equal(before, torch.get_rng_state()), "it draws nothing"
    assert told.parts["activations"] == pytest.approx(step_peak(G, D, config, SHAPE, classes), rel=0.01)


def test_what_is_counted_is_what_the_allocator_gives() -> None:
    """The profiler sees every block that is taken and given back, whatever asks for it."""
    config = TrainConfig().with_changes({**CONVOLUTIONS, "training.batch_size": 64})
    players = Players.build(config, SHAPE, torch.device("cpu"))
    rules, G, D = Rules.of(config), players.G, players.D

    def step() -> None:
        batch = torch.zeros(64, 3, 32, 32, dtype=torch.uint8).to(torch.float32)
        z = [torch.zeros(64, config.generator.latent_dim) for _ in range(2)]
        training_step(G, D, None, rules, players.optimizer_g, players.optimizer_d, [(batch, None)], z)

    step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as seen:
        step()
    held = peak = 0
    for event in sorted(seen.profiler.kineto_results.events(), key=lambda event: event.start_ns()):  # type: ignore[union-attr]
        held += event.nbytes() if event.name() == "[memory]" else 0
        peak = max(peak, held)
    told = estimate(config, SHAPE).parts
    # The gradients of the step before were there already, and those of this one are made while they are.
    assert told["activations"] + told["gradients"] == pytest.approx(peak, rel=0.1)


def test_the_steady_parts_are_what_is_held(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"training.steps": 1, "generator.widths": [50], "optimizer_d.kind": "rmsprop"})
    trainer.run()
    parts = estimate(trainer.config, trainer.state.dataset.shape, 0, trainer.state.dataset.count).parts
    players = trainer.players

    def size(tensors: Any) -> int:
        return sum(tensor.nbytes for tensor in tensors)

    assert parts["weights"] == size([*players.G.state_dict().values(), *players.D.state_dict().values()])
    assert players.G_ema is not None
    assert parts["their average"] == size(players.G_ema.state_dict().values())
    assert parts["gradients"] == size(
        weight.grad for part in (players.G, players.D) for weight in part.parameters() if weight.grad is not None
    )
    states = [state for which in (players.optimizer_g, players.optimizer_d) for state in which.state.values()]
    assert parts["optimizers"] == size(v for state in states for v in state.values() if v.ndim)
    assert parts["images"] >= trainer.state.dataset.images.nbytes


def test_a_gpu_holds_its_own_besides() -> None:
    config = TrainConfig()
    here, there = estimate(config, SHAPE), estimate(config, SHAPE, device=torch.device("cuda:0"))
    assert there.total == here.total + memory_estimate.CONTEXT + memory_estimate.LIBRARIES
    assert there.of_tensors == there.total - memory_estimate.CONTEXT
    assert "CUDA itself 512 MiB" in str(there)


@pytest.mark.parametrize("free", [10 * MIB, 40 * MIB, 100 * MIB, 300 * MIB, 2 * GIB])
def test_the_largest_batch_is_the_last_that_fits(free: int) -> None:
    config = TrainConfig().with_changes(CONVOLUTIONS)
    found = largest_batch(config, SHAPE, 0, 5000, free)
    assert found.bit_count() == (free > 10 * MIB)

    def need(batch: int) -> int:
        return estimate(config.with_changes({"training.batch_size": batch}), SHAPE, 0, 5000).total

    if found == 4096:  # the data have no more
        assert need(found) <= 0.85 * free
    else:
        assert found == 0 or need(found) <= 0.85 * free
        assert need(2 * found or 2) > 0.85 * free


def test_the_largest_batch_grows_with_the_room_and_never_beyond_the_data() -> None:
    config = TrainConfig().with_changes(CONVOLUTIONS)
    found = [largest_batch(config, SHAPE, 0, 1000, room * MIB) for room in (1, 10, 20, 40, 80, 10_000)]
    assert found == sorted(found)
    assert found[0] == 0, "not even two images"
    assert found[-1] == 512


def test_sizes_read_well() -> None:
    assert [binary(size) for size in (1, 600 * MIB, 1.23 * GIB)] == ["1 MiB", "600 MiB", "1.2 GiB"]


def test_out_of_memory_names_a_batch_size_that_would_fit(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make_trainer(runs_dir, {"training.batch_size": 20, "generator.widths": [300]})
    one = estimate(trainer.config.with_changes({"training.batch_size": 4}), trainer.state.dataset.shape, 0, 20).total
    monkeypatch.setattr("ganengine.trouble.memory", lambda device: Memory(int(one / 0.85) + 1, 8 * GIB))

    def fail() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    trainer._train_step = fail  # type: ignore[method-assign]
    with pytest.raises(OutOfMemory, match=r"smaller batch size \(4 should fit\) or narrower"):
        trainer.run()


def test_where_the_estimate_was_wrong_the_advice_is_still_a_smaller_batch(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"training.batch_size": 20})

    def fail() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    trainer._train_step = fail  # type: ignore[method-assign]
    with pytest.raises(OutOfMemory, match=r"\(8 should fit\)"):
        trainer.run()


def test_the_command_takes_the_batch_that_fits(
    runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganengine.devices.memory", lambda device: Memory(60 * MIB, GIB))
    assert main(["train", *SMALL, "--steps", "1", "--fit-batch", "--runs", str(runs_dir)]) == 0
    said = capsys.readouterr()
    config = RunDirectory.open(Path(said.out.splitlines()[-1])).config()
    assert config.training.batch_size > 8
    assert f"batch size: {config.training.batch_size:,} images" in said.err
    monkeypatch.setattr("ganengine.devices.memory", lambda device: Memory(MIB, GIB))
    assert main(["train", *SMALL, "--fit-batch", "--runs", str(runs_dir)]) == 2
    assert "training.batch_size: none fits into the memory of cpu" in capsys.readouterr().err


def test_the_machine_has_room_for_the_default() -> None:
    told = estimate(quick_config(), ImageShape(1, 28), 0, 5000)
    assert told.fits(psutil.virtual_memory().available)
    assert not told.fits(told.total)
