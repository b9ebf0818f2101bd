"""Keeps the comparison true: to a plan while it is carried out, or to runs that were chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from ganengine.events import MetricsEvent, Progress, SamplesEvent
from studio.messages import Messages
from studio.presenters.compare_reading import Entries, read_comparison, run_entries, sample_of, write_report
from studio.presenters.plan import PlanPresenter, Turn
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.compare_view import MOST_RUNS, CompareView
from studio.views.series import MetricsRow

if TYPE_CHECKING:
    from ganengine.comparison import ComparedRun, Comparison


@dataclass
class _Run:
    """One of the compared runs.

    Attributes:
        path: its directory, once there is one.
        steps: where it has samples, in order.
    """

    path: Path | None = None
    steps: list[int] = field(default_factory=list)

    def at(self, step: int) -> int | None:
        """The newest sample up to a step."""
        return max((known for known in self.steps if known <= step), default=None)


class ComparePresenter(QObject):
    """Fills the view from the session while a plan runs, and from files for any other runs.

    Signals:
        shown(): there is something to compare now, and it wants to be looked at.
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
        self._session, self._plan, self._view = session, plan, view
        self._tasks, self._messages, self._window = tasks, messages, window
        self._runs: list[_Run] = []
        self._follows_plan = False
        plan.started.connect(self._on_plan_started)
        plan.changed.connect(self._show_turn)
        plan.runBegan.connect(self._on_run_began)
        session.metricsArrived.connect(self._on_metrics)
        session.samplesArrived.connect(self._on_samples)
        session.progressed.connect(self._on_progress)
        view.stepChosen.connect(self._show_step)
        view.newestWanted.connect(self._show_newest)
        view.reportWanted.connect(self.save_report)

    # -- a plan that is carried out ------------------------------------------------------------------------------------

    @Slot()
    def _on_plan_started(self) -> None:
        runs = self._plan.runs[:MOST_RUNS]
        self._follows_plan = True
        self._runs = [_Run() for _ in runs]
        self._view.set_runs(runs[0].group.name, [run.group.variation for run in runs])
        for index in range(len(runs)):
            self._show_turn(index)
        self.shown.emit()

    @Slot(int, object)
    def _on_run_began(self, index: int, path: Path) -> None:
        if index < len(self._runs):
            self._runs[index].path = path
            self._view.columns[index].show_nothing("The first images are being made")
            self._show_turn(index)

    @Slot(int)
    def _show_turn(self, index: int) -> None:
        if not self._follows_plan or index >= len(self._runs):
            return
        turn, path = self._plan.turns[index], self._runs[index].path
        why = f": {self._plan.reasons[index]}" if index in self._plan.reasons else ""
        text = f"{turn.value}{why}" + (f" · {path.name}" if path else "")
        column = self._view.columns[index]
        column.show_status(text, failed=turn == Turn.FAILED)
        if column.step is None and turn in {Turn.FAILED, Turn.STOPPED, Turn.SKIPPED}:
            column.show_nothing("No images were made")

    def _live(self) -> int | None:
        """The column that the session trains for, if any."""
        index = self._plan.current if self._follows_plan else None
        return index if index is not None and index < len(self._runs) else None

    @Slot(list)
    def _on_metrics(self, points: list[MetricsEvent]) -> None:
        if (index := self._live()) is not None:
            self._view.plots.append(index, _rows(points))

    @Slot(object)
    def _on_samples(self, event: SamplesEvent) -> None:
        if (index := self._live()) is None:
            return
        self._runs[index].steps.append(event.step)
        self._view.timeline.add_step(event.step)
        if self._view.timeline.is_live:
            self._view.columns[index].show_images(event.images, event.step, event.columns)
            self._view.show_steps()
        else:
            self._show_step(self._view.timeline.current_step or 0)

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        if (index := self._live()) is not None and (path := self._runs[index].path):
            place = f"running · step {event.step:,} of {event.total_steps:,}"
            self._view.columns[index].show_status(f"{place} · {path.name}")

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
        """Compare these runs as they are on disk."""
        self._tasks.run(lambda: read_comparison(paths), self._show, self._complain)

    def _show(self, comparison: Comparison) -> None:
        self._follows_plan = False
        runs = comparison.runs[:MOST_RUNS]
        self._runs = [_Run(run.directory.path, list(run.sample_steps)) for run in runs]
        self._view.set_runs(comparison.title, [run.label for run in runs])
        for index, run in enumerate(runs):
            self._view.plots.append(index, _rows(run.metrics))
            self._view.columns[index].show_status(_standing(run), failed=run.status == "failed")
        self._view.timeline.set_steps(sorted({step for run in self._runs for step in run.steps}))
        self._view.timeline.select(comparison.step)
        self._show_step(comparison.step)
        self.shown.emit()

    # -- images --------------------------------------------------------------------------------------------------------

    @Slot()
    def _show_newest(self) -> None:
        self._show_step(max((run.steps[-1] for run in self._runs if run.steps), default=0))

    @Slot(int)
    def _show_step(self, step: int) -> None:
        for run, column in zip(self._runs, self._view.columns, strict=True):
            found = run.at(step)
            if found is None or run.path is None:
                if run.steps or not self._follows_plan:
                    column.show_nothing("No images yet at this step" if run.steps else "No images were made")
                continue
            if found == column.step:
                continue
            sample = sample_of(run.path, found)
            if sample is None:
                column.show_nothing(f"The images of step {found:,} cannot be read")
            else:
                column.show_images(sample.images, found, sample.columns)
        self._view.show_steps()

    # -- a report ------------------------------------------------------------------------------------------------------

    @Slot()
    def save_report(self) -> None:
        """Ask where, and write the comparison."""
        paths = [run.path for run in self._runs if run.path]
        if len(paths) < 2:
            self._messages.info("There is nothing to compare yet: wait until two runs have begun.")
            return
        start = self._session.runs_dir / "comparison.html"
        kinds = "Report with curves and images (*.html);;Images side by side (*.png)"
        text, kind = QFileDialog.getSaveFileName(self._window, "Save the comparison", str(start), kinds)
        if not text:
            return
        target = Path(text)
        if not target.suffix and "png" in kind:
            target = target.with_suffix(".png")
        step = self._view.timeline.current_step if not self._view.timeline.is_live else None
        self._in_background(lambda: write_report(paths, target, step))

    def _in_background(self, work: Callable[[], Path]) -> None:
        self._tasks.run(work, lambda where: self._messages.info(f"Saved the comparison to {where}."), self._complain)

    def _complain(self, error: Exception) -> None:
        self._messages.error("The runs cannot be compared", message_for(error))


def _standing(run: ComparedRun) -> str:
    why = f": {run.message}" if run.message else ""
    return f"{run.status}{why} · step {run.step:,} · {run.name}"


def _rows(points: Sequence[Any]) -> list[MetricsRow]:
    return [MetricsRow(point.step, point.epoch, point.images, point.seconds, point.values) for point in points]
