"""Ties the chosen images to the window: the Data tab and its title, the Images tab, the status bar, and drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from studio.presenters.dataset import DatasetPresenter
from studio.presenters.dataset_reading import Images
from studio.presenters.experiment import ExperimentPresenter
from studio.session import ACTIVE, SessionState

if TYPE_CHECKING:
    from studio.main_window import MainWindow


class DataTab(QObject):
    """Where the window shows the images that are trained on.

    Signals:
        changed(): there are images to show now, or no longer.

    Attributes:
        dataset: loads them, and fills the tab.
    """

    changed = Signal()

    def __init__(self, window: MainWindow, experiment: ExperimentPresenter) -> None:
        super().__init__(window)
        self._window, self._experiment = window, experiment
        self.dataset = DatasetPresenter(window.session, window.dataset_view, window.data_tasks, self)
        experiment.dataChanged.connect(self.dataset.set_source)
        self.dataset.sampleReady.connect(self._show_sample)
        self.dataset.changed.connect(self._show_state)
        self.dataset.progressed.connect(self._show_progress)
        self.dataset.folderWanted.connect(self._choose_folder)

    def use(self, path: Path) -> None:
        """Train on the pictures of a folder, an archive or an array file."""
        if self._window.session.is_active:
            self._window.messages.warning(
                "A training is running", "Stop it before you choose other pictures, or drop them again later."
            )
            return
        self._experiment.use_pictures(path)
        self.dataset.hurry()
        self._window.tabs.setCurrentWidget(self._window.dataset_view)
        self._window.messages.info(f"The training images come from {path.name} now.")

    @Slot()
    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Folder with pictures")
        if folder:
            self.use(Path(folder))

    @Slot(object)
    def _show_sample(self, images: Images | None) -> None:
        if images is None:
            self._window.grid.clear_real_images()
        else:
            self._window.grid.set_real_images(images)

    @Slot()
    def _show_state(self) -> None:
        tabs = self._window.tabs
        tabs.setTabText(tabs.indexOf(self._window.dataset_view), self.dataset.tab_text)
        hint = "\nSee the Data tab." if self.dataset.needs_the_person else ""
        self._window.grid.set_placeholder(self.dataset.reason + hint)
        self._do_without_classes()
        self.changed.emit()

    def _do_without_classes(self) -> None:
        """A preset that uses classes must not fail at the start because somebody's pictures have none."""
        images = self.dataset.dataset
        if images is None or images.labels is not None or self._window.session.is_active:
            return
        if self._experiment.do_without_classes():
            self._window.messages.info(f"{images.name} has no classes, so “Use the classes” is off now.")

    @Slot(str, object, object)
    def _show_progress(self, what: str, done: int, total: int) -> None:
        if self._window.session.state not in ACTIVE - {SessionState.STARTING}:
            self._window.status.show_preparing(what, done, total)
