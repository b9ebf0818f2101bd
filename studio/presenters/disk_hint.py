"""Says in the form how much room the chosen settings will take on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from ganengine.errors import ConfigError
from studio.form.section import FormSection
from studio.presenters.dataset import DatasetPresenter
from studio.tasks import BackgroundTasks

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.data.dataset import ImageDataset
    from studio.form.form import ExperimentForm

TYPING_MS = 400  # without a change before it is worked out again
SECTION = "recording"


class DiskHintPresenter(QObject):
    """Keeps the line under the settings of what is recorded true, while these are unfolded."""

    def __init__(self, form: ExperimentForm, data: DatasetPresenter, tasks: BackgroundTasks) -> None:
        super().__init__(form)
        self._form, self._data, self._tasks = form, data, tasks
        self._wanted: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self._work_out)
        form.changed.connect(self._soon)
        data.changed.connect(self._soon)
        section = form.findChild(FormSection, f"section:{SECTION}")
        assert section is not None
        self._section = section
        section.header.toggled.connect(self._soon)

    @Slot()
    def _soon(self) -> None:
        if self._section.header.isChecked():
            self._timer.start()

    @Slot()
    def _work_out(self) -> None:
        dataset = self._data.dataset
        try:
            config = self._form.config()
        except ConfigError:
            return  # half typed
        if dataset is None or (config, id(dataset)) == self._wanted:
            return
        self._wanted = wanted = (config, id(dataset))
        self._tasks.run(
            lambda: _in_words(config, dataset),
            lambda text: self._section.set_hint(text) if self._wanted == wanted else None,
            lambda error: self._section.set_hint(""),
        )


def _in_words(config: TrainConfig, dataset: ImageDataset) -> str:
    from ganengine.footprint import footprint

    classes = len(dataset.classes) if config.training.class_conditional else 0
    return str(footprint(config, dataset.shape, classes, dataset.count))
