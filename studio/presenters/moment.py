"""Keeps the moment bar true to the step that is looked at, and does what it offers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from ganengine.events import CheckpointEvent, EditEvent
from studio.messages import Messages, ask
from studio.presenters.moment_reading import Known, facts_of, moment_of, read_known
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.moment_bar import MomentBar
from studio.views.moment_dialog import MomentDialog

if TYPE_CHECKING:
    from studio.presenters.checkpoints import CheckpointPresenter
    from studio.presenters.gallery import GalleryPresenter
    from studio.presenters.watch import WatchPresenter

_REFRESH_MS = 2000
"""How old what is known of a run may be while one looks back and another program trains it."""

_FAR = 2**62


class MomentPresenter(QObject):
    """Shows the bar while an earlier step is looked at, and for the newest one where nothing trains any more.

    Attributes:
        known: what was read of the run shown, or None.
    """

    def __init__(
        self,
        session: Session,
        gallery: GalleryPresenter,
        checkpoints: CheckpointPresenter,
        watching: WatchPresenter,
        bar: MomentBar,
        tasks: BackgroundTasks,
        messages: Messages,
    ) -> None:
        super().__init__(bar)
        self._session, self._gallery, self._checkpoints, self._watching = session, gallery, checkpoints, watching
        self._bar, self._tasks, self._messages = bar, tasks, messages
        self.known: Known | None = None
        self._is_reading = self._is_stale = False
        self._looked_at: int | None = None
        self._fork_at: tuple[Path, int] | None = None
        self._stale = QTimer(self)
        self._stale.setSingleShot(True)
        self._stale.setInterval(_REFRESH_MS)
        self._stale.timeout.connect(self._refresh)
        gallery.runChanged.connect(self._on_run_changed)
        gallery.cursorMoved.connect(self._on_cursor)
        gallery.stepShown.connect(self._show)
        watching.changed.connect(self._show)
        session.stateChanged.connect(self._show)
        session.checkpointSaved.connect(self._on_saved)
        session.edited.connect(self._on_edited)
        session.ended.connect(self._on_ended)
        bar.generateRequested.connect(self.generate)
        bar.forkRequested.connect(self.fork)
        bar.detailsRequested.connect(self.show_details)

    @property
    def run(self) -> Path | None:
        """The run whose samples are shown, or None."""
        folder = self._gallery.samples_dir
        return folder.parent if folder else None

    @property
    def step(self) -> int | None:
        """The step that is looked at; None while the newest images of a training are."""
        if self._looked_at is not None:
            return self._looked_at
        if self._session.is_active or self._watching.is_going or self._gallery.shown is None:
            return None
        return self._gallery.step

    def close(self) -> None:
        """For the end of the program."""
        self._stale.stop()

    # -- what is shown -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_run_changed(self) -> None:
        self.known = None
        self._looked_at = None
        self._show()

    @Slot(object)
    def _on_cursor(self, step: int | None) -> None:
        self._looked_at = step
        self._show()

    @Slot()
    def _show(self) -> None:
        step, run = self.step, self.run
        if step is None or run is None:
            self._bar.show_moment(None)
            return
        if self.known is None or self.known.run != run:
            self._refresh()
            return
        self._bar.show_moment(moment_of(self.known, step))
        if self._watching.is_going and not self._stale.isActive():
            self._stale.start()

    @Slot()
    def _refresh(self) -> None:
        run = self.run
        if run is None or self.step is None:
            return
        self._is_stale = self._is_reading  # what is being read may be of before: read again then
        if not self._is_reading:
            self._is_reading = True
            self._tasks.run(lambda: read_known(run), self._take, self._give_up)

    def _take(self, known: Known) -> None:
        self._is_reading = False
        if known.run == self.run:
            self.known = known
            self._gallery.show_marks(known.checkpoints, [edit.step for edit in known.edits_until(_FAR)])
            self._show()
        if self._is_stale or known.run != self.run:
            self._refresh()

    def _give_up(self, error: Exception) -> None:
        self._is_reading = False
        self._bar.show_moment(None)

    @Slot(object)
    def _on_saved(self, event: CheckpointEvent) -> None:
        if self.known is not None and event.path.parent.parent == self.known.run:
            self._refresh()  # others were deleted for it

    @Slot(object)
    def _on_edited(self, event: EditEvent) -> None:
        from ganengine.runs.history import Edit

        if self.known is not None and self.known.history and self.known.run == self._session.run_path:
            self.known.history.add(Edit(event.step, event.changes))
            self._show()

    # -- what can be done ----------------------------------------------------------------------------------------------

    def nearest_checkpoint(self) -> Path | None:
        """The file of the checkpoint nearest to the step that is looked at, as it is now; None: there is none."""
        from ganengine.runs.directory import RunDirectory

        step, run = self.step, self.run
        if step is None or run is None:
            return None
        folder = RunDirectory(run).checkpoints
        nearest = folder.nearest(step)
        return None if nearest is None else folder.path(nearest)

    @Slot()
    def generate(self) -> None:
        """Show images from new latent vectors, made by the nearest checkpoint."""
        if path := self.nearest_checkpoint():
            self._gallery.make_fresh_from(path)

    @Slot()
    def fork(self) -> None:
        """Put the nearest checkpoint into the form, for a new run; a training that runs is stopped first, if wished."""
        step, run = self.step, self.run
        if step is None or run is None or self.nearest_checkpoint() is None:
            return
        if not self._session.is_active:
            self._load(run, step)
        elif self._may_stop(step):
            self._fork_at = run, step
            self._session.stop()

    def _may_stop(self, step: int) -> bool:
        answer = ask(
            self._bar.window(),
            "Stop the training for this?",
            f"A new run can begin from step {step:,} once the training that runs has stopped. It is saved, and can go "
            "on later.",
            {"stop": "Save, stop and fork", "keep": "Keep training"},
        )
        return answer == "stop"

    @Slot()
    def _on_ended(self) -> None:
        fork, self._fork_at = self._fork_at, None
        if fork is not None:
            self._load(*fork)
        else:
            self.known = None
            self._show()

    def _load(self, run: Path, step: int) -> None:
        from ganengine.runs.directory import RunDirectory

        folder = RunDirectory(run).checkpoints
        nearest = folder.nearest(step)
        if nearest is not None:
            self._checkpoints.load(folder.path(nearest), as_fork=True)

    @Slot()
    def show_details(self) -> None:
        """Show all that is known of the step."""
        step, known = self.step, self.known
        if step is None or known is None:
            return
        try:
            dialog = MomentDialog(f"{known.run.name} at step {step:,}", facts_of(known, step), self._bar.window())
        except OSError as error:
            self._messages.error("The details cannot be shown", message_for(error))
            return
        dialog.show()
