"""Trainings that go over to a compiled step, with a traced graph in place of a compiled library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganengine.commands import Command
from ganengine.events import NoteEvent, RunStatus
from ganengine.graph.spec import StepSpec
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.shapes import ImageShape
from ganengine.stepping import graph_source, stepper
from ganengine.trainer import Trainer
from tests.ganengine.graph_helpers import TracedRunner
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, random_digits, run_of

SHAPE = ImageShape(1, 28)
# Dropout and noise draw from torch's global generator; NAdam has two counters.
CHANGES: dict[str, Any] = {
    "training.cpu_threads": 1,
    "training.steps": 12,
    "discriminator.dropout": 0.3,
    "regularization.instance_noise": 0.1,
    "optimizer_g.kind": "nadam",
    "optimizer_g.lr": 1e-3,
    "recording.log_every": 5,
}
CLOSE = 1e-4  # of the way that the weights went


def trained(root: Path, *commands: tuple[int, Command], watcher: Watcher | None = None, **changes: Any) -> Trainer:
    trainer = make_trainer(root, {**CHANGES, **changes}, *commands, watcher=watcher)
    assert trainer.run() is RunStatus.FINISHED
    return trainer


def untouched(root: Path, monkeypatch: pytest.MonkeyPatch, *commands: tuple[int, Command], **changes: Any) -> Trainer:
    """The same training that knows of no compiler."""
    with monkeypatch.context() as patch:
        patch.setenv("GANENGINE_TUNING", "off")
        return trained(root, *commands, **changes)


def bits(trainer: Trainer) -> dict[str, Any]:
    """All that a training leaves, random generators too."""
    state = load_checkpoint(run_of(trainer).checkpoints.path(trainer.step))
    values = [
        {key: value for key, value in event.values.items() if not key.startswith("speed/")}
        for event in run_of(trainer).metrics()
    ]
    keys = ("step", "images", "epoch", "players", "batches", "generator", "rng", "meter", "threads")
    return {key: state[key] for key in keys} | {"values": values}


def apart(one: Trainer, other: Trainer) -> float:
    """Distance of the weights as a share of their way."""
    torch.manual_seed(0)

    def gathered(trainer: Trainer) -> Tensor:
        networks = [network for _, network in trainer.players.networks()]
        return torch.cat([weight.detach().flatten() for part in networks for weight in part.parameters()]).double()

    begin = gathered(Trainer(one.config, random_digits(), one.directory))
    way = (gathered(one) - begin).norm()
    return float((gathered(one) - gathered(other)).norm() / way)


def notes(watcher: Watcher) -> list[str]:
    return [event.message for event in watcher.of(NoteEvent)]


def spec_key() -> str:
    return StepSpec(quick_config(CHANGES), SHAPE, 0, "cpu").key()


class Clock:
    """Each step takes as long as is said here.

    Attributes:
        eager: seconds of an eager step.
        ways: how each step was taken.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, runner: TracedRunner, eager: float, graph: float) -> None:
        self.eager: Callable[[], float] = lambda: eager
        self.ways: list[str] = []
        self._now = 0.0
        eagerly, compiled = stepper.eager_step, runner.run

        def eager_step(*args: Any) -> Any:
            self._now += self.eager()
            self.ways.append("eager")
            return eagerly(*args)

        def run(inputs: list[Tensor]) -> list[Tensor]:
            self._now += graph
            self.ways.append("graph")
            return compiled(inputs)

        monkeypatch.setenv("GANENGINE_TUNING", "on")
        monkeypatch.setattr(graph_source, "PATIENCE_S", 0.1)
        monkeypatch.setattr(graph_source, "WORTH_S", 0.0)
        monkeypatch.setattr(stepper, "eager_step", eager_step)
        monkeypatch.setattr(runner, "run", run)
        monkeypatch.setattr(stepper.time, "perf_counter", lambda: self._now)
