"""Loads checkpoints and exports images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from ganengine.errors import RunError
from ganengine.events import CheckpointEvent, MetricsEvent
from studio.messages import Messages
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks
from studio.views.export_dialog import Exportable, ExportChoice, ExportDialog, ImageSource

if TYPE_CHECKING:
    from studio.presenters.charts import ChartsPresenter
    from studio.presenters.experiment import ExperimentPresenter
    from studio.presenters.gallery import GalleryPresenter, Shown

Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Opened:
    """All that was read of a checkpoint and of the run that it lies in."""

    path: Path
    sampler: Any
    fixed: Images
    run: Path | None
    is_newest: bool
    metrics: list[MetricsEvent]
    events: list[dict[str, Any]]
    sample_steps: list[int]

    def epochs(self) -> list[float]:
        """The epoch of each sample, from the history; empty where there is none."""
        if not self.metrics:
            return []
        known = ([0, *(point.step for point in self.metrics)], [0.0, *(point.epoch for point in self.metrics)])
        found: list[float] = np.interp(self.sample_steps, *known).tolist()
        return found


class CheckpointPresenter(QObject):
    """Opening a checkpoint fills the form, plots, grid and timeline; exporting takes the images from there."""

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
        self._newest: Path | None = None
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

    def load(self, path: Path) -> None:
        """Read a checkpoint, or the newest of a run directory, in the background, then show it."""
        if self._session.is_active:
            self._messages.warning("A training is running. Stop it before you load a checkpoint.")
            return
        self._tasks.run(lambda: read(path), self._show, self._complain)

    def _show(self, opened: Opened) -> None:
        from studio.presenters.experiment import Loaded

        if self._session.is_active:
            return  # started in the meantime
        step = opened.sampler.step
        self._newest = opened.path
        self._charts.show_history(opened.metrics, opened.events, step)
        samples_dir = opened.run / "samples" if opened.run else None
        self._gallery.open_checkpoint(opened.sampler, opened.fixed, samples_dir, opened.sample_steps, opened.epochs())
        run = opened.run if opened.is_newest else None
        self._experiment.set_loaded(Loaded(opened.path, step, opened.sampler.config, run))
        self._messages.clear()
        self._messages.info(f"Loaded step {step:,}. Continue to go on from there, or use fresh noise and export.")

    def _complain(self, error: Exception) -> None:
        self._messages.error("The checkpoint was not loaded", message_for(error))

    # -- exporting -----------------------------------------------------------------------------------------------------

    @Slot()
    def export(self) -> None:
        """Ask how, then where, and write the images."""
        shown, samples = self._gallery.shown, self._gallery.samples_dir
        if shown is None:
            return
        checkpoint = self._newest
        dialog = ExportDialog(self._exportable(shown), self._window)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        choice = dialog.choice()
        dialog.deleteLater()
        if accepted and (target := self._ask_where(choice)):
            self._tasks.run(
                lambda: write(choice, shown.images, Sources(checkpoint, samples), target),
                lambda where: self._messages.info(f"Exported {choice.count:,} images to {where}."),
                lambda error: self._messages.error("The export failed", message_for(error)),
            )

    def _exportable(self, shown: Shown) -> Exportable:
        samples = self._gallery.samples_dir
        return Exportable(
            count=len(shown.images),
            step=shown.step,
            tile=shown.images.shape[1:3],
            columns=shown.columns,
            grey=shown.images.shape[3] == 1,
            inverted=self._gallery.inverted,
            can_generate=self._newest is not None,
            moments=len(list(samples.glob("step-*.png"))) if samples else 0,
            by_epoch=self._charts.counts_epochs,
        )

    def _ask_where(self, choice: ExportChoice) -> Path | None:
        run = self._session.run_path
        folder = run / "exports" if run and (run / "exports").is_dir() else Path.home()
        if choice.singles:
            text = QFileDialog.getExistingDirectory(self._window, "Folder for the images", str(folder))
        else:
            kind = "strip-to" if choice.source == ImageSource.STRIP else "grid"
            name = f"{kind}-step-{self._gallery.step:08d}-{choice.rows}x{choice.columns}.png"
            text, _ = QFileDialog.getSaveFileName(
                self._window, "Export grid", str(folder / name), "PNG pictures (*.png)"
            )
        return Path(text) if text else None

    # -- what there is -------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """No checkpoint is loaded any more."""
        self._forget_newest()
        self._experiment.set_loaded(None)
        self._charts.clear()
        self._gallery.clear()

    @Slot(object)
    def _on_saved(self, event: CheckpointEvent) -> None:
        self._newest = event.path
        if event.kept:
            self._messages.info(f"Saved the checkpoint of step {event.step:,}. It is kept until you delete it.")

    @Slot()
    def _forget_newest(self) -> None:
        self._newest = None


def read(path: Path) -> Opened:
    """Read a checkpoint file, or the newest checkpoint of a run directory, with the history of its run.

    Raises:
        CheckpointError, RunError: in one sentence, why not.
    """
    from ganengine.runs.directory import RunDirectory
    from ganengine.sampler import Sampler

    if path.is_dir():
        newest = RunDirectory.open(path).checkpoints.latest()
        if newest is None:
            raise RunError(f"{path.name} has no checkpoint yet.")
        path = newest
    sampler = Sampler.from_checkpoint(path)
    fixed = sampler.fixed_images()
    folder = path.parent.parent
    if not (folder / "run.json").is_file():
        return Opened(path, sampler, fixed, None, False, [], [], [])
    run = RunDirectory.open(folder)
    steps = [step for step in run.sample_steps() if step <= sampler.step]
    is_newest = run.checkpoints.latest() == path
    return Opened(path, sampler, fixed, folder, is_newest, run.metrics(), run.events(), steps)


@dataclass(frozen=True)
class Sources:
    """Where an export may come from: a checkpoint, and the folder of a run's samples."""

    checkpoint: Path | None
    samples: Path | None


