"""What can be asked of a running training, from any thread."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any


@dataclass(frozen=True)
class Pause:
    """Wait before the next step."""


@dataclass(frozen=True)
class Continue:
    """Go on after a pause."""


@dataclass(frozen=True)
class StepOnce:
    """Do one step of the generator, then wait."""


@dataclass(frozen=True)
class Stop:
    """End the training, after saving a checkpoint unless `save` is false."""

    save: bool = True


@dataclass(frozen=True)
class SaveCheckpoint:
    """Save a checkpoint that is never deleted."""


@dataclass(frozen=True)
class Edit:
    """Change settings that may change live: dotted path → new value."""

    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MakeSamples:
    """Make `count` images from the latent vectors of `seed`, answered by a `FreshSamplesEvent`."""

    seed: int
    count: int


@dataclass(frozen=True)
class Evaluate:
    """Measure the quality of the generated images now, answered by a `MetricsEvent` with ``eval/…`` keys."""


Command = Evaluate | Pause | Continue | StepOnce | Stop | SaveCheckpoint | Edit | MakeSamples


class CommandQueue:
    """Requests that the training loop reads between two steps; it answers each with an event."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._queue: SimpleQueue[Command] = SimpleQueue()

    def send(self, command: Command) -> None:
        """Leave a request; returns at once. Safe from any thread and from a signal handler."""
        if isinstance(command, Stop):
            self._stopping.set()
        self._queue.put(command)

    @property
    def wants_stop(self) -> bool:
        """Whether a `Stop` was left, read or not: long preparations are given up then."""
        return self._stopping.is_set()

    def take(self, *, wait: bool) -> Command | None:
        """The next request; without one, None or (with `wait`) sleep until there is one."""
        if not wait and self._queue.empty():
            return None
        return self._queue.get()
