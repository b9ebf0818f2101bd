"""Reads the runs of a comparison from their files, and again while somebody else trains them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganengine.errors import ConfigError, GanEngineError
from studio.tasks import BackgroundTasks

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.runs.follow import Follower, News

EVERY_MS = 1000


@dataclass(frozen=True)
class RunNews:
    """What a run's files hold that they did not before.

    Attributes:
        config: its settings, with the first news; None where they cannot be read.
        is_first: whether this is all there is so far.
    """

    news: News
    config: TrainConfig | None
    is_first: bool


@dataclass
class _Followed:
    path: Path
    follower: Follower | None = None


class CompareFollower(QObject):
    """Looks once at each run that it is given, and then once a second until it is told to forget it.

    Signals:
        arrived(int, RunNews): there is something new of the run with this number.
        lost(int, str): it can no longer be read, and why; it is forgotten.
    """

    arrived = Signal(int, object)
    lost = Signal(int, str)

    def __init__(self, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._followed: dict[int, _Followed] = {}
        self._is_busy = self._is_watched = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def followed(self) -> frozenset[int]:
        """The runs that are looked at."""
        return frozenset(self._followed)

    def clear(self) -> None:
        """Forget all."""
        self._followed = {}
        self._timer.stop()

    def follow(self, index: int, path: Path) -> None:
        """Read a run from its beginning, soon; then follow it."""
        self._followed[index] = _Followed(path)
        if not self._is_busy:
            self._look()

    def forget(self, index: int) -> None:
        """There is nothing to come any more, or somebody else tells of it."""
        self._followed.pop(index, None)

    def set_watched(self, watched: bool) -> None:
        """Whether anybody looks: only then runs are looked at more than once."""
        self._is_watched = watched
        if watched and self._followed and not self._is_busy:
            self._look()
        elif not watched:
            self._timer.stop()

    @Slot()
    def _look(self) -> None:
        wanted = dict(self._followed)
        if not wanted or self._is_busy:
            return
        self._is_busy = True
        self._timer.stop()
        self._tasks.run(lambda: _look_at(wanted), lambda found: self._tell(wanted, found), self._give_up)

    def _tell(self, asked: dict[int, _Followed], found: dict[int, RunNews | str]) -> None:
        self._is_busy = False
        for index, answer in found.items():
            if self._followed.get(index) is not asked[index]:
                continue  # forgotten, or begun anew, while it was looked at
            if isinstance(answer, str):
                del self._followed[index]
                self.lost.emit(index, answer)
            else:
                self.arrived.emit(index, answer)
        if any(run.follower is None for run in self._followed.values()):
            self._look()  # given meanwhile
        elif self._followed and self._is_watched:
            self._timer.start()

    def _give_up(self, _error: Exception) -> None:
        self._is_busy = False


def _look_at(runs: dict[int, _Followed]) -> dict[int, RunNews | str]:
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.follow import Follower

    found: dict[int, RunNews | str] = {}
    for index, run in runs.items():
        is_first, config = run.follower is None, None
        try:
            directory = RunDirectory(run.path)
            run.follower = run.follower or Follower(directory)
            news = run.follower.poll()
        except GanEngineError as error:
            found[index] = str(error)
            continue
        if is_first:
            try:
                config = directory.config()
            except ConfigError:
                config = None  # of another version: its curves and images are still worth seeing
        found[index] = RunNews(news, config, is_first)
    return found
