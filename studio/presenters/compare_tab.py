"""Ties plans and comparisons to the window: the Compare tab, the actions, the form, the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.overlay import Overlay
from studio.presenters.compare import ComparePresenter
from studio.presenters.experiment import ExperimentPresenter
from studio.presenters.plan import PlanPresenter, Turn
from studio.presenters.queue import QueuePresenter
from studio.views.compare_view import CompareView
from studio.views.loss_plots import LossPlots
from studio.views.plot_controls import tick_of

if TYPE_CHECKING:
    from ganengine.plans import Compare
    from studio.main_window import MainWindow


class CompareTab(QObject):
    """Where the window makes and shows comparisons. The tab comes with the first one.

    Attributes:
        plan: carries plans out.
        compare: fills the tab.
        view: the tab.
    """

    def __init__(
        self, window: MainWindow, experiment: ExperimentPresenter, plots: LossPlots, queue: QueuePresenter
    ) -> None:
        super().__init__(window)
        self._window, self._experiment, self._plots = window, experiment, plots
        self._hid_plots = False
        self._queue = queue
        self.view = CompareView(window)
        self.view.hide()
        self.plan = PlanPresenter(window.session, queue)
        self.compare = ComparePresenter(window.session, self.plan, self.view, window.tasks, window.messages, window)
        window.actions_.compare_runs.triggered.connect(self.start)
        window.actions_.compare_existing.triggered.connect(self.compare.choose)
        window.tabs.currentChanged.connect(self._make_room)
        experiment.compareChanged.connect(self._offer)
        plots.drawingChanged.connect(self._smooth)
        self.view.pages.smoothingChanged.connect(lambda weight: plots.controls.smoothing.setValue(tick_of(weight)))
        self.plan.changed.connect(self._show_place)
        self.plan.ended.connect(self._on_ended)
        self.compare.shown.connect(self._show_tab)
        self._offer(experiment.compare)

    @Slot()
    def start(self) -> None:
        """Make the runs that the chosen preset compares, from the settings in the form."""
        if self._window.session.is_active or self.plan.is_active:
            return
        plan = self._experiment.plan()
        if plan is not None:
            self.plan.start(plan)

    def close(self) -> None:
        """Before the window goes."""
        self.leave()
        self.compare.close()

    def leave(self) -> None:
        """Put the window back as it is without the tab, so that it can be remembered."""
        if self._hid_plots:
            self._hid_plots = False
            self._window.plots_dock.show()

    @Slot(object)
    def _offer(self, compare: Compare | None) -> None:
        action = self._window.actions_.compare_runs
        action.setVisible(compare is not None)
        if compare is not None:
            action.setText(compare.title)
            count = len(compare.variation) or "the"
            action.setToolTip(
                f"Train {count} runs one after the other, from the settings on the left, and compare them"
            )
            action.setStatusTip(action.toolTip())

    @Slot()
    def _show_tab(self) -> None:
        tabs = self._window.tabs
        if tabs.indexOf(self.view) < 0:
            tabs.addTab(self.view, "Compare")
            tabs.setTabToolTip(tabs.indexOf(self.view), "Runs side by side")
            if overlay := self._window.messages.bar.findChild(Overlay):
                overlay.keep_free(self.view.timeline)
        self._smooth()
        if not self.plan.is_quiet:
            tabs.setCurrentWidget(self.view)

    @Slot()
    def _make_room(self) -> None:
        """The comparison shows the losses itself, and needs the room of the plots beside it."""
        if self._window.tabs.currentWidget() is not self.view:
            self.leave()
        elif not self._window.plots_dock.isHidden() and not self._window.plots_dock.isFloating():
            self._hid_plots = True
            self._window.plots_dock.hide()

    @Slot()
    def _smooth(self) -> None:
        self.view.pages.set_smoothing(self._plots.drawing.weight)

    @Slot()
    def _show_place(self) -> None:
        self._window.status.show_plan(self.plan.place)

    @Slot()
    def _on_ended(self) -> None:
        self._show_place()
        title, turns, messages = self.plan.title, self.plan.turns, self._window.messages
        failed = [run.group.variation for run, turn in zip(self.plan.runs, turns, strict=True) if turn == Turn.FAILED]
        if failed:
            reasons = set(self.plan.reasons.values())
            messages.warning(f"{title}: {', '.join(failed)} failed", reasons.pop() if len(reasons) == 1 else "")
        elif turns.count(Turn.FINISHED) == len(turns):
            messages.info(f"{title}: all {len(turns)} runs have finished.")
        else:
            text = f"{title}: stopped after {turns.count(Turn.FINISHED)} of {len(turns)} runs."
            action = "Go on with the queue" if self._queue.due else ""
            messages.info(text, action=action, on_action=self._queue.go_on)
