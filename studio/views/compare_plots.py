"""The losses of several runs: a column of small plots for each, or one plot a loss with all runs in it."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.theme import theme_notifier
from studio.views.curves import LOSS_CURVES, CurveSpec
from studio.views.run_looks import run_pen
from studio.views.series import History, MetricsRow
from studio.views.small_plot import SmallPlot, range_of
from studio.views.smoothing import Floats

Way = Literal["columns", "overlaid"]
REDRAW_MS = 100
GAP = 12
"""Between columns; the same as above, between the images."""


class ComparePlots(QWidget):
    """D real, D fake and G, each with one range for all runs, so that they can be compared.

    Attributes:
        histories: the metrics of each run.
        plots: by loss and run; overlaid by loss alone, with the run 0.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparePlots")
        self.setAccessibleName("Losses of the runs")
        self.histories: list[History] = []
        self.plots: dict[tuple[str, int], SmallPlot] = {}
        self._way: Way = "columns"
        self._weight = 0.0
        self._steps: list[int | None] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.redraw_now)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        theme_notifier().themeChanged.connect(self._restyle)

    def set_runs(self, count: int) -> None:
        """Begin anew with so many runs."""
        self.histories = [History() for _ in range(count)]
        self._steps = [None] * count
        self._rebuild()

    def set_way(self, way: Way) -> None:
        """A column for each run, or all runs in one plot a loss."""
        if way != self._way:
            self._way = way
            self._rebuild()

    def set_smoothing(self, weight: float) -> None:
        """How strongly curves are smoothed, 0 for not at all."""
        self._weight = weight
        self._changed()

    def append(self, index: int, rows: Sequence[MetricsRow]) -> None:
        """Add measured rows to a run."""
        self.histories[index].extend(rows)
        self._changed()

    def show_steps(self, steps: Sequence[int | None]) -> None:
        """Mark the step of the images that each run shows."""
        self._steps = list(steps)
        self._show_cursors()

    def redraw_now(self) -> None:
        """Draw all curves anew."""
        every = [self._curves(spec) for spec in LOSS_CURVES]
        across = range_of([curve for curves in every for curve in curves], 0)
        for spec, curves in zip(LOSS_CURVES, every, strict=True):
            spans = (across, range_of(curves, 1))
            if self._way == "overlaid":
                pens = [run_pen(index, 1.6) for index in range(len(curves))]
                self.plots[spec.key, 0].draw(curves, pens, spans)
                continue
            for index, curve in enumerate(curves):
                self.plots[spec.key, index].draw([curve], [spec.pen(1.5)], spans)
        self._show_cursors()

    def _curves(self, spec: CurveSpec) -> list[tuple[Floats, Floats]]:
        return [history.smoothed(spec.key, self._weight) for history in self.histories]

    def _show_cursors(self) -> None:
        for (key, index), plot in self.plots.items():
            step = self._steps[index]
            if self._way == "overlaid":
                plot.show_cursor(max((step for step in self._steps if step is not None), default=None))
            else:
                plot.show_cursor(step, self._value_near(index, key, step))

    def _value_near(self, index: int, key: str, step: int | None) -> float | None:
        """A curve's value, smoothed as it is drawn, at a step or last before it."""
        steps, values = self.histories[index].smoothed(key, self._weight)
        if step is None or not len(steps):
            return None
        return float(values[max(0, int(steps.searchsorted(step, side="right")) - 1)])

    def _rebuild(self) -> None:
        for plot in self.plots.values():
            self._grid.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self.plots.clear()
        overlaid, runs = self._way == "overlaid", len(self.histories)
        for row, spec in enumerate(LOSS_CURVES):
            for index in range(min(runs, 1) if overlaid else runs):
                last = overlaid or row == len(LOSS_CURVES) - 1
                plot = SmallPlot(spec, runs if overlaid else 1, says_step=last, parent=self)
                plot.setAccessibleName(f"{spec.title} of {'all runs' if overlaid else f'run {index + 1}'}")
                self.plots[spec.key, index] = plot
                self._grid.addWidget(plot, *((0, row) if overlaid else (row, index)))
        columns = len(LOSS_CURVES) if overlaid else runs
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(self._grid.rowCount()):
            # The last row has the axis' numbers below it.
            used = row == 0 if overlaid else row < len(LOSS_CURVES)
            self._grid.setRowStretch(row, (13 if row == len(LOSS_CURVES) - 1 else 10) if used else 0)
        self._changed()

    def _changed(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._changed()

    def _restyle(self) -> None:
        for plot in self.plots.values():
            plot.restyle()
        self._changed()
