"""Curves of several runs: a column of small plots for each, or one plot a metric with all runs in it."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.theme import theme_notifier
from studio.views.compare_heads import GAP
from studio.views.curves import LOSS_CURVES, CurveSpec
from studio.views.run_looks import run_pen
from studio.views.series import Axis, History
from studio.views.small_plot import SmallPlot, Span, range_of
from studio.views.smoothing import Floats

Way = Literal["columns", "overlaid"]
REDRAW_MS = 100
AXIS = 38
"""Points that the numbers and the name of the x-axis take."""
BESIDE = 3
"""So many plots stand in one row; more are shared out over two."""


class ComparePlots(QWidget):
    """Each metric with one range for all runs, so that they can be compared.

    Attributes:
        histories: the metrics of each run.
        plots: by metric and run; overlaid by metric alone, with the run 0.
        smoothing: the weight of the moving average; see `set_smoothing`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparePlots")
        self.setAccessibleName("Curves of the runs")
        self.histories: Sequence[History] = ()
        self.plots: dict[tuple[str, int], SmallPlot] = {}
        self._looks: Sequence[int] = ()
        self._specs: Sequence[CurveSpec] = LOSS_CURVES
        self._way: Way = "columns"
        self._axis: Axis = "step"
        self.smoothing, self._rows = 0.0, 0
        self._hidden: frozenset[int] = frozenset()
        self._places: list[float | None] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.redraw_now)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        theme_notifier().themeChanged.connect(self._restyle)

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def set_runs(self, histories: Sequence[History], looks: Sequence[int]) -> None:
        """Draw these runs, each with its colour and dash; say `changed` when they have grown."""
        self.histories, self._looks = histories, looks
        self._hidden = frozenset()
        self._places = [None] * len(histories)
        self._rebuild()

    def set_specs(self, specs: Sequence[CurveSpec], way: Way) -> None:
        """Which metrics, and whether in a column for each run, or all runs in one plot a metric."""
        if (tuple(specs), way) != (tuple(self._specs), self._way):
            self._specs, self._way = tuple(specs), way
            self._rebuild()

    def set_way(self, way: Way) -> None:
        """As above, for the same metrics."""
        self.set_specs(self._specs, way)

    def set_axis(self, axis: Axis) -> None:
        """What the x-axis counts."""
        if axis != self._axis:
            self._axis = axis
            self._rebuild()

    def set_smoothing(self, weight: float) -> None:
        """How strongly curves are smoothed, 0 for not at all; those that are measured only now and then never are."""
        self.smoothing = weight
        self.changed()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Which runs are left out of plots that all are in."""
        self._hidden = hidden
        self.changed()

    def show_places(self, places: Sequence[float | None]) -> None:
        """Mark the place, in what the x-axis counts, of the images that each run shows."""
        self._places = list(places)
        self._show_cursors()

    def changed(self) -> None:
        """Draw anew soon."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    # -- drawing -------------------------------------------------------------------------------------------------------

    def redraw_now(self) -> None:
        """Draw all curves anew."""
        every = [[self._curve(history, spec) for history in self.histories] for spec in self._specs]
        across = range_of([curve for curves in every for curve in curves], 0)
        for spec, curves in zip(self._specs, every, strict=True):
            if self._way == "overlaid":
                self._draw_together(spec, curves, across)
                continue
            for index, curve in enumerate(curves):
                self.plots[spec.key, index].draw([curve], [spec.pen(1.5)], (across, range_of(curves, 1)))
        self._show_cursors()

    def _draw_together(self, spec: CurveSpec, curves: Sequence[tuple[Floats, Floats]], across: Span) -> None:
        pens = [run_pen(look, 1.6) for look in self._looks]
        seen = [curve for index, curve in enumerate(curves) if index not in self._hidden]
        drawn = [(x[:0], y[:0]) if index in self._hidden else (x, y) for index, (x, y) in enumerate(curves)]
        self.plots[spec.key, 0].draw(drawn, pens, (across, range_of(seen, 1)))

    def _curve(self, history: History, spec: CurveSpec) -> tuple[Floats, Floats]:
        """No more points than can be seen: the memory of a comparison is that of its histories."""
        most = max(200, self.width())
        if spec.symbol or not self.smoothing:
            blocks = history.outline(spec.key, self._axis, most=most)
            return blocks.outline()
        return history.smooth_line(spec.key, self.smoothing, self._axis, most=most)

    def _show_cursors(self) -> None:
        shown = [place for place in self._places if place is not None]
        for (key, index), plot in self.plots.items():
            if self._way == "overlaid":
                plot.show_cursor(max(shown, default=None))
            else:
                place = self._places[index]
                plot.show_cursor(place, self._value_near(index, key, place))

    def _value_near(self, index: int, key: str, place: float | None) -> float | None:
        """A curve's value, as it is drawn, at a place or last before it."""
        spec = next(spec for spec in self._specs if spec.key == key)
        xs, values = self._curve(self.histories[index], spec)
        if place is None or not len(xs):
            return None
        return float(values[max(0, int(xs.searchsorted(place + 1e-9, side="right")) - 1)])

    # -- building ------------------------------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        for plot in self.plots.values():
            self._grid.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        self.plots.clear()
        overlaid, runs = self._way == "overlaid", len(self.histories)
        count = len(self._specs)
        columns = (count if count <= BESIDE else -(-count // 2)) if overlaid else runs
        rows = -(-count // max(columns, 1)) if overlaid else count
        for number, spec in enumerate(self._specs):
            for index in range(min(runs, 1) if overlaid else runs):
                place = divmod(number, columns) if overlaid else (number, index)
                # A plot beneath has the axis' numbers for this one too.
                last = number + columns >= count if overlaid else number == count - 1
                plot = SmallPlot(spec, runs if overlaid else 1, says_step=last, parent=self)
                plot.name_axis("Step" if self._axis == "step" else "Minutes")
                plot.setAccessibleName(f"{spec.title} of {'all runs' if overlaid else f'run {index + 1}'}")
                self.plots[spec.key, index] = plot
                self._grid.addWidget(plot, *place)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
        self._rows = rows
        self._balance()
        self.changed()

    def _balance(self) -> None:
        """The curves of all rows equally high; the last row has the axis' numbers below them."""
        plain = max(10, (self.height() - AXIS) // max(self._rows, 1))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, (plain + AXIS * (row == self._rows - 1)) if row < self._rows else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._balance()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.changed()

    def _restyle(self) -> None:
        for plot in self.plots.values():
            plot.restyle()
        self.changed()
