"""The line in a plot that says which step is looked at: a widget above the plot, and no part of it.

As one of pyqtgraph's own lines, each move would have all curves between its old and its new place drawn again, which
takes as long as a frame of the film has.
"""

from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.theme import colour


class CursorLine(QWidget):
    """One point wide, opaque, and not in the way of the mouse.

    Attributes:
        at: where it is, in the unit of the x-axis, also where that is out of sight; None for nowhere.
    """

    def __init__(self, plot: Any) -> None:
        super().__init__(plot.viewport())
        self.at: float | None = None
        self._plot = plot
        self._view = plot.getPlotItem().getViewBox()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.sigRangeChanged.connect(self._place)
        self._view.sigResized.connect(self._place)
        self.hide()

    def put(self, x: float | None) -> None:
        """Go there; None hides it."""
        self.at = x
        self._place()

    def _place(self, *_: object) -> None:
        if self.at is None:
            self.hide()
            return
        area = self._view.sceneBoundingRect()
        place = self._view.mapViewToScene(QPointF(self.at, 0)).x()
        if not area.left() <= place <= area.right():
            self.hide()
            return
        top = self._plot.mapFromScene(QPointF(place, area.top()))
        self.setGeometry(top.x(), top.y(), 1, round(area.height()))
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("accent"))
        painter.end()
