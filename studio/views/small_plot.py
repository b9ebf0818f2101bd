"""A small plot of one metric: curves, a cursor, and its name in the corner. Only to be looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.theme import colour, theme_notifier
from studio.views.curves import CurveSpec, format_value
from studio.views.plot_parts import line_pen, make_curve, make_line, make_plot
from studio.views.smoothing import Floats

AXIS_WIDTH = 46
Span = tuple[float, float]


class SmallPlot(QWidget):
    """One metric of one run, or of several.

    Attributes:
        spec: the metric's name and colour.
        plot: the pyqtgraph widget.
    """

    def __init__(self, spec: CurveSpec, curves: int, *, says_step: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setObjectName(f"comparePlot.{spec.key}")
        self.setToolTip(spec.description)
        self.plot = make_plot(f"comparePlotCanvas.{spec.key}", spec.title)
        self._curves = [make_curve(self.plot, 10) for _ in range(curves)]
        self._cursor = make_line(self.plot, 15)
        self._spans: tuple[Span, Span] | None = None
        self._says_step = says_step
        self._corner = QLabel(spec.title, self.plot.viewport())
        self._corner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._set_up(says_step)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.plot.viewport().installEventFilter(self)
        self.restyle()

    def _set_up(self, says_step: bool) -> None:
        item = self.plot.getPlotItem()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item.getViewBox().setMouseEnabled(x=False, y=False)
        # The wheel scrolls the comparison.
        self.plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        left, bottom = item.getAxis("left"), item.getAxis("bottom")
        left.setWidth(AXIS_WIDTH)
        left.showLabel(False)
        bottom.showLabel(says_step)
        bottom.setStyle(showValues=says_step)
        if not says_step:
            bottom.setHeight(6)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 36)

    def sizeHint(self) -> QSize:
        return QSize(220, 110)

    def name_axis(self, name: str) -> None:
        """Say what the x-axis counts."""
        self.plot.getPlotItem().getAxis("bottom").setLabel(name)
        self.plot.getPlotItem().getAxis("bottom").showLabel(self._says_step)

    @property
    def corner(self) -> str:
        """The name and value in the corner."""
        return self._corner.text()

    def draw(self, curves: Sequence[tuple[Floats, Floats]], pens: Sequence[QPen], spans: tuple[Span, Span]) -> None:
        """Draw the curves, as many as there were said to be, over these ranges of x and y."""
        self._spans = spans
        self._fit()
        for curve, (x, y), pen in zip(self._curves, curves, pens, strict=True):
            points = _points(self.spec.symbol, pen) if self.spec.symbol else {}
            curve.setData(x, y, pen=pen, antialias=len(x) < 2000, **points)

    def _fit(self) -> None:
        """The curves below the words in the corner."""
        if self._spans is None:
            return
        x, (low, high) = self._spans
        axis = self.plot.getPlotItem().getAxis("bottom").height()
        height, words = self.plot.viewport().height() - axis, self._corner.height() + 2
        spare = (high - low) * words / max(height - words, words)
        self.plot.getPlotItem().getViewBox().setRange(xRange=x, yRange=(low, high + spare), padding=0)

    def drawn(self, index: int = 0) -> tuple[Floats, Floats]:
        """x and y last given to a curve."""
        x, y = self._curves[index].getOriginalDataset()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    @property
    def ranges(self) -> tuple[Span, Span]:
        """What of x and y is in view."""
        x, y = self.plot.getPlotItem().getViewBox().viewRange()
        return (x[0], x[1]), (y[0], y[1])

    def show_cursor(self, step: float | None, value: float | None = None) -> None:
        """Mark the step that is looked at, and say the value there."""
        if step is not None:
            self._cursor.setPos(step)
        self._cursor.setVisible(step is not None)
        self._corner.setText(self.spec.title if value is None else f"{self.spec.title}  {format_value(value)}")
        self._place_corner()
        self.plot.viewport().update()  # a line that is moved while the range changes leaves a trace behind

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_corner()
            self._fit()
        return super().eventFilter(watched, event)

    def _place_corner(self) -> None:
        self._corner.adjustSize()
        self._corner.move(max(0, self.plot.viewport().width() - self._corner.width() - 4), 2)

    def restyle(self) -> None:
        """Take the theme's colours."""
        scheme = theme_notifier().scheme
        self.plot.setBackground(QColor(scheme.base))
        item = self.plot.getPlotItem()
        for side in ("left", "bottom"):
            item.getAxis(side).setPen(line_pen(colour("muted")))
            item.getAxis(side).setTextPen(QColor(scheme.text))
        item.showGrid(x=True, y=True, alpha=0.15)
        self._cursor.setPen(line_pen(colour("accent")))
        ground = QColor(scheme.base)
        ground.setAlpha(210)
        self._corner.setStyleSheet(
            f"color: {colour(self.spec.role).name()}; background: rgba{ground.getRgb()!r}; font-weight: 600;"
        )


def _points(symbol: str, pen: QPen) -> dict[str, Any]:
    """How the points of a curve look that is measured only now and then."""
    return {"symbol": symbol, "symbolSize": 6, "symbolBrush": pen.color(), "symbolPen": line_pen(pen.color())}


def range_of(curves: Sequence[Any], axis: int) -> Span:
    """The range of x (0) or y (1) that is worth showing: of y all but the most extreme hundredth."""
    parts = [curve[axis] for curve in curves if len(curve[axis])]
    if not parts:
        return 0.0, 1.0
    values = np.concatenate(parts)
    low, high = np.percentile(values, (0.5, 99.5)) if axis and len(values) > 200 else (values.min(), values.max())
    margin = (high - low) * (0.08 if axis else 0.01) or 0.5
    return float(low - margin), float(high + margin)
