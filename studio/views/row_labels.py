"""The names left of the rows of a grid, e.g. the classes."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from studio.theme import colour
from studio.views.grid_placing import Placed

WIDEST = 96
"""Points; longer names are cut."""
SPACE = 8
"""Points between a name and its row."""
_SMALLER = 0.9  # of the usual size of text


def gutter_for(labels: Sequence[str], font: QFont, ratio: float) -> int:
    """The width that names need, with the space beside them, in device pixels; 0 for none."""
    if not labels:
        return 0
    metrics = QFontMetrics(_small(font))
    return ceil((min(WIDEST, max(map(metrics.horizontalAdvance, labels))) + SPACE) * ratio)


def paint_labels(painter: QPainter, placed: Placed, x: float, y: float, ratio: float, visible: QRect) -> None:
    """Write the names of the rows that can be seen, in points; the images begin at x and y."""
    if not placed.gutter:
        return
    painter.save()
    painter.setFont(_small(painter.font()))
    painter.setPen(colour("muted"))
    width = placed.gutter / ratio - SPACE
    for row, name in enumerate(placed.panel.labels[: placed.layout.rows]):
        left, top, _, height = placed.layout.cell(row * placed.layout.columns)
        start = x + (left - placed.layout.gap - placed.gutter) / ratio
        line = QRectF(start, y + top / ratio, width, height / ratio)
        if line.intersects(visible):
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, ceil(width))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
    painter.restore()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALLER)
    return small
