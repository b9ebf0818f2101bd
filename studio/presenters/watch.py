"""Follows a run that another process trains: plots, images and status keep up with its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganengine.errors import GanEngineError
from ganengine.events import MetricsEvent, RunStatus
from studio.messages import Messages
from studio.presenters.history_reading import epochs_of
from studio.session import Session, SessionState, message_for
from studio.tasks import BackgroundTasks
from studio.views.watch_banner import WatchBanner

if TYPE_CHECKING:
    from ganengine.runs.follow import Follower, News
    from studio.presenters.charts import ChartsPresenter
    from studio.presenters.checkpoints import CheckpointPresenter
    from studio.presenters.experiment import ExperimentPresenter
    from studio.presenters.gallery import GalleryPresenter

POLL_MS = 500
_GOING = frozenset({RunStatus.QUEUED.value, RunStatus.RUNNING.value, RunStatus.PAUSED.value})
_ENDED = {
    RunStatus.FINISHED.value: "has finished",
    RunStatus.STOPPED.value: "was stopped",
    RunStatus.FAILED.value: "has failed",
}
_FAR = 2**62


class WatchPresenter(QObject):
    """Shows a run without touching it, until the person leaves it, or starts or opens another one.

    The form stays as it is: it says what Start would do.

    Signals:
        changed(): another run is watched, or none, or the one that is has ended.

    Attributes:
        run: the directory of the run that is watched, or None.
        is_going: whether another program trains it, as far as is known.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        experiment: ExperimentPresenter,
        charts: ChartsPresenter,
        gallery: GalleryPresenter,
        checkpoints: CheckpointPresenter,
        banner: WatchBanner,
        messages: Messages,
    ) -> None:
        super().__init__(banner)
        self.run: Path | None = None
        self.is_going = False
        self._session, self._charts, self._gallery = session, charts, gallery
        self._checkpoints, self._banner, self._messages = checkpoints, banner, messages
        self._follower: Follower | None = None
        self._is_first = True
        self._last: MetricsEvent | None = None
        self._tasks = BackgroundTasks(self)  # its own: the files must be read even while something long is exported
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        banner.stopRequested.connect(self.stop)
        banner.openRequested.connect(self._open)
        session.stateChanged.connect(self._on_state)
        experiment.loadedChanged.connect(self._leave)

    # -- to begin and to leave -----------------------------------------------------------------------------------------

    def watch(self, path: Path) -> None:
        """Show this run, and all that is written into it from now on."""
        from ganengine.runs.directory import RunDirectory
        from ganengine.runs.follow import Follower

        if self._session.is_active:
            self._messages.warning("A training is running here. Stop it before you watch another one.")
            return
        try:
            run = RunDirectory.open(path)
        except GanEngineError as error:
            self._messages.error("The run cannot be watched", message_for(error))
            return
        self._leave()
        self._checkpoints.forget()  # of which `_leave` hears, while nothing is watched yet
        self.run, self.is_going, self._follower, self._is_first = path, True, Follower(run), True
        self._last = None
        self._session.run_path = path
        self._banner.show_watching(f"Opening {path.name}…")
        self.changed.emit()
        self._poll()

    @Slot()
    def stop(self) -> None:
        """Leave the run, and show nothing in its place."""
        if self.run is not None:
            self._leave()
            self._session.run_path = None
            self._checkpoints.forget()

    def close(self) -> None:
        """For the end of the program."""
        self._leave()
        self._tasks.close()

    @Slot()
    def _leave(self) -> None:
        """Follow no more; what is shown stays until there is something else to show."""
        if self.run is None:
            return
        self._timer.stop()
        self.run, self._follower, self.is_going = None, None, False
        self._banner.hide()
        self.changed.emit()

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        if state == SessionState.STARTING:
            self._leave()

    @Slot()
    def _open(self) -> None:
        run = self.run
        if run is not None:
            self._checkpoints.load(run)

    # -- to follow -----------------------------------------------------------------------------------------------------

    @Slot()
    def _poll(self) -> None:
        follower = self._follower
        if follower is not None:
            self._tasks.run(
                follower.poll, lambda news: self._take(follower, news), lambda error: self._lose(follower, error)
            )

    def _take(self, follower: Follower, news: News) -> None:
        if follower is not self._follower or self.run is None:
            return  # left in the meantime
        if self._is_first or news.restarted:
            self._show_all(self.run, news)
        elif not news.is_empty:
            self._show_more(news)
        self._is_first = False
        self._say(self.run, news.info)
        if self.is_going:
            self._timer.start()

    def _lose(self, follower: Follower, error: Exception) -> None:
        if follower is self._follower and self.run is not None:
            self.is_going = False
            self._banner.show_ended(f"{self.run.name} can no longer be read: {message_for(error)}", can_open=False)
            self.changed.emit()

    def _show_all(self, run: Path, news: News) -> None:
        self._remember(news.metrics)
        self._charts.show_history(news.metrics, news.events, _FAR)
        classes = tuple(map(str, news.info.get("classes") or ()))
        self._gallery.watch(run / "samples", news.samples, self._epochs_of(news.samples), classes)

    def _show_more(self, news: News) -> None:
        self._remember(news.metrics)
        if news.metrics:
            self._charts.append(news.metrics)
        for record in news.events:
            self._charts.show_event(record)
            if record.get("event") == "alert":
                self._messages.warning(str(record.get("message", "")))
        if news.samples or news.dropped:
            self._gallery.add_watched(news.samples, self._epochs_of(news.samples), news.dropped)

    def _remember(self, points: Sequence[MetricsEvent]) -> None:
        self._last = points[-1] if points else self._last

    def _epochs_of(self, steps: Sequence[int]) -> list[float]:
        return epochs_of(steps, self._charts.history) or [0.0] * len(steps)

    def _say(self, run: Path, info: dict[str, Any]) -> None:
        status, total = str(info.get("status", "")), info.get("total_steps")
        step = max(int(info.get("step") or 0), self._last.step if self._last else 0)
        place = f"step {step:,} of {total:,}" if isinstance(total, int) else f"step {step:,}"
        if status in _GOING:
            paused = " · paused" if status == RunStatus.PAUSED else ""
            speed = self._last.values.get("speed/images_per_s") if self._last else None
            rate = f" · {speed:,.0f} images/s" if speed and not paused else ""
            self._banner.show_watching(f"Watching {run.name}, trained by another program · {place}{paused}{rate}")
            return
        why = f": {info['message']}" if info.get("message") else ""
        text = f"{run.name} {_ended(status)} · {place}{why}"
        can_open = any((run / "checkpoints").glob("step-*.pt"))
        self._banner.show_ended(text, can_open=can_open)
        if self.is_going:
            self.is_going = False
            self.changed.emit()


def _ended(status: str) -> str:
    return _ENDED.get(status, "is not trained any more")
