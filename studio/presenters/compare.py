"""Keeps the comparison true: to a plan while it is carried out, or to runs that were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from ganengine.events import MetricsEvent, Progress, RunStatus, SamplesEvent
from studio.messages import Messages
from studio.presenters.compare_facts import quality_specs, results, settings
from studio.presenters.compare_follow import CompareFollower, RunNews
from studio.presenters.compare_images import CompareImages
from studio.presenters.compare_reading import Entries, read_comparison, run_entries
from studio.presenters.compare_report import CompareReport
from studio.presenters.compare_tracks import Choice, Track, newest_shared, places_of
from studio.presenters.plan import PlanPresenter, Turn
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.compare_view import MOST_RUNS, CompareView
from studio.views.run_looks import RunLook

if TYPE_CHECKING:
    from ganengine.comparison import Comparison

_FACTS_MS = 250
_GOING_ON = {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}


class ComparePresenter(QObject):
    """Fills the view from the session for the run that it trains, and from files for all others.

    Signals:
        shown(): there is something to compare now, and it wants to be looked at.

    Attributes:
        tracks: the runs, also those that are not shown.
    """

    shown = Signal()

    def __init__(
        self,
        session: Session,
        plan: PlanPresenter,
        view: CompareView,
        tasks: BackgroundTasks,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(view)
        self.tracks: dict[int, Track] = {}
        self._session, self._plan, self._view = session, plan, view
        self._tasks, self._messages, self._window = tasks, messages, window
        self._choice = Choice(0, MOST_RUNS)
        self._follows_plan = False
        self._follower = CompareFollower(tasks, self)
        self._images = CompareImages(view, tasks, self)
        self._report = CompareReport(session, view, tasks, messages, window)
        self._facts = QTimer(self)
        self._facts.setSingleShot(True)
        self._facts.setInterval(_FACTS_MS)
        self._facts.timeout.connect(self.show_facts)
        self._connect()

    def _connect(self) -> None:
        plan, session, view = self._plan, self._session, self._view
        plan.started.connect(self._on_plan_started)
        plan.changed.connect(self._on_turn)
        plan.runBegan.connect(self._on_run_began)
        session.metricsArrived.connect(self._on_metrics)
        session.samplesArrived.connect(self._on_samples)
        session.progressed.connect(self._on_progress)
        session.ended.connect(self._on_session_ended)
        view.bar.alignChanged.connect(self._on_align)
        view.chooser.toggled.connect(self._on_chosen)
        view.pages.bar.currentChanged.connect(self.show_facts)
        view.seen.connect(self._follower.set_watched)
        view.reportWanted.connect(self.save_report)
        self._follower.arrived.connect(self._on_news)
        self._follower.lost.connect(self._on_lost)

    # -- beginning -----------------------------------------------------------------------------------------------------

    def _begin(self, title: str, tracks: Sequence[Track]) -> None:
        """Compare other runs."""
        self._follower.clear()
        self.tracks = dict(enumerate(tracks))
        self._choice = Choice(len(tracks), MOST_RUNS)
        self._view.begin(title, [track.label for track in tracks])
        self._rebuild()

    def _rebuild(self) -> None:
        """Show the chosen runs from what is known of them."""
        looks, counts = self._choice.looks, self._view.timeline.counts
        runs = {index: RunLook(self.tracks[index].label, look) for index, look in looks.items()}
        self._view.set_runs(runs, [self.tracks[index].history for index in looks])
        self._view.pages.set_axis("step" if counts == "step" else "minute")
        self._images.set_tracks([self.tracks[index] for index in looks])
        for index in looks:
            self._show_standing(index)
        self.show_facts()

    @Slot(int, bool)
    def _on_chosen(self, index: int, on: bool) -> None:
        self._choice.toggle(index, on=on)
        self._rebuild()
        self._images.refresh_places()

    @Slot(str)
    def _on_align(self, align: str) -> None:
        """Steps or time: to the newest moment that all have, of the other kind."""
        timeline = self._view.timeline
        timeline.counts = "time" if align == "time" else "step"
        self._view.pages.set_axis("minute" if align == "time" else "step")
        self._show_newest_shared()

    # -- a plan that is carried out ------------------------------------------------------------------------------------

    @Slot()
    def _on_plan_started(self) -> None:
        runs = self._plan.runs
        self._follows_plan = True
        self._begin(runs[0].group.name, [Track(run.group.variation, status=Turn.WAITING) for run in runs])
        for index in range(len(runs)):
            self._on_turn(index)
        self.shown.emit()

    @Slot(int, object)
    def _on_run_began(self, index: int, path: Path) -> None:
        if self._follows_plan and index in self.tracks:
            self._read(index, path)
            self._on_turn(index)

    @Slot(int)
    def _on_turn(self, index: int) -> None:
        if self._follows_plan and index in self.tracks:
            track = self.tracks[index]
            track.status, track.why = str(self._plan.turns[index]), self._plan.reasons.get(index, "")
            self._show_standing(index)
            self._images.refresh()

    # -- runs that there are -------------------------------------------------------------------------------------------

    @Slot()
    def choose(self) -> None:
        """Ask which runs to compare."""
        root, current = self._session.runs_dir, self._session.run_path
        self._tasks.run(lambda: run_entries(root, current), self._ask, self._complain)

    def _ask(self, found: Entries) -> None:
        from studio.views.compare_dialog import CompareDialog

        dialog = CompareDialog(found.entries, found.ticked, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.open(dialog.chosen)
        dialog.deleteLater()

    def open(self, paths: Sequence[Path]) -> None:
        """Compare these runs; those that somebody trains are followed."""
        self._tasks.run(partial(read_comparison, paths), self._show, self._complain)

    def _show(self, comparison: Comparison) -> None:
        self._follows_plan = False
        tracks = []
        for run in comparison.runs:
            track = Track(run.label, run.directory.path, run.config, trained=run.seconds)
            track.read(run.metrics, run.sample_steps, (), anew=True)
            track.status, track.why, track.step = run.status, run.message, run.step
            tracks.append(track)
        self._begin(comparison.title, tracks)
        self._show_newest_shared()
        for index, track in self.tracks.items():
            if track.path is not None and track.status in _GOING_ON:
                self._read(index, track.path)
        self.shown.emit()

    def _show_newest_shared(self) -> None:
        """Go to the newest moment that all have; while one of them goes on, to the newest of each."""
        timeline, shown = self._view.timeline, [self.tracks[index] for index in self._choice.looks]
        timeline.set_steps(places_of(shown, timeline.counts))
        if not any(track.status in _GOING_ON for track in self.tracks.values()):
            timeline.select(newest_shared(shown, timeline.counts))
        self._images.refresh()

    # -- what the session tells ----------------------------------------------------------------------------------------

    def _live(self) -> int | None:
        """The run that the session trains, if it is one of these."""
        path = self._session.run_path if self._session.is_active else None
        if path is None:
            return None
        return next((index for index, track in self.tracks.items() if track.path == path), None)

    @Slot(list)
    def _on_metrics(self, points: list[MetricsEvent]) -> None:
        if (index := self._live()) is not None:
            self.tracks[index].hear(points)
            self._curves_changed()

    @Slot(object)
    def _on_samples(self, event: SamplesEvent) -> None:
        if (index := self._live()) is not None:
            self.tracks[index].sampled(event.step, event.dropped)
            self._images.add_live(self.tracks[index], event)

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        if (index := self._live()) is not None:
            track = self.tracks[index]
            track.step, track.total = event.step, event.total_steps
            self._show_standing(index)

    @Slot()
    def _on_session_ended(self) -> None:
        for index, track in self.tracks.items():
            if track.path is not None and track.path == self._session.run_path:
                self._read(index, track.path)

    # -- what files tell -----------------------------------------------------------------------------------------------

    def _read(self, index: int, path: Path) -> None:
        """Read all that a run's files hold, and follow it unless the session tells of it."""
        track = self.tracks[index]
        track.path, track.unread, track.told = path, True, []
        self._follower.follow(index, path)

    @Slot(int, object)
    def _on_news(self, index: int, found: RunNews) -> None:
        track, news = self.tracks[index], found.news
        track.read(news.metrics, news.samples, news.dropped, anew=news.restarted)
        if news.restarted or news.dropped:
            self._images.reread(track)
        track.config = found.config if found.is_first else track.config
        if not self._follows_plan or index != self._plan.current:
            why = self._plan.reasons.get(index, "") if self._follows_plan else ""
            track.stands(news.info)
            track.why = why or track.why
        if index == self._live() or news.info.get("status") not in _GOING_ON:
            self._follower.forget(index)
        self._show_standing(index)
        if found.is_first or not news.is_empty:
            self._images.refresh_places()
            self._curves_changed()

    @Slot(int, str)
    def _on_lost(self, index: int, why: str) -> None:
        track = self.tracks[index]
        track.unread, track.status, track.why = False, str(RunStatus.FAILED), why
        self._show_standing(index)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_standing(self, index: int) -> None:
        shown = list(self._choice.looks)
        if index in shown:
            track = self.tracks[index]
            self._view.columns[shown.index(index)].show_status(track.standing, failed=track.has_failed)

    def _curves_changed(self) -> None:
        self._view.plots.changed()
        if not self._facts.isActive():
            self._facts.start()

    @Slot()
    def show_facts(self) -> None:
        """Fill the tables, and offer the measures that there are."""
        looks, pages = self._choice.looks, self._view.pages
        if not self.tracks:
            return
        pages.set_quality(quality_specs([self.tracks[index] for index in looks]))
        pages.results.show_cells(*results(self.tracks, looks))
        pages.settings.show_cells(*settings(self.tracks, looks))
        pages.refresh()
        self._images.offer_latents()

    @Slot()
    def save_report(self) -> None:
        """Ask where, and write the comparison of the runs that are shown."""
        paths = [track.path for index in self._choice.looks if (track := self.tracks[index]).path]
        self._report.save(paths, self._images.latents)

    def close(self) -> None:
        """Read nothing any more. For the end of the program."""
        self._follower.clear()
        self._images.close()

    def _complain(self, error: Exception) -> None:
        self._messages.error("The runs cannot be compared", message_for(error))
