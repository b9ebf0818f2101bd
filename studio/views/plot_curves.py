"""The curves of one plot: each as it was measured, and smoothed over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt

from studio.theme import colour
from studio.views.curves import CurveSpec
from studio.views.dashes import cut_into_dashes
from studio.views.plot_parts import make_curve
from studio.views.series import Axis, History
from studio.views.smoothing import Floats

LONG = 600
"""From this many values on a measured curve is drawn with the fast one-pixel pen."""
BESIDE = 0.25
"""So much of the view's width is drawn on either side of it, so that a plot that is pushed shows no empty edge."""
WIDTH = 1.6
FEW = 60
"""Up to so many points the smooth pen draws one path."""
SYMBOL_SIZE = 7
MOST_SYMBOLS = 200
"""More points than that are a line without symbols."""


@dataclass(frozen=True)
class Drawing:
    """How all curves are drawn.

    Attributes:
        weight: of the smoothing, 0 for none.
        axis: what x counts.
        log: whether y is logarithmic.
    """

    weight: float = 0.0
    axis: Axis = "step"
    log: bool = False


class PlotCurves:
    """Draws a history's columns into one plot.

    Attributes:
        specs: the curves.
        hidden: keys of the curves not to be seen.
        drawn: y of every curve drawn last, and whether it is as measured.
        within: from where to where on the x-axis the curves were drawn.
    """

    def __init__(self, plot: Any) -> None:
        self.specs: tuple[CurveSpec, ...] = ()
        self.hidden: set[str] = set()
        self.drawn: list[tuple[Floats, bool]] = []
        self.within = (0.0, 0.0)
        self._plot = plot
        self._view: Any = plot.getPlotItem().getViewBox()
        self._drawing = Drawing()
        self._raw: dict[str, Any] = {}
        self._main: dict[str, Any] = {}
        self._given: dict[str, tuple[Floats, Floats]] = {}

    def set_specs(self, specs: Sequence[CurveSpec]) -> None:
        """Take these curves; those that were there before must be among them."""
        self.specs = tuple(specs)
        for spec in specs:
            if spec.key not in self._main:
                self._raw[spec.key], self._main[spec.key] = make_curve(self._plot, 0), make_curve(self._plot, 10)
                for curve in (self._raw[spec.key], self._main[spec.key]):
                    curve.setLogMode(False, self._drawing.log)

    def redraw(self, history: History, drawing: Drawing) -> None:
        """Draw all shown curves anew, where the view is and a little beside it, in about a point a pixel."""
        self._drawing = drawing
        self.drawn.clear()
        left, right = self._view.viewRange()[0]
        beside = BESIDE * (right - left)
        self.within = left - beside, right + beside
        for spec in self.specs:
            self._redraw(spec, history)

    def cover(self, left: float, right: float) -> bool:
        """Whether the curves as they are drawn suit such a view: not too short for it, and not too coarse."""
        drawn = self.within[1] - self.within[0]
        return self.within[0] <= left and right <= self.within[1] and drawn <= (1 + 4 * BESIDE) * (right - left)

    def clear(self) -> None:
        """Take all points away, e.g. before their scale changes."""
        self._given.clear()
        for curve in (*self._raw.values(), *self._main.values()):
            curve.clear()

    def _redraw(self, spec: CurveSpec, history: History) -> None:
        raw, main = self._raw[spec.key], self._main[spec.key]
        smooth = self._drawing.weight > 0
        shown = spec.key not in self.hidden
        main.setVisible(shown)
        raw.setVisible(shown and smooth)
        if not shown:
            return
        axis, most = self._drawing.axis, int((1 + 2 * BESIDE) * max(50, self._view.width()))
        measured = history.outline(spec.key, axis, self.within, most)
        x, y = self._plottable(*measured.outline())
        if smooth:
            raw.setData(x, y, pen=spec.faint_pen(dense=measured.is_dense))
            self.drawn.append((y, True))
            x, y = self._plottable(*history.smooth_line(spec.key, self._drawing.weight, axis, self.within, most))
        fine = smooth or len(x) < LONG
        self._given[spec.key] = x, y
        self.drawn.append((y, not smooth))
        symbols = _symbols(spec, len(x))
        if not fine or len(x) <= FEW or symbols["symbol"]:
            main.curve.setSegmentedLineMode("off")
            main.setData(x, y, pen=spec.pen(WIDTH if fine else 1.0), connect="all", antialias=fine, **symbols)
        else:
            self._draw_dashes(main, spec, x, y)

    def _draw_dashes(self, curve: Any, spec: CurveSpec, x: Floats, y: Floats) -> None:
        # Along the line as it is seen: on a logarithmic axis that is its logarithm.
        seen = np.log10(y) if self._drawing.log else y
        pattern = [float(part) for part in spec.pen().dashPattern()]
        x, seen, connected = cut_into_dashes(x, seen, self._view.viewPixelSize(), pattern)
        curve.curve.setSegmentedLineMode("on")
        y = 10**seen if self._drawing.log else seen
        curve.setData(x, y, pen=spec.pen(WIDTH, Qt.PenStyle.SolidLine), connect=connected, antialias=True, symbol=None)

    def _plottable(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """A logarithm needs values above zero: the others are left out."""
        if not self._drawing.log:
            return x, y
        positive = y > 0
        return (x, y) if positive.all() else (x[positive], y[positive])

    def points(self, key: str) -> tuple[Floats, Floats]:
        """x and y last given to a curve; empty for a hidden or unmeasured one."""
        nothing = np.empty(0), np.empty(0)
        return self._given.get(key, nothing) if self._main[key].isVisible() else nothing

    def painted(self, key: str) -> int:
        """How many points of a curve are left to be painted."""
        x, _ = self._main[key].curve.getData()
        return 0 if x is None else len(x)

    def symbol(self, key: str) -> str | None:
        """The symbol that a curve's points are drawn with, or None."""
        symbol: str | None = self._main[key].opts["symbol"]
        return symbol

    def range_of_drawn(self) -> tuple[float, float] | None:
        """The range worth showing of all that is drawn; of the logarithms where y is logarithmic."""
        bounds = [_bounds(y, measured) for y, measured in self.drawn if len(y)]
        if not bounds:
            return None
        low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
        if self._drawing.log:
            low, high = float(np.log10(low)), float(np.log10(high))
        if high - low > 1e-9:
            return low, high
        around = 0.5 if self._drawing.log or low == 0 else 0.25 * abs(low)
        return low - around, high + around


def _symbols(spec: CurveSpec, count: int) -> dict[str, Any]:
    if not spec.symbol or count > MOST_SYMBOLS:
        return {"symbol": None}
    return {"symbol": spec.symbol, "symbolSize": SYMBOL_SIZE, "symbolBrush": colour(spec.role), "symbolPen": None}


def _bounds(y: Floats, measured: bool) -> tuple[float, float]:
    """The range worth showing. One spike must not flatten the rest: long measured curves lose their extremes."""
    if not measured or len(y) < 500:
        return float(y.min()), float(y.max())
    low, high = np.percentile(y[:: max(1, len(y) // 4000)], (0.5, 99.5))
    return float(low), float(high)
