"""Small trainings for the engine's tests: quick configs, an observer that remembers, a script of commands."""

import errno
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch

from ganengine.commands import Command
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.events import Event
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer

E = TypeVar("E", bound=Event)

QUICK = {
    "generator.latent_dim": 4,
    "training.batch_size": 4,
    "training.steps": 6,
    "training.device": "cpu",
    "recording.log_every": 1,
    "recording.sample_every": 1_000_000,
    "recording.sample_count": 4,
    "recording.checkpoint_every": 0,
}


def quick_config(changes: Mapping[str, Any] | None = None) -> TrainConfig:
    """An MLP GAN that trains six steps in a few milliseconds, with changes at dotted paths."""
    given = dict(changes or {})
    dense = [network for network in ("generator", "discriminator") if given.get(f"{network}.kind", "mlp") == "mlp"]
    widths = {f"{network}.widths": [6] for network in dense}
    return TrainConfig().with_changes({**QUICK, **widths, **given})


def random_digits(count: int = 20, resolution: int = 28) -> ImageDataset:
    """Grey noise, always the same."""
    generator = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (count, 1, resolution, resolution), generator=generator, dtype=torch.uint8)
    return ImageDataset("noise", images)


class Watcher:
    """An observer that keeps every event, and lets the test react to it on the training thread."""

    def __init__(self, react: Callable[[Event], None] = lambda event: None) -> None:
        self.events: list[Event] = []
        self.react = react

    def notify(self, event: Event) -> None:
        self.events.append(event)
        self.react(event)

    def of(self, kind: type[E]) -> list[E]:
        """All events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


class Script:
    """Takes the place of a trainer's command queue: gives the next command when the trainer stands at its step.

    Attributes:
        waits: the step of each time that the trainer was paused and asked for a command.
    """

    def __init__(self, trainer: Trainer, *commands: tuple[int, Command]) -> None:
        self._trainer = trainer
        self._commands = list(commands)
        self.waits: list[int] = []

    def take(self, *, wait: bool) -> Command | None:
        if wait:
            self.waits.append(self._trainer.step)
        if self._commands and self._commands[0][0] == self._trainer.step:
            return self._commands.pop(0)[1]
        assert not wait, f"the training waits for ever at step {self._trainer.step}"
        return None


def make_trainer(
    root: Path,
    changes: Mapping[str, Any] | None = None,
    *commands: tuple[int, Command],
    dataset: ImageDataset | None = None,
    watcher: Watcher | None = None,
    patient: bool = False,
) -> Trainer:
    """A quick training in a new run directory, that will get each command at the given step."""
    config = quick_config(changes)
    directory = RunDirectory.create(root, config)
    directory.acquire()
    observers = [watcher] if watcher else []
    trainer = Trainer(config, dataset or random_digits(), directory, observers, patient=patient)
    if commands:
        trainer.commands = Script(trainer, *commands)  # type: ignore[assignment]
    return trainer


def run_of(trainer: Trainer) -> RunDirectory:
    """The run directory, opened afresh from the disk."""
    return RunDirectory.open(trainer.directory.path)


def same(one: Any, other: Any) -> bool:
    """Whether two nests of dicts, lists, tensors and plain values are equal bit for bit."""
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class _Limited:
    """A file on a disk that may be full."""

    def __init__(self, file: Any, disk: "FullDisk") -> None:
        self._file = file
        self._disk = disk

    def write(self, data: Any) -> int:
        self._disk.room -= len(data)
        if self._disk.room < 0:
            self._disk.room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data))

    def __enter__(self) -> "_Limited":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class FullDisk:
    """Stands in for the disk under everything that is written.

    Attributes:
        room: bytes that can still be written.
    """

    def __init__(self, patch: pytest.MonkeyPatch, room: float = math.inf) -> None:
        self.room = room
        real = Path.open

        def opened(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
            file = real(path, mode, *args, **options)
            return file if mode.startswith("r") else _Limited(file, self)

        patch.setattr(Path, "open", opened)
