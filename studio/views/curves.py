"""How a metric's curve looks: one colour and one dash everywhere, in plots, legends and swatches."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap

from studio.colours import Role
from studio.theme import colour

Dash = Qt.PenStyle
FAINT = 0.28
"""Opacity of the measured curve behind its smoothed one."""
SWATCH = QSize(28, 12)
SWATCH_LINE = 22
"""The rest of the swatch keeps its text away from the line."""


@dataclass(frozen=True)
class CurveSpec:
    """One curve.

    Attributes:
        key: the metric's key.
        title: short name in the legend.
        description: tooltip, in plain words.
        role: the colour's meaning.
        dash: tells the curve apart without colour.
        symbol: pyqtgraph's letter for the points of a curve that is measured only now and then; empty for none.
    """

    key: str
    title: str
    description: str
    role: Role
    dash: Dash
    symbol: str = ""

    def pen(self, width: float = 1.0, dash: Dash | None = None) -> QPen:
        """The pen of the main curve, ``width`` pixels wide at any zoom; in its own dash, or another one."""
        pen = QPen(colour(self.role), width, self.dash if dash is None else dash)
        pen.setCosmetic(True)
        return pen

    def faint_pen(self, *, dense: bool = False) -> QPen:
        """The pen of the measured curve behind a smoothed one; fainter still where its lines fill an area."""
        faint = colour(self.role)
        faint.setAlphaF(FAINT / 2 if dense else FAINT)
        pen = QPen(faint, 1.0)
        pen.setCosmetic(True)
        return pen

    def swatch(self, pixel_ratio: float) -> QIcon:
        """A short piece of the curve, for the legend."""
        pixmap = QPixmap(SWATCH * pixel_ratio)
        pixmap.setDevicePixelRatio(pixel_ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        pen = self.pen(2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(0, SWATCH.height() // 2, SWATCH_LINE, SWATCH.height() // 2)
        painter.end()
        return QIcon(pixmap)


LOSS_CURVES = (
    CurveSpec(
        "loss/d_real",
        "D real",
        "Discriminator's loss on real images: low when it knows them as real",
        "real",
        Qt.PenStyle.SolidLine,
    ),
    CurveSpec(
        "loss/d_fake",
        "D fake",
        "Discriminator's loss on generated images: low when it sees through them",
        "fake",
        Qt.PenStyle.DashLine,
    ),
    CurveSpec(
        "loss/g",
        "G",
        "Generator's loss: low when its images pass as real",
        "generator",
        Qt.PenStyle.DashDotLine,
    ),
)
OPINION_CURVES = (
    CurveSpec(
        "prob/real",
        "D(x)",
        "How likely the discriminator finds it that real images are real",
        "real",
        Qt.PenStyle.SolidLine,
    ),
    CurveSpec(
        "prob/fake",
        "D(G(z))",
        "How likely the discriminator finds it that generated images are real",
        "fake",
        Qt.PenStyle.DashLine,
    ),
)


def format_value(value: float) -> str:
    """At most 6 characters, e.g. ``0.693``, ``−12.50``, ``3e−05``; a dash where nothing was measured."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size != 0 and (size < 1e-3 or size >= 1e5):
        return f"{value:.0e}".replace("-", "−")
    decimals = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
    return f"{value:.{decimals}f}".replace("-", "−")
