"""Two runs' images one over the other, with a line between them that is drawn to and fro."""

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.theme import colour, theme_notifier
from studio.views.compare_column import ShownImages
from studio.views.fitted_canvas import FittedCanvas, picked
from studio.views.grid_panel import to_cells
from studio.views.grid_placing import HEADING, Placed
from studio.views.run_looks import SWATCH, RunLook, run_swatch

SMALL, LARGE = 0.02, 0.1
GRIP = 12  # points; radius of the handle


@dataclass(frozen=True)
class Side:
    """One of the two runs.

    Attributes:
        shown: its images, or None.
        why: without images, why there are none.
    """

    run: RunLook
    shown: ShownImages | None
    why: str = ""


class WipeCanvas(FittedCanvas):
    """Left of the line the first run's images, right of it the second's, at the same places.

    Signals:
        moved(float): the line's new place.

    Attributes:
        place: of the line, 0 at the left edge of the images, 1 at the right.
    """

    moved = Signal(float)
    _KEYS: ClassVar = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wipeCanvas")
        self.setAccessibleName("Two runs, one over the other")
        self.setToolTip("Drag the line, or use the arrow keys: left of it is the first run, right of it the second.")
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        self.place = 0.5
        self._sides: tuple[Side, Side] | None = None
        self._right: list[QImage] = []
        self._tell_place()

    def show_sides(self, left: Side, right: Side) -> None:
        """Show these two."""
        self._sides = (left, right)
        cells = [to_cells(side.shown.images) if side.shown else [] for side in (left, right)]
        count = min((len(one) for one in cells if one), default=0)
        rows = {side.shown.columns for side in (left, right) if side.shown}
        # Where only one of them has a row for each class, places are all that the two have in common.
        self._columns = rows.pop() if len(rows) == 1 else 0
        self._cells, self._right = (cells[0] or cells[1])[:count], (cells[1] or cells[0])[:count]
        self.empty_text = " ".join(dict.fromkeys(f"{side.run.label}: {side.why}." for side in (left, right)))
        self.arrange()

    def move_to(self, place: float) -> None:
        """Move the line, at most to an edge."""
        place = min(max(place, 0.0), 1.0)
        if place != self.place:
            self.place = place
            self._tell_place()
            self.viewport().update()
            self.moved.emit(place)

    def _tell_place(self) -> None:
        self.setAccessibleDescription(f"The line is at {round(100 * self.place)} % of the width.")

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._placed or self._sides is None:
            super().paintEvent(event)
            return
        (placed,), ratio = self._placed, self.devicePixelRatioF()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._ground())
        halves = self._halves(placed)
        cells = (placed.panel.cells, picked(self._right, self.shape, self._columns))
        for side, half, shown in zip(self._sides, halves, cells, strict=True):
            if side.shown is None:
                painter.setClipRect(half)
                self._paint_text(painter, half, side.why)
            else:
                painter.save()
                painter.setClipRect(half)
                painter.scale(1 / ratio, 1 / ratio)
                self._paint_cells(painter, placed, shown)
                painter.restore()
        painter.setClipping(False)
        self._paint_headings(painter, placed)
        self._paint_line(painter, placed)
        painter.end()

    def _paint_cells(self, painter: QPainter, placed: Placed, cells: list[QImage]) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for index, cell in enumerate(cells[: placed.layout.count]):
            left, top, width, height = placed.layout.cell(index)
            target = QRect(placed.x + left, placed.y + top, width, height)
            painter.fillRect(target.adjusted(-1, -1, 1, 1), self._edge())
            painter.drawImage(target, cell)

    def _area(self, placed: Placed) -> QRectF:
        """The whole grid, in points."""
        ratio, layout = self.devicePixelRatioF(), placed.layout
        return QRectF(placed.x / ratio, placed.y / ratio, layout.total_width / ratio, layout.total_height / ratio)

    def _halves(self, placed: Placed) -> tuple[QRectF, QRectF]:
        area = self._area(placed)
        line = round(area.left() + self.place * area.width())
        left = QRectF(area.left(), area.top(), line - area.left(), area.height())
        return left, QRectF(line, area.top(), area.right() - line, area.height())

    def _paint_headings(self, painter: QPainter, placed: Placed) -> None:
        assert self._sides is not None
        area, ratio = self._area(placed), self.devicePixelRatioF()
        middle = self.viewport().width() / 2
        wide = min(area.width(), 2 * middle - 16)
        edges = (middle - wide / 2, middle + wide / 2)
        painter.setPen(self._text_colour())
        for number, (side, edge) in enumerate(zip(self._sides, edges, strict=True)):
            room = int(wide / 2 - SWATCH.width() - 14)
            text = side.shown.heading if side.shown else side.run.label
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            width = painter.fontMetrics().horizontalAdvance(text)
            top = area.top() - HEADING
            swatch = QPointF(edge if number == 0 else edge - SWATCH.width(), top + (HEADING - SWATCH.height()) / 2 - 1)
            painter.drawPixmap(swatch, run_swatch(side.run.look, ratio))
            left = edge + SWATCH.width() + 6 if number == 0 else edge - SWATCH.width() - 6 - width
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(left, top, width + 2, HEADING - 2), flags, text)

    def _paint_line(self, painter: QPainter, placed: Placed) -> None:
        area = self._area(placed)
        x, y = self._halves(placed)[1].left(), area.center().y()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(theme_notifier().scheme.accent)
        painter.setPen(QPen(QColor("white"), 4))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QPen(colour("accent") if self.hasFocus() else QColor("white"), 2))
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(x, y), GRIP, GRIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme_notifier().scheme.on_accent))
        for way in (-1, 1):
            tip = QPointF(x + way * 8, y)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-way * 5, -4), tip + QPointF(-way * 5, 4)]))

    # Moving

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_under(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_under(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _move_under(self, point: QPoint) -> None:
        if self._placed:
            area = self._area(self._placed[0])
            self.move_to((point.x() - area.left()) / max(area.width(), 1.0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in self._KEYS:
            large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.move_to(self.place + self._KEYS[key] * (LARGE if large else SMALL))
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.move_to(0.0 if key == Qt.Key.Key_Home else 1.0)
        else:
            super().keyPressEvent(event)
