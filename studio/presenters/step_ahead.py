"""Has the compiled step of the settings in the form ready, so that Start begins at full speed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from ganengine.errors import ConfigError
from studio.presenters.dataset import DatasetPresenter
from studio.session import Session
from studio.tasks import BackgroundTasks

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.data.dataset import ImageDataset
    from studio.form.form import ExperimentForm

THINKING_MS = 3000  # without a change: then these may be the settings

_log = logging.getLogger(__name__)


class StepAheadPresenter(QObject):
    """While nothing trains, has a compiler at work on the settings that have been in the form for a moment."""

    def __init__(self, form: ExperimentForm, data: DatasetPresenter, session: Session, tasks: BackgroundTasks) -> None:
        super().__init__(form)
        self._form, self._data, self._session, self._tasks = form, data, session, tasks
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THINKING_MS)
        self._timer.timeout.connect(self._prepare)
        form.changed.connect(self._timer.start)
        data.changed.connect(self._timer.start)

    @Slot()
    def _prepare(self) -> None:
        dataset = self._data.dataset
        if dataset is None or self._session.is_active:
            return
        try:
            config = self._form.config()
        except ConfigError:
            return  # half typed
        self._tasks.run(lambda: _prepare(config, dataset), _told, lambda error: _log.info("%s", error))


def _prepare(config: TrainConfig, dataset: ImageDataset) -> bool:
    from ganengine.stepping.ahead import prepare_ahead

    num_classes = len(dataset.classes) if config.training.class_conditional else 0
    return prepare_ahead(config, dataset.shape, num_classes)


def _told(started: bool) -> None:
    if started:
        _log.info("compiling the step of these settings, in case they are started")
