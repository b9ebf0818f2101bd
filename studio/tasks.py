"""Short work off the window's thread: reading a checkpoint, loading images."""

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from ganengine.errors import GanEngineError

_log = logging.getLogger("studio")


class _Signals(QObject):
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


class BackgroundTasks(QObject):
    """Runs functions one after the other on a thread of its own and brings the results back to the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._open: set[_Signals] = set()

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        """Call `work` in the background, then `done` with its result or `failed` with its exception, here."""
        signals = _Signals(self)
        self._open.add(signals)
        signals.done.connect(lambda result: self._answer(signals, done, result))
        signals.failed.connect(lambda error: self._answer(signals, failed, error))
        self._pool.start(_Job(work, signals))

    def close(self) -> None:
        """Wait for what is running; its answers are no longer given."""
        for signals in self._open:
            signals.disconnect(signals)
        self._open.clear()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot()
    def _answer(self, signals: _Signals, answer: Callable[[Any], None], value: Any) -> None:
        if signals in self._open:
            self._open.discard(signals)
            signals.deleteLater()
            answer(value)
