"""All that the engine says to the outside while it trains. Imports no torch, so that a window can know it early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ganengine.config import TrainConfig


class RunStatus(StrEnum):
    """What a run is doing, as written in `run.json`."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Preparing:
    """Something has to be made ready first: images decoded, an extractor trained.

    Whoever is told may raise `Cancelled`, and the work is given up.

    Attributes:
        what: in words, e.g. "Reading the pictures".
        done, total: how far it is; a total of 0 means that it is not known.
    """

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class RunStarted:
    """The networks are built and the first step is next.

    Attributes:
        directory: the run directory.
        config: the settings in force.
        step: where it starts; more than 0 when it continues.
        device: the device's name for people.
        parameters: number of trainable weights, of "generator" and "discriminator".
        classes: names of the classes that the networks are told of; empty where they are not.
    """

    directory: Path
    config: TrainConfig
    step: int
    total_steps: int
    device: str
    parameters: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusChanged:
    """The run began to run, pause or end; `message` says why where it failed."""

    step: int
    status: RunStatus
    message: str = ""


@dataclass(frozen=True)
class Progress:
    """Where the training is; sent a few times a second.

    Attributes:
        images_per_s: real images per second, lately.
        seconds_left: estimate, or None where it is not known yet.
        device_memory: bytes in use on the training device.
    """

    step: int
    total_steps: int
    epoch: float
    images: int
    images_per_s: float
    seconds_left: float | None
    device_memory: int


@dataclass(frozen=True)
class MetricsEvent:
    """One point of the plots: each value is the mean over the steps since the last.

    Attributes:
        step, epoch, images: where the training stood at the last of these steps.
        seconds: time spent training so far.
        values: metric key → value, e.g. ``loss/g``; see the README for the keys.
    """

    step: int
    epoch: float
    images: int
    seconds: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class SamplesEvent:
    """Images made from the run's fixed latent vectors.

    Attributes:
        images: uint8 [N, H, W, C].
        path: the PNG that they were written to.
        columns: of the grid whose rows are the classes; 0 where any layout will do.
        dropped: steps of older samples that were deleted, so that there are not too many.
    """

    step: int
    epoch: float
    images: NDArray[np.uint8]
    path: Path
    columns: int = 0
    dropped: tuple[int, ...] = ()


@dataclass(frozen=True)
class FreshSamplesEvent:
    """Images made from new random latent vectors on request; not kept. `images` is uint8 [N, H, W, C]."""

    step: int
    images: NDArray[np.uint8]


@dataclass(frozen=True)
class CheckpointEvent:
    """A checkpoint is complete on disk; `kept` if the user asked for it, so that it is never deleted."""

    step: int
    path: Path
    kept: bool


@dataclass(frozen=True)
class EditEvent:
    """Settings changed in the running training, from the next step on: path → (old, new); its length may be another."""

    step: int
    config: TrainConfig
    changes: Mapping[str, tuple[Any, Any]]
    total_steps: int


@dataclass(frozen=True)
class AlertEvent:
    """Something the user should know; the training goes on or is paused."""

    step: int
    message: str


@dataclass(frozen=True)
class NoteEvent:
    """Something for the log, such as how the steps are taken from now on."""

    step: int
    message: str


Event = (
    Preparing
    | RunStarted
    | StatusChanged
    | Progress
    | MetricsEvent
    | SamplesEvent
    | FreshSamplesEvent
    | CheckpointEvent
    | EditEvent
    | AlertEvent
    | NoteEvent
)


class TrainingObserver(Protocol):
    """Anything that wants to know. Called on the training thread, between two steps: return quickly."""

    def notify(self, event: Event) -> None:
        """Take note of one event."""
