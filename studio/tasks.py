"""Short work off the window's thread: reading a checkpoint, loading images. And long work that can be given up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from ganengine.errors import Cancelled, GanEngineError

if TYPE_CHECKING:  # ganengine.data brings torch along
    from ganengine.data.progress import Tell

_log = logging.getLogger("studio")
_TELL_EVERY_S = 0.1


@dataclass(frozen=True)
class _Answers:
    """Who waits for a job."""

    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    told: Callable[[tuple[str, int, int]], None] = lambda progress: None


class _Signals(QObject):
    """Of all jobs, each with its number: one object, which lives as long as a thread may emit them."""

    told = Signal(int, object)
    done = Signal(int, object)
    failed = Signal(int, object)


class _Job(QRunnable):
    def __init__(self, number: int, work: Callable[[], Any], signals: _Signals) -> None:
        super().__init__()
        self._number = number
        self._work = work
        self._signals = signals

    def run(self) -> None:
        try:
            result = self._work()
        except Exception as error:
            if not isinstance(error, GanEngineError):
                _log.exception("unexpected error in the background")
            self._signals.failed.emit(self._number, error)
        else:
            self._signals.done.emit(self._number, result)


class Preparation:
    """Long work in the background, which tells how far it is.

    Attributes:
        over: whether it has given its answer.
    """

    def __init__(self, told: Callable[[tuple[str, int, int]], None]) -> None:
        self._told = told
        self._cancel = threading.Event()
        self._last = ("", 0.0)
        self.over = False

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Give it up. It ends soon and in good order; none of its answers is given."""
        self._cancel.set()

    def tell(self, what: str, done: int, total: int) -> None:
        """Called by the work, on its own thread. A few times a second are enough for a person.

        Raises:
            Cancelled: after `cancel`.
        """
        if self.cancelled:
            raise Cancelled("Cancelled.")
        now = time.monotonic()
        if what != self._last[0] or now - self._last[1] >= _TELL_EVERY_S or done == total > 0:
            self._last = what, now
            self._told((what, done, total))


class BackgroundTasks(QObject):
    """Runs functions one after the other on a thread of its own and brings the results back to the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._numbers = count()
        self._open: dict[int, _Answers] = {}
        self._signals = _Signals(self)
        self._signals.told.connect(self._on_told)
        self._signals.done.connect(self._on_done)
        self._signals.failed.connect(self._on_failed)
        self._preparations: list[Preparation] = []

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        """Call `work` in the background, then `done` with its result or `failed` with its exception, here."""
        self._start(next(self._numbers), work, _Answers(done, failed))

    def prepare(
        self,
        work: Callable[[Tell], Any],
        told: Callable[[str, int, int], None],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> Preparation:
        """As `run`, for work that tells how far it is, which `told` then hears here, and that can be given up."""
        number = next(self._numbers)
        preparation = Preparation(lambda progress: self._signals.told.emit(number, progress))
        self._preparations = [one for one in self._preparations if not one.over] + [preparation]

        def begin() -> Any:
            if preparation.cancelled:
                raise Cancelled("Cancelled.")
            return work(preparation.tell)

        def wanted(answer: Callable[..., None]) -> Callable[..., None]:
            return lambda *values: None if preparation.cancelled else answer(*values)

        def last(answer: Callable[[Any], None]) -> Callable[[Any], None]:
            def end(value: Any) -> None:
                preparation.over = True
                wanted(answer)(value)

            return end

        answers = _Answers(last(done), last(failed), lambda progress: wanted(told)(*progress))
        self._start(number, begin, answers)
        return preparation

    def close(self) -> None:
        """Give up what can be given up, and wait for the rest; their answers are no longer given."""
        for preparation in self._preparations:
            preparation.cancel()
        self._open.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _start(self, number: int, work: Callable[[], Any], answers: _Answers) -> None:
        self._open[number] = answers
        self._pool.start(_Job(number, work, self._signals))

    @Slot(int, object)
    def _on_told(self, number: int, progress: tuple[str, int, int]) -> None:
        if answers := self._open.get(number):
            answers.told(progress)

    @Slot(int, object)
    def _on_done(self, number: int, result: Any) -> None:
        if answers := self._open.pop(number, None):
            answers.done(result)

    @Slot(int, object)
    def _on_failed(self, number: int, error: Exception) -> None:
        if answers := self._open.pop(number, None):
            answers.failed(error)
