"""Ties the queue to the window: the dock, the actions, what is offered after a start, and what is told at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QDialog

from ganengine.queue.items import Item, ItemStatus
from studio.presenters.experiment import ExperimentPresenter
from studio.presenters.queue import QueuePresenter
from studio.presenters.queue_list import path_of
from studio.presenters.queue_rows import QueueRows
from studio.presenters.queue_words import end_text, offer_text, summary
from studio.session import message_for
from studio.views.queue_view import QueueView
from studio.views.queue_view_rows import TO_DO

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.plans import Plan
    from studio.main_window import MainWindow

_REDRAW_MS = 100


class QueueDock(QObject):
    """Where the window shows the queue and carries it out.

    Attributes:
        queue: carries it out.
        rows: what the list says.
        view: the list, in its dock.
    """

    def __init__(self, window: MainWindow, experiment: ExperimentPresenter) -> None:
        super().__init__(window)
        self._window, self._experiment = window, experiment
        self._session, self._messages = window.session, window.messages
        self._form_before: TrainConfig | None = None
        self.queue = QueuePresenter(window.session, lambda: window.is_closing)
        self.rows = QueueRows(window.session, self.queue, window.tasks)
        self.view = QueueView()
        self.view.set_automatic(window.settings.queue_automatic)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REDRAW_MS)
        self._soon.timeout.connect(self._show)
        window.queue_dock.setWidget(self.view)
        self._connect()
        self.queue.watch()
        self._show()

    @Slot()
    def offer(self) -> None:
        """After a start: go on with what waits in the queue, or offer to."""
        due, held = self.queue.due, self.queue.snapshot.paused
        if not due or self.queue.is_active or any(item.is_running for item in self.queue.snapshot.items):
            return  # nothing to do, or another program does it
        if self._window.settings.queue_automatic and not held:
            self.go_on()
            return
        say = self._messages.warning if any(item.interrupted for item in due) else self._messages.info
        say(offer_text(self._session.runs_dir, due), action="Go on with the queue", on_action=self.go_on)

    @Slot()
    def go_on(self) -> None:
        """Carry the queue out."""
        self.queue.go_on()

    @Slot()
    def add(self) -> None:
        """Put the settings in the form at the end of the queue."""
        config = self._experiment.settings()
        if config is not None and self.queue.add_config(config):
            self._added(1)

    @Slot()
    def vary(self) -> None:
        """Ask what to vary, and put the runs into the queue."""
        from studio.views.plan_dialog import PlanDialog

        config = self._experiment.settings()
        if config is None:
            return
        dialog = PlanDialog(config, can_start=not self._is_busy(), parent=self._window)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        plan, starts_now = dialog.plan, dialog.starts_now
        dialog.deleteLater()
        if accepted and plan is not None:
            self.add_plan(plan, starts_now=starts_now)

    def add_plan(self, plan: Plan, *, starts_now: bool) -> None:
        """Put the runs of a plan at the end of the queue; begin with them at once where nothing else is trained.

        Hundreds of them take seconds to be written, so this is done in the background.
        """
        queue = self.queue.queue
        self._window.tasks.run(
            lambda: queue.add(plan.runs()), lambda items: self._take(items, starts_now=starts_now), self._complain
        )

    def _take(self, items: tuple[Item, ...], *, starts_now: bool) -> None:
        self.queue.refresh()
        if starts_now and not self._is_busy():
            self.queue.go_on(items[0].group.id if items[0].group else None)
        else:
            self._added(len(items))

    def leave(self) -> None:
        """The studio is closed."""
        self.queue.leave()
        self._soon.stop()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _is_busy(self) -> bool:
        return self._session.is_active or self.queue.is_active

    def _connect(self) -> None:
        view, queue, actions = self.view, self.queue, self._window.actions_
        view.startWanted.connect(self.go_on)
        view.holdWanted.connect(queue.hold)
        view.addWanted.connect(self.add)
        view.varyWanted.connect(self.vary)
        # Not from within the drop: the list is made anew.
        view.moveWanted.connect(lambda ids, place: QTimer.singleShot(0, queue, lambda: queue.move(ids, place)))
        view.skipWanted.connect(queue.skip)
        view.retryWanted.connect(queue.retry)
        view.removeWanted.connect(queue.remove)
        view.tidyWanted.connect(queue.tidy)
        view.openWanted.connect(self._open)
        view.automaticChanged.connect(self._set_automatic)
        actions.add_to_queue.triggered.connect(self.add)
        actions.vary_settings.triggered.connect(self.vary)
        actions.queue_go_on.triggered.connect(self.go_on)
        queue.changed.connect(self._show)
        queue.taken.connect(self._on_taken)
        queue.began.connect(self._on_began)
        queue.halted.connect(self._on_halted)
        queue.complained.connect(self._say)
        self.rows.changed.connect(self._show_soon)
        self._session.stateChanged.connect(self._show_soon)
        self._window.ready.connect(self.offer)

    @Slot()
    def _show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _show(self) -> None:
        rows = self.rows.rows()
        due = any(row.standing in TO_DO for row in rows)
        going = self.queue.is_going and not self.queue.snapshot.paused
        held = self.queue.snapshot.paused and due
        self.view.show_queue(rows, summary(rows, held=held), going=going, can_start=due)
        self._window.actions_.queue_go_on.setEnabled(due and not going)
        for notice in self.queue.snapshot.notices:
            self._messages.warning(notice)
        if self.queue.snapshot.notices:
            self.queue.forget_notices()

    def _complain(self, error: Exception) -> None:
        self._say(message_for(error))

    @Slot(str)
    def _say(self, text: str) -> None:
        self._messages.error("The queue is not as you wished", text)

    def _added(self, count: int) -> None:
        what = "1 run was" if count == 1 else f"{count} runs were"
        self._window.queue_dock.show()
        self._window.queue_dock.raise_()
        if self.queue.is_going:
            self._messages.info(f"{what} added to the queue.")
        elif self._session.is_active:
            # What is trained now was not asked of the queue; whoever adds to it wants it to follow.
            self.go_on()
            self._messages.info(f"{what} added to the queue, which begins when this training is over.")
        else:
            text = f"{what} added to the queue."
            self._messages.info(text, action="Start the queue", on_action=self.go_on)

    @Slot(str)
    def _open(self, identity: str) -> None:
        item = next((found for found in self.queue.snapshot.items if found.id == identity), None)
        path = path_of(self._session.runs_dir, item) if item else None
        if path is None:
            return
        if not self._session.is_active:
            assert self._window.workspace is not None
            self._window.workspace.open_path(path)
        elif self._session.run_path != path:
            self._messages.info("A run can be opened when nothing is trained.")
            return
        self._window.tabs.setCurrentIndex(0)

    @Slot(bool)
    def _set_automatic(self, on: bool) -> None:
        self._window.settings.queue_automatic = on

    @Slot(object)
    def _on_taken(self, item: Item) -> None:
        if self._form_before is None:  # the form will show what is trained, until the queue stands still
            self._form_before = self._experiment.settings(quiet=True)

    @Slot(object)
    def _on_began(self, item: Item) -> None:
        if not _plan_of(item):
            left = len(self.queue.due)
            waiting = f", {left} more wait" if left > 1 else ", 1 more waits" if left else ""
            self._window.status.show_plan(f"queue: {item.title}{waiting}")

    @Slot()
    def _on_halted(self) -> None:
        self._window.status.show_plan("")
        if self._form_before is not None and not self._session.is_active:
            self._experiment.show_settings(self._form_before)
            self._form_before = None
        done = [item for item in self.queue.done if item.has_ended]
        if not done or self._window.is_closing:
            return
        plans = {_plan_of(item) for item in done}
        if len(plans) == 1 and plans != {""}:
            return  # the comparison tells of it
        self._tell_end(done)

    def _tell_end(self, done: list[Item]) -> None:
        left = len(self.queue.due)
        text = end_text(done, left)
        failed = [item for item in done if item.status == ItemStatus.FAILED]
        action = "Go on with the queue" if left else ""
        if failed:
            reasons = {item.reason for item in failed}
            detail = reasons.pop() if len(reasons) == 1 else ""
            self._messages.warning(text, detail, action=action, on_action=self.go_on)
        else:
            self._messages.info(text, action=action, on_action=self.go_on)


def _plan_of(item: Item) -> str:
    """The id of its plan; "" for a run by itself."""
    return item.group.id if item.group and item.group.count > 1 else ""
