"""The pieces a plot is put together from: axis, curve, vertical line."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsItem

from studio.colours import Scheme

LEFT_AXIS_WIDTH = 58


class CountAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis that counts: ``20,000`` and not ``2e+04``."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = max(0, -int(f"{spacing:e}".partition("e")[2])) if spacing < 1 else 0
        return [f"{value * scale:,.{decimals}f}" for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose logarithmic ticks are labelled at 1, 2 and 5 only: the others would overlap."""

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        exact = [10.0**value * scale for value in values]
        return [f"{value:g}" if f"{value:e}"[0] in "125" else "" for value in exact]


def make_plot(name: str, left_label: str) -> Any:
    """An empty plot without pyqtgraph's own menu and buttons; its left axis has the same width everywhere."""
    plot = pg.PlotWidget(axisItems={"bottom": CountAxis("bottom"), "left": ValueAxis("left")})
    plot.setObjectName(name)
    plot.setAccessibleName(f"Plot: {left_label}")
    item = plot.getPlotItem()
    item.setMenuEnabled(False)
    item.hideButtons()
    for side in ("left", "bottom"):
        item.getAxis(side).enableAutoSIPrefix(False)
        item.getAxis(side).setStyle(tickLength=-4, maxTickLevel=0)
        # Its lines and numbers take as long to paint as the curves, and are the same from one redraw to the next.
        item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
    item.getAxis("left").setWidth(LEFT_AXIS_WIDTH)
    item.setLabel("left", left_label)
    item.setLabel("bottom", "Step")
    item.getViewBox().disableAutoRange()
    return plot


def make_curve(plot: Any, z: int) -> Any:
    """An empty curve for points that are no more than can be seen: it draws each."""
    curve = pg.PlotDataItem()
    plot.addItem(curve)
    curve.setDynamicRangeLimit(None)
    curve.setSkipFiniteCheck(True)
    curve.setZValue(z)
    return curve


def make_line(plot: Any, z: int) -> Any:
    """A hidden vertical line that does not count for the plot's range."""
    line = pg.InfiniteLine(angle=90, movable=False)
    line.setZValue(z)
    line.hide()
    plot.addItem(line, ignoreBounds=True)
    return line


def make_level(plot: Any, y: float, text: str) -> Any:
    """A labelled horizontal line."""
    line = pg.InfiniteLine(pos=y, angle=0, label=text, labelOpts={"position": 0.01, "anchors": [(0, 1), (0, 1)]})
    line.setZValue(12)
    plot.addItem(line, ignoreBounds=True)
    return line


def backdrop(scheme: Scheme) -> QBrush:
    """Nearly the plot's ground: behind text that stands in the data."""
    ground = QColor(scheme.base)
    ground.setAlpha(200)
    return QBrush(ground)


def line_pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """One pixel wide at any zoom."""
    pen = QPen(colour, 1.0, style)
    pen.setCosmetic(True)
    return pen
