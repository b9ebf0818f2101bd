"""Keeps the Networks tab true to the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from ganengine.errors import ConfigError
from studio.presenters.dataset import DatasetPresenter
from studio.session import message_for
from studio.tasks import BackgroundTasks
from studio.views.model_summary import ModelSummary

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.shapes import ImageShape
    from studio.form.form import ExperimentForm

TYPING_MS = 250  # without a change before the networks are looked at


class NetworksPresenter(QObject):
    """Summarises the networks of the form's settings, as soon as somebody looks and the typing rests."""

    def __init__(
        self, form: ExperimentForm, data: DatasetPresenter, view: ModelSummary, tasks: BackgroundTasks
    ) -> None:
        super().__init__(view)
        self._form, self._data, self._view, self._tasks = form, data, view, tasks
        self._shown: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self._summarise)
        form.changed.connect(self._soon)
        data.changed.connect(self._soon)
        view.shown.connect(self._summarise)

    @Slot()
    def _soon(self) -> None:
        if self._view.isVisible():
            self._timer.start()

    @Slot()
    def _summarise(self) -> None:
        self._timer.stop()
        try:
            config = self._form.config()
        except ConfigError:
            self._say(f"A setting must be mended first: {self._form.first_problem_text()}")
            return
        images = self._images(config)
        if images is None:
            self._say(f"Choose the data first: the networks depend on the images.\n\n{self._data.reason}".rstrip())
            return
        wanted = (config.generator, config.discriminator, images)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._tasks.run(
            lambda: _summary(config, *images),
            lambda summary: self._answer(wanted, summary),
            lambda error: self._answer(wanted, error),
        )

    def _images(self, config: TrainConfig) -> tuple[ImageShape, int] | None:
        """The shape of the images and the number of classes that the networks know, or None where they are unknown."""
        shape, dataset = config.data.image_shape(), self._data.dataset
        if not config.training.class_conditional and shape is not None:
            return shape, 0
        if dataset is None:
            return None
        return shape or dataset.shape, len(dataset.classes) if config.training.class_conditional else 0

    def _answer(self, wanted: object, result: Any) -> None:
        if wanted != self._shown:
            return  # the settings are others by now
        if isinstance(result, Exception):
            self._say(result.message if isinstance(result, ConfigError) else message_for(result))
        else:
            self._view.show_summary(result)

    def _say(self, text: str) -> None:
        self._shown = None
        self._view.show_message(text)


def _summary(config: TrainConfig, shape: ImageShape, num_classes: int) -> Any:
    from ganengine.summary import summarise

    return summarise(config, shape, num_classes)
