"""Says in the form how much memory the chosen settings will need, and offers the largest batch that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from ganengine.errors import ConfigError
from studio.form.section import FormSection
from studio.messages import Messages
from studio.presenters.dataset import DatasetPresenter
from studio.session import Session
from studio.tasks import BackgroundTasks

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.data.dataset import ImageDataset
    from studio.form.form import ExperimentForm

TYPING_MS = 400  # without a change before it is worked out again
SECTION = "training"
BATCH = "training.batch_size"
SHORT = "This may need more memory than is free"


@dataclass(frozen=True)
class _Need:
    text: str
    parts: str
    is_short: bool
    on_gpu: bool


class MemoryHintPresenter(QObject):
    """Keeps the line under the settings of the training true while nothing trains, and warns where memory is short."""

    def __init__(
        self,
        form: ExperimentForm,
        data: DatasetPresenter,
        session: Session,
        messages: Messages,
        tasks: BackgroundTasks,
    ) -> None:
        super().__init__(form)
        self._form, self._data, self._session, self._messages, self._tasks = form, data, session, messages, tasks
        self._wanted: object = None
        self._warned = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self._work_out)
        form.changed.connect(self._timer.start)
        data.changed.connect(self._timer.start)
        session.ended.connect(self._timer.start)
        section = form.findChild(FormSection, f"section:{SECTION}")
        assert section is not None
        self._section = section
        self._button = section.hint_action
        self._button.setText("Use the largest batch that fits")
        self._button.setAccessibleName(self._button.text())
        self._button.setToolTip(
            "Sets the batch size to the largest power of two with which this training fits into the memory that is "
            "free. Larger batches make a step slower and its direction surer."
        )
        self._button.clicked.connect(self._fit)

    @Slot()
    def _work_out(self) -> None:
        dataset, config = self._data.dataset, self._config()
        if dataset is None or config is None or self._session.is_active or (config, id(dataset)) == self._wanted:
            return
        self._wanted = wanted = (config, id(dataset))
        self._tasks.run(
            lambda: _need(config, dataset),
            lambda need: self._show(need) if self._wanted == wanted else None,
            lambda error: self._show(None) if self._wanted == wanted else None,
        )

    def _show(self, need: _Need | None) -> None:
        self._section.set_hint(need.text if need else "")
        self._section.hint.setToolTip(need.parts if need else "")
        self._button.setVisible(need is not None and (need.is_short or need.on_gpu))
        if need is None or not need.is_short:
            self._warned = False
        elif not self._warned:
            self._warned = True
            self._messages.warning(f"{SHORT}.", need.text, action=self._button.text(), on_action=self._fit)

    @Slot()
    def _fit(self) -> None:
        dataset, config = self._data.dataset, self._config()
        if dataset is None or config is None or self._session.is_active:
            return
        self._button.setEnabled(False)
        self._tasks.run(lambda: _largest(config, dataset), self._take, lambda error: self._take(0))

    def _take(self, batch: int) -> None:
        self._button.setEnabled(True)
        if batch and not self._session.is_active:
            self._form.put({BATCH: batch})
        elif not batch:
            self._messages.warning("No batch fits into the memory that is free.", "Choose narrower networks.")

    def _config(self) -> TrainConfig | None:
        try:
            return self._form.config()
        except ConfigError:
            return None  # half typed


def _classes(config: TrainConfig, dataset: ImageDataset) -> int:
    return len(dataset.classes) if config.training.class_conditional else 0


def _need(config: TrainConfig, dataset: ImageDataset) -> _Need:
    from ganengine.devices import memory, memory_figures, resolve
    from ganengine.memory_estimate import binary, estimate

    device = resolve(config.training.device)
    found = estimate(config, dataset.shape, _classes(config, dataset), dataset.count, device)
    on_gpu = device.type == "cuda"
    needs = f"Needs about {binary(found.total)} of {'GPU memory' if on_gpu else 'memory'}"
    if found.fits(memory(device).free):
        return _Need(f"{needs}; {memory_figures(device)}.", f"Memory: {found}.", False, on_gpu)
    advice = "Choose a smaller batch or narrower networks."
    return _Need(f"{needs}, and {memory_figures(device)}. {advice}", f"Memory: {found}.", True, on_gpu)


def _largest(config: TrainConfig, dataset: ImageDataset) -> int:
    from ganengine.devices import memory, resolve
    from ganengine.memory_estimate import largest_batch

    device = resolve(config.training.device)
    free = memory(device).free
    return largest_batch(config, dataset.shape, _classes(config, dataset), dataset.count, free, device)
