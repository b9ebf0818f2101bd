"""A training in the foreground: progress on stderr, the run directory on stdout, and Ctrl-C saves before it ends."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from ganengine.commands import Stop
from ganengine.console import console_for
from ganengine.events import Event, RunStarted, RunStatus, TrainingObserver
from ganengine.trainer import Trainer

INTERRUPTED = 130
_NOTICE = b"\nStopping and saving; interrupt again to quit at once without saving.\n"


def train_to_the_end(build: Callable[[Sequence[TrainingObserver]], Trainer]) -> int:
    """Run the trainer that `build` makes with the given observers; returns the exit code.

    The last line on stdout is the run directory's path, however the training ended.

    Raises:
        GanEngineError: the training could not begin, or failed.
        KeyboardInterrupt: it was interrupted before it began, or a second time.
    """
    place = Place()
    try:
        status = train(build, place)
    finally:
        if place.directory:
            print(place.directory.absolute())
    return 0 if status == RunStatus.FINISHED else INTERRUPTED


def train(build: Callable[[Sequence[TrainingObserver]], Trainer], place: "Place") -> RunStatus:
    """As `train_to_the_end`, silent on stdout: `place` learns where the run is. Returns how it ended."""
    with Interrupts() as interrupts, console_for(sys.stderr) as console:
        trainer = build((place, console))
        interrupts.stop_instead(trainer)
        try:
            return trainer.run()
        finally:
            console.close()


class Interrupts:
    """While entered, SIGINT (Ctrl-C) and SIGTERM ask the training to save and stop; a second one quits at once.

    Before there is a training, the first one quits: there is nothing to save. Only for the main thread.
    """

    def __init__(self) -> None:
        self._trainer: Trainer | None = None
        self._before: dict[int, Any] = {}

    def stop_instead(self, trainer: Trainer) -> None:
        """From now on the next signal stops this training in good order."""
        self._trainer = trainer

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._caught) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        trainer, self._trainer = self._trainer, None
        if trainer is None:
            raise KeyboardInterrupt
        trainer.commands.send(Stop())
        # Not print: the signal may have come in the middle of one.
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), _NOTICE)


class Place:
    """Remembers where the run is.

    Attributes:
        directory: the run directory, once the training has begun.
    """

    directory: Path | None = None

    def notify(self, event: Event) -> None:
        """Take note of the directory."""
        if isinstance(event, RunStarted):
            self.directory = event.directory
