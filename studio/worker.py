"""Runs one training in a thread of its own and brings its events to the window in portions."""

import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from ganengine.commands import Command, CommandQueue
from ganengine.errors import Cancelled, GanEngineError
from ganengine.events import Event, MetricsEvent, Preparing, Progress, SamplesEvent, TrainingObserver

_log = logging.getLogger("studio")


class EventBatcher:
    """A `TrainingObserver` that hands events on in lists, at most about 30 times a second.

    One signal an event would drown the window: a small network logs thousands of times a second.
    """

    def __init__(self, deliver: Callable[[list[Event]], None], interval_s: float = 1 / 30) -> None:
        self._deliver = deliver
        self._interval_s = interval_s
        self._waiting: list[Event] = []
        self._last = 0.0

    def notify(self, event: Event) -> None:
        """Keep an event, and hand on all that wait where it is time, or where the event must not wait."""
        for newest_counts in (Progress, Preparing):
            if isinstance(event, newest_counts) and self._waiting and isinstance(self._waiting[-1], newest_counts):
                self._waiting.pop()
        self._waiting.append(event)
        can_wait = isinstance(event, MetricsEvent | Preparing | Progress | SamplesEvent)
        if not can_wait or time.monotonic() - self._last >= self._interval_s:
            self.flush()

    def flush(self) -> None:
        """Hand on all that wait."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._last = time.monotonic()
            self._deliver(waiting)


class _Canceller:
    """A `TrainingObserver` that gives a preparation up once the training is asked to stop."""

    def __init__(self, commands: CommandQueue) -> None:
        self._commands = commands

    def notify(self, event: Event) -> None:
        """Raise `Cancelled` in the middle of a preparation that nobody waits for any more."""
        if isinstance(event, Preparing) and self._commands.wants_stop:
            raise Cancelled("Stopped.")


# Builds a ganengine.trainer.Trainer; named loosely because that module must not be imported before the window is up.
BuildTrainer = Callable[[Sequence[TrainingObserver]], Any]


class TrainingWorker(QObject):
    """Builds a trainer and runs it to its end, on the `QThread` that it was moved to.

    Signals:
        eventsArrived(list): events of `ganengine.events`, oldest first.
        ended(object): None after an orderly end, else the exception.

    Attributes:
        commands: requests for the trainer; may be filled before it is built.
    """

    eventsArrived = Signal(list)
    ended = Signal(object)

    def __init__(self, build: BuildTrainer) -> None:
        super().__init__()
        self._build = build
        self.commands = CommandQueue()

    @Slot()
    def run(self) -> None:
        """Train. Called by the thread's `started` signal; returns when the training is over."""
        # The window waits this long for Python's lock while the training holds it; 5 ms, the default, can be felt.
        sys.setswitchinterval(0.001)
        batcher = EventBatcher(self.eventsArrived.emit)
        failure: Exception | None = None
        try:
            trainer = self._build([batcher, _Canceller(self.commands)])
            trainer.commands = self.commands
            trainer.run()
        except Cancelled:
            pass
        except Exception as error:
            failure = error
            if not isinstance(error, GanEngineError):
                _log.exception("the training ended with an unexpected error")
        batcher.flush()
        self.ended.emit(failure)
        QThread.currentThread().quit()


class TrainingThread(QObject):
    """A worker with its thread, as one thing that can be started and waited for.

    Signals:
        eventsArrived(list): see `TrainingWorker`.
        ended(object): after the thread itself is over, so that nothing dangles.
    """

    eventsArrived = Signal(list)
    ended = Signal(object)

    def __init__(self, build: BuildTrainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outcome: object = None
        self._thread = QThread()
        self._thread.setObjectName("training")
        # Python's own threads get 8 MB from the system; oneDNN and autograd need more than Qt's default on macOS.
        self._thread.setStackSize(16 * 1024 * 1024)
        self._worker = TrainingWorker(build)
        self._worker.moveToThread(self._thread)
        self._worker.eventsArrived.connect(self.eventsArrived)
        self._worker.ended.connect(self._remember)
        self._thread.started.connect(self._worker.run)
        self._thread.finished.connect(self._finish)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Ask for something; answered by an event between two steps."""
        self._worker.commands.send(command)

    def wait(self) -> None:
        """Block until the thread is over. Only after a `Stop` was sent."""
        self._thread.wait()

    @Slot(object)
    def _remember(self, outcome: object) -> None:
        self._outcome = outcome

    @Slot()
    def _finish(self) -> None:
        self._thread.wait()
        self.ended.emit(self._outcome)
