"""How one run of a comparison looks: a colour and a dash of its own, the same as in a saved report."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from ganengine.export.comparison_svg import RUN_COLOURS, style_of
from studio.theme import is_dark

SWATCH = QSize(30, 12)


@dataclass(frozen=True)
class RunLook:
    """A run as a comparison names and draws it.

    Attributes:
        label: what it differs in.
        look: number of its colour and dash.
    """

    label: str
    look: int


def run_colour(index: int) -> QColor:
    """The colour of a run in the theme in force; none of those that mean real, fake or generator."""
    colour, _ = style_of(index)
    return QColor(RUN_COLOURS[colour][is_dark()])


def run_pen(index: int, width: float) -> QPen:
    """The pen of a run's curve, ``width`` pixels wide at any zoom."""
    pen = QPen(run_colour(index), width)
    _, dash = style_of(index)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        # Dashes are counted in widths of the line.
        pen.setDashPattern([float(length) / max(pen.widthF(), 1.0) for length in dash.split()])
    return pen


def run_swatch(index: int, ratio: float) -> QPixmap:
    """A short piece of a run's curve."""
    pixmap = QPixmap(SWATCH * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(run_pen(index, 2.0))
    painter.drawLine(0, SWATCH.height() // 2, SWATCH.width(), SWATCH.height() // 2)
    painter.end()
    return pixmap


def run_icon(index: int, ratio: float) -> QIcon:
    """The same for buttons and tables."""
    return QIcon(run_swatch(index, ratio))
