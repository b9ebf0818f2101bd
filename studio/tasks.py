"""Short work off the window's thread: reading a checkpoint, loading images. And long work that can be given up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from ganengine.errors import Cancelled, GanEngineError

if TYPE_CHECKING:  # ganengine.data brings torch along
    from ganengine.data.progress import Tell

_log = logging.getLogger("studio")
_TELL_EVERY_S = 0.1


class _Signals(QObject):
    told = Signal(object)
    done = Signal(object)
    failed = Signal(object)


class _Job(QRunnable):
    def __init__(self, work: Callable[[], Any], signals: _Signals) -> None:
        super().__init__()
        self._work = work
        self._signals = signals

    def run(self) -> None:
        try:
            result = self._work()
        except Exception as error:
            if not isinstance(error, GanEngineError):
                _log.exception("unexpected error in the background")
            self._signals.failed.emit(error)
        else:
            self._signals.done.emit(result)


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
        self._open: set[_Signals] = set()
        self._preparations: list[Preparation] = []

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        """Call `work` in the background, then `done` with its result or `failed` with its exception, here."""
        self._start(_Signals(self), work, done, failed)

    def prepare(
        self,
        work: Callable[[Tell], Any],
        told: Callable[[str, int, int], None],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> Preparation:
        """As `run`, for work that tells how far it is, which `told` then hears here, and that can be given up."""
        signals = _Signals(self)
        preparation = Preparation(signals.told.emit)
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

        signals.told.connect(lambda progress: wanted(told)(*progress) if signals in self._open else None)
        self._start(signals, begin, last(done), last(failed))
        return preparation

    def close(self) -> None:
        """Give up what can be given up, and wait for the rest; their answers are no longer given."""
        for preparation in self._preparations:
            preparation.cancel()
        for signals in self._open:
            signals.disconnect(signals)
        self._open.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _start(
        self,
        signals: _Signals,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._open.add(signals)
        signals.done.connect(lambda result: self._answer(signals, done, result))
        signals.failed.connect(lambda error: self._answer(signals, failed, error))
        self._pool.start(_Job(work, signals))

    @Slot()
    def _answer(self, signals: _Signals, answer: Callable[[Any], None], value: Any) -> None:
        if signals in self._open:
            self._open.discard(signals)
            signals.deleteLater()
            answer(value)
