"""Keeps the plots true to the training or to the run that was opened."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from ganengine.events import EditEvent, MetricsEvent, RunStarted
from ganengine.runs.directory import RunDirectory
from ganengine.runs.history import edit_of, edits_until
from studio.presenters.history_reading import read_history
from studio.presenters.measures import PENALTY, QUALITY, panes_for
from studio.session import Session
from studio.tasks import BackgroundTasks
from studio.views.loss_plots import LossPlots
from studio.views.series import History, MetricsRow

_NAMES = {
    "optimizer_g.lr": "G learning rate",
    "optimizer_d.lr": "D learning rate",
    "recording.sample_every": "sample every",
    "recording.checkpoint_every": "checkpoint every",
    "recording.log_every": "log every",
}
_OF_THE_VIEW = frozenset({"recording.invert", "recording.plot_against"})


class ChartsPresenter(QObject):
    """Feeds `LossPlots` from the session, and with a run's history when one is opened."""

    def __init__(self, session: Session, plots: LossPlots) -> None:
        super().__init__(plots)
        self._plots = plots
        self._last_step = -1
        self._measured: frozenset[str] = frozenset()
        self._tasks = BackgroundTasks(self)
        self._told: list[MetricsEvent] | None = None  # while what was before is read
        session.runStarted.connect(self._on_run_started)
        session.metricsArrived.connect(self._on_metrics)
        session.edited.connect(self._on_edited)

    @property
    def history(self) -> History:
        """What the plots show."""
        return self._plots.history

    def clear(self) -> None:
        """Forget the run."""
        self._plots.clear()
        self._plots.clear_markers()
        self._told = None
        self._last_step = -1
        self._measured = frozenset()

    def show_history(
        self, metrics: History | Sequence[MetricsEvent], events: Sequence[Mapping[str, Any]], step: int
    ) -> None:
        """Show a run from its files, up to the step of the checkpoint that was opened. The history is taken over."""
        self.clear()
        if isinstance(metrics, History):
            history = metrics
            history.truncate_after(step)
        else:
            history = History()
            history.extend(_rows([point for point in metrics if point.step <= step]))
        self._plots.set_whole_history(history)
        self._show_panes(history.keys)
        for event in events:
            if event.get("step", 0) <= step:
                self.show_event(event)
        self._last_step = step

    def close(self) -> None:
        """For the end of the program."""
        self._tasks.close()

    def append(self, points: Sequence[MetricsEvent]) -> None:
        """Add new points."""
        if self._told is not None:
            self._told += points
            return
        self._plots.append(_rows(points))
        self._show_panes(key for point in points for key in point.values)
        self._last_step = points[-1].step

    def show_event(self, record: Mapping[str, Any]) -> None:
        """Mark what a record of a run's events says of its settings, if it says anything of them."""
        if edit := edit_of(record):
            self._mark(edit.step, edit.changes, edit.forked_from)

    def show_cursor(self, step: int | None) -> None:
        """Mark the step whose samples are looked at."""
        self._plots.set_cursor(step)

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        run = RunDirectory(event.directory)
        if event.step == 0:
            self.clear()
        elif event.step != self._last_step:  # it goes on without having been opened before
            self._read(run, event.step)
        else:  # what was changed for going on, or that it is a fork now, is in its files only
            self._plots.clear_markers()
            for edit in edits_until(run, event.step):
                self._mark(edit.step, edit.changes, edit.forked_from)

    def _read(self, run: RunDirectory, step: int) -> None:
        """Show what was before, as soon as it is read; what the training tells meanwhile comes after it."""
        self.clear()
        told: list[MetricsEvent] = []
        self._told = told

        def show(found: tuple[History, list[dict[str, Any]]]) -> None:
            if self._told is told:
                self.show_history(*found, step)
                if told:
                    self.append(told)

        self._tasks.run(lambda: (read_history(run.path, step), run.events()), show, lambda _: show((History(), [])))

    @Slot(list)
    def _on_metrics(self, points: list[MetricsEvent]) -> None:
        self.append(points)

    @Slot(object)
    def _on_edited(self, event: EditEvent) -> None:
        self._mark(event.step, event.changes)

    def _mark(self, step: int, changes: Mapping[str, tuple[Any, Any]], forked_from: str = "") -> None:
        """A line where something changed that the curves may show, or where the run was forked from another."""
        telling = describe({path: values for path, values in changes.items() if path not in _OF_THE_VIEW})
        if forked_from:
            telling = f"Forked from {forked_from}{': ' if telling else ''}{telling}"
        if telling:
            self._plots.add_marker(step, telling)

    def _show_panes(self, keys: Iterable[str]) -> None:
        """Plots for what is measured now for the first time, and that not every training has."""
        met = {key for key in keys if key.startswith((PENALTY, QUALITY))}
        if not met <= self._measured:
            self._measured |= met
            for pane in panes_for(self._measured):
                self._plots.show_pane(pane)


def describe(changes: Mapping[str, tuple[Any, Any]]) -> str:
    """Changed settings for people, e.g. "G learning rate 0.0002 → 0.0001"."""
    return ", ".join(f"{_NAMES.get(path, path)} {_plain(old)} → {_plain(new)}" for path, (old, new) in changes.items())


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _rows(points: Sequence[MetricsEvent]) -> list[MetricsRow]:
    return [MetricsRow(point.step, point.epoch, point.images, point.seconds, point.values) for point in points]