def write(choice: ExportChoice, shown: Images, sources: Sources, target: Path) -> Path:
    """Write an export; returns where.

    Raises:
        StorageError: it could not be written.
        CheckpointError: the checkpoint that new images were asked from cannot be read.
        DatasetError: a sample that a strip was asked from cannot be read.
    """
    from ganengine.export.grid import compose_grid, inverted, save_png, save_singles, with_caption

    if choice.source == ImageSource.STRIP and sources.samples is not None:
        target = target.with_suffix(".png")
        save_png(target, _strip(choice, sources.samples))
        return target
    images = _images(choice, shown, sources.checkpoint)
    if choice.inverted:
        images = inverted(images)
    if choice.singles:
        save_singles(target, images, scale=choice.scale)
        return target
    ground = 255 if choice.inverted and images.shape[-1] == 1 else 0
    grid = compose_grid(
        images, choice.rows, choice.columns, padding=choice.padding, scale=choice.scale, background=ground
    )
    target = target.with_suffix(".png")
    save_png(target, with_caption(grid, choice.caption) if choice.caption else grid)
    return target


def _images(choice: ExportChoice, shown: Images, checkpoint: Path | None) -> Images:
    from ganengine.sampler import Sampler

    if choice.source == ImageSource.NEW and checkpoint is not None:
        return Sampler.from_checkpoint(checkpoint).images(choice.count, choice.seed)
    return shown[: choice.count]


def _strip(choice: ExportChoice, samples: Path) -> Images:
    from ganengine.export.strip import strip_of_run
    from ganengine.runs.directory import RunDirectory

    return strip_of_run(
        RunDirectory.open(samples.parent),
        columns=choice.columns,
        rows=choice.rows,
        captions=choice.captions,
        scale=choice.scale,
        padding=choice.padding,
        invert=choice.inverted,
    )
