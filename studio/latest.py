"""Work of which only the newest is wanted, as behind a slider that is dragged."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from studio.tasks import BackgroundTasks


class Latest(QObject):
    """Does one thing after the other in the background; what was asked meanwhile counts only once, the last of it."""

    def __init__(self, tasks: BackgroundTasks, failed: Callable[[Exception], None], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._complain = tasks, failed
        self._next: tuple[Callable[[], Any], Callable[[Any], None]] | None = None
        self._is_busy = False
        self._round = 0

    def ask(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Call `work` in the background, then `done` with its result, unless more is asked before it began."""
        self._next = (work, done)
        if not self._is_busy:
            self._begin()

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._next = None
        self._round += 1

    def _begin(self) -> None:
        if self._next is None:
            return
        (work, done), self._next = self._next, None
        self._is_busy = True
        asked = self._round

        def answer(result: Any) -> None:
            self._is_busy = False
            if asked == self._round:
                done(result)
            self._begin()

        def fail(error: Exception) -> None:
            self._is_busy = False
            if asked == self._round:
                self._complain(error)
            self._begin()

        self._tasks.run(work, answer, fail)
