"""Loads checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QWidget

from ganengine.errors import CheckpointError, NewerVersionError, RunError
from ganengine.events import CheckpointEvent
from studio.messages import Messages
from studio.presenters.history_reading import epochs_of, read_history
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.series import History

if TYPE_CHECKING:
    from ganengine.runs.directory import RunDirectory
    from studio.presenters.charts import ChartsPresenter
    from studio.presenters.experiment import ExperimentPresenter
    from studio.presenters.gallery import GalleryPresenter

Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Opened:
    """All that was read of a checkpoint and of the run that it lies in.

    Attributes:
        passed_over: why it is not the newest of the run that was asked for, where that one is damaged.
    """

    path: Path
    sampler: Any
    fixed: Images
    run: Path | None
    is_newest: bool
    history: History
    events: list[dict[str, Any]]
    sample_steps: list[int]
    passed_over: str = ""

    def epochs(self) -> list[float]:
        """The epoch of each sample, from the history; empty where there is none."""
        return epochs_of(self.sample_steps, self.history)


class CheckpointPresenter(QObject):
    """Opening a checkpoint fills the form, plots, grid and timeline.

    Attributes:
        newest: the checkpoint that was loaded or saved last, or None.
    """

    def __init__(
        self,
        session: Session,
        experiment: ExperimentPresenter,
        charts: ChartsPresenter,
        gallery: GalleryPresenter,
        tasks: BackgroundTasks,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._experiment, self._charts, self._gallery = session, experiment, charts, gallery
        self._tasks, self._messages, self._window = tasks, messages, window
        self.newest: Path | None = None
        session.checkpointSaved.connect(self._on_saved)
        session.runStarted.connect(self._forget_newest)

    # -- loading -------------------------------------------------------------------------------------------------------

    @Slot()
    def choose(self) -> None:
        """Ask for a checkpoint and load it."""
        from ganengine.runs.directory import list_runs
        from studio.views.checkpoint_dialog import CheckpointDialog

        dialog = CheckpointDialog(list_runs(self._session.runs_dir), self._session.run_path, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.chosen:
            self.load(dialog.chosen)
        dialog.deleteLater()

    def load(self, path: Path, *, as_fork: bool = False, otherwise: Callable[[Exception], None] | None = None) -> None:
        """Read a checkpoint, or the newest of a run directory, in the background, then show it.

        Args:
            as_fork: Start begins a new run from it, also where the run itself could go on.
            otherwise: is told why it cannot be read, in place of the person.
        """
        if self._session.is_active:
            self._messages.warning("A training is running. Stop it before you load a checkpoint.")
            return
        self._tasks.run(lambda: read(path), lambda opened: self._show(opened, as_fork), otherwise or self._complain)

    def _show(self, opened: Opened, as_fork: bool = False) -> None:
        from studio.presenters.experiment import Loaded

        if self._session.is_active:
            return  # started in the meantime
        step = opened.sampler.step
        self.newest = opened.path
        self._charts.show_history(opened.history, opened.events, step)
        samples_dir = opened.run / "samples" if opened.run else None
        self._gallery.open_checkpoint(opened.sampler, opened.fixed, samples_dir, opened.sample_steps, opened.epochs())
        run = opened.run if opened.is_newest and not as_fork else None
        self._experiment.set_loaded(Loaded(opened.path, step, opened.sampler.config, run))
        self._messages.clear()
        if opened.passed_over:
            self._messages.warning("An earlier checkpoint was loaded than the newest", opened.passed_over)
        if as_fork:
            origin = opened.run.name if opened.run else opened.path.name
            self._messages.info(f"Change what you like: Continue begins a new run from step {step:,} of {origin}.")
        else:
            self._messages.info(f"Loaded step {step:,}. Continue to go on from there, or use fresh noise and export.")

    def _complain(self, error: Exception) -> None:
        self._messages.error("The checkpoint was not loaded", message_for(error))

    # -- what there is -------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """No checkpoint is loaded any more."""
        self._forget_newest()
        self._experiment.set_loaded(None)
        self._charts.clear()
        self._gallery.clear()

    @Slot(object)
    def _on_saved(self, event: CheckpointEvent) -> None:
        self.newest = event.path
        if event.kept:
            self._messages.info(f"Saved the checkpoint of step {event.step:,}. It is kept until you delete it.")

    @Slot()
    def _forget_newest(self) -> None:
        self.newest = None


def read(path: Path) -> Opened:
    """Read a checkpoint file, or the newest sound checkpoint of a run directory, with the history of its run.

    Raises:
        CheckpointError, RunError: in one sentence, why not.
    """
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.scan import is_run
    from ganengine.sampler import Sampler

    passed_over = ""
    if path.is_dir():
        path, sampler, passed_over = _newest_sound(RunDirectory.open(path))
    else:
        sampler = Sampler.from_checkpoint(path)
    fixed = sampler.fixed_images()
    folder = path.parent.parent
    if not is_run(folder):
        return Opened(path, sampler, fixed, None, False, History(), [], [])
    run = RunDirectory.open(folder)
    steps = [step for step in run.sample_steps() if step <= sampler.step]
    is_newest = bool(passed_over) or run.checkpoints.latest() == path
    history = read_history(folder, sampler.step)
    return Opened(path, sampler, fixed, folder, is_newest, history, run.events(), steps, passed_over)


def _newest_sound(run: RunDirectory) -> tuple[Path, Any, str]:
    """Path and `Sampler` of the newest checkpoint that can be read, and why the newest of all was passed over."""
    from ganengine.sampler import Sampler

    problem: CheckpointError | None = None
    for step in reversed(run.checkpoints.steps()):
        path = run.checkpoints.path(step)
        try:
            return path, Sampler.from_checkpoint(path), str(problem) if problem else ""
        except NewerVersionError:
            raise
        except CheckpointError as error:
            problem = problem or error
    raise problem or RunError(f"{run.name} has no checkpoint yet.")
