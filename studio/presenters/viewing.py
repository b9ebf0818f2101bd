"""What the settings say of how images and plots are looked at, until the person says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ganengine.errors import ConfigError
from ganengine.events import EditEvent, RunStarted
from studio.session import Session
from studio.views.loss_plots import LossPlots
from studio.views.sample_grid import SampleGrid
from studio.views.series import Axis

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from studio.form.form import ExperimentForm
    from studio.presenters.experiment import ExperimentPresenter

_AXES: dict[str, Axis] = {"steps": "step", "epochs": "epoch", "minutes": "minute"}


class ViewingPresenter(QObject):
    """Dark on light, and what the plots count: taken from a preset or run when it is loaded or changed there.

    What the person chooses above the images and the plots stays until then.
    """

    def __init__(
        self,
        session: Session,
        experiment: ExperimentPresenter,
        form: ExperimentForm,
        grid: SampleGrid,
        plots: LossPlots,
    ) -> None:
        super().__init__(plots)
        self._form, self._grid, self._plots = form, grid, plots
        self._invert: bool | None = None
        self._axis: Axis | None = None
        experiment.shown.connect(self._on_loaded)
        form.changed.connect(self._on_form_changed)
        session.runStarted.connect(self._on_confirmed)
        session.edited.connect(self._on_confirmed)

    @Slot(object)
    def _on_loaded(self, config: TrainConfig) -> None:
        self._invert = self._axis = None
        self._follow(config)

    @Slot()
    def _on_form_changed(self) -> None:
        try:
            self._follow(self._form.config())
        except ConfigError:
            return  # half typed

    @Slot(object)
    def _on_confirmed(self, event: RunStarted | EditEvent) -> None:
        self._follow(event.config)

    def _follow(self, config: TrainConfig) -> None:
        """Take over what is another value than before."""
        invert, axis = config.recording.invert, _AXES[config.recording.plot_against]
        if invert != self._invert:
            self._invert = invert
            self._grid.set_inverted(invert)
        if axis != self._axis:
            self._axis = axis
            self._plots.controls.set_axis(axis)
