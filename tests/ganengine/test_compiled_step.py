"""The step as PyTorch's compiler makes it: right, exactly resumable, and found again. One compilation for each kind."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from ganengine.commands import Stop
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.events import NoteEvent, RunStatus
from ganengine.graph import preparation, store
from ganengine.graph.build import LIBRARY
from ganengine.presets import find_preset
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer
from tests.ganengine.helpers import QUICK, Script, Watcher, run_of, same

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PLAIN = {**QUICK, "training.cpu_threads": 1, "training.batch_size": 8, "training.steps": 40}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "mnist-simple": ("mnist-simple", {}),
    "conditional dcgan": (
        "",
        {
            "generator.kind": "dcgan",
            "generator.width": 8,
            "discriminator.kind": "dcgan",
            "discriminator.width": 8,
            "discriminator.dropout": 0.3,
            "training.class_conditional": True,
            "loss.kind": "hinge",
        },
    ),
    "dense-bn": (
        "",
        {
            "generator.kind": "dense-bn",
            "generator.widths": [32, 48],
            "discriminator.widths": [32],
            "optimizer_g.kind": "rmsprop",
            "optimizer_d.kind": "rmsprop",
            "optimizer_g.lr": 1e-3,
            "optimizer_d.lr": 1e-3,
        },
    ),
    "dcgan with R1": (
        "",
        {
            "generator.kind": "dcgan",
            "generator.width": 8,
            "discriminator.kind": "dcgan",
            "discriminator.width": 8,
            "discriminator.spectral_norm": False,
            "regularization.r1_gamma": 1.0,
            "augment.mirror": True,
        },
    ),
}
# The distance between the weights of both ways, as a share of the way that they went.
AFTER_5, AFTER_40 = 0.01, 0.1
STATE = ("step", "images", "players", "batches", "generator", "rng", "meter")

GO_ON = """
import sys
from pathlib import Path
from ganengine.launch import resume_run
from ganengine.runs.directory import RunDirectory
import tests.ganengine.test_compiled_step as here
run = RunDirectory.open(Path(sys.argv[1]))
here.resumed(run, sys.argv[2]).run()
"""


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The compiled steps of all tests here."""
    import os
    yield Path(os.environ.get("DEVGRAPHS") or tmp_path_factory.mktemp("graphs"))
    assert not preparation._running


@pytest.fixture(autouse=True)
def _compiled(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(graphs))
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


def data() -> ImageDataset:
    generator = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (40, 1, 28, 28), generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, 3, (40,), generator=generator)
    return ImageDataset("noise", images, labels, ("a", "b", "c"))


def config_of(kind: str, changes: dict[str, Any] | None = None) -> TrainConfig:
    preset, own = KINDS[kind]
    base = find_preset(preset).config if preset else TrainConfig()
    return base.with_changes({**PLAIN, **own, **(changes or {})})


def started(kind: str, root: Path, changes: dict[str, Any] | None = None, watcher: Watcher | None = None) -> Trainer:
    config = config_of(kind, changes)
    directory = RunDirectory.create(root, config)
    directory.acquire()
    return Trainer(config, data(), directory, [watcher] if watcher else [])


def resumed(run: RunDirectory, changes: dict[str, Any] | None = None) -> Trainer:
    """From its newest checkpoint."""
    run.acquire()
    checkpoint = load_checkpoint(run.checkpoints.path(run.checkpoints.steps()[-1]))
    config = TrainConfig.parse(checkpoint["config"]).with_changes(changes or {})
    return Trainer(config, data(), run, checkpoint=checkpoint)


def finished(trainer: Trainer) -> dict[str, Any]:
    """Run it, and what its last checkpoint holds."""
    assert trainer.run() is RunStatus.FINISHED
    return last(trainer)


def last(trainer: Trainer) -> dict[str, Any]:
    return load_checkpoint(run_of(trainer).checkpoints.path(trainer.step))


def share_apart(one: dict[str, Any], other: dict[str, Any], begin: dict[str, Any], network: str) -> float:
    def gathered(state: dict[str, Any]) -> torch.Tensor:
        values = [value for value in state[network].values() if value.is_floating_point()]
        return torch.cat([value.detach().flatten() for value in values]).double()

    a, b, was = (gathered(state) for state in (one, other, begin))
    return float((a - b).norm() / (b - was).norm())


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_where_the_eager_step_goes(kind: str, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for steps, tolerance in ((5, AFTER_5), (40, AFTER_40)):
        changes = {"training.steps": steps}
        compiled = started(kind, runs_dir, changes)
        begin = {
            name: {k: v.clone() for k, v in part.state_dict().items()} for name, part in compiled.players.networks()
        }
        found = finished(compiled)
        assert compiled.stepper.way.compiled
        with monkeypatch.context() as patch:
            patch.setenv("GANENGINE_TUNING", "off")
            eager = started(kind, runs_dir, changes)
            expected = finished(eager)
        assert not eager.stepper.way.compiled
        for network in begin:
            share = share_apart(found["players"], expected["players"], begin, network)
            print(f"{kind}, {steps} steps: {network} {share:.1e}")
            assert share <= tolerance, (network, steps)
        for key in ("step", "images", "batches", "generator", "rng"):
            assert same(found[key], expected[key]), key
