"""The surface on which image grids are painted: centred, at whole device pixels, scrolled when larger."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollBar, QWidget

from studio.theme import colour, theme_notifier
from studio.views.grid_layout import MAX_ZOOM, GridLayout, Shape
from studio.views.grid_panel import Panel
from studio.views.grid_placing import BETWEEN, GAP, HEADING, MARGIN, Placed, Surface, place
from studio.views.row_labels import gutter_for, paint_labels

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_RING = 2  # points


class GridCanvas(QAbstractScrollArea):
    """Shows panels beside each other.

    Signals:
        imageClicked(str, int): role of the panel ("real" or "fake"), and index of the image; also by keyboard.
        zoomRequested(int): +1 for larger, -1 for smaller, 0 for as large as fits.
        layoutChanged(): rows, columns or zoom are others now.

    Attributes:
        shape: rows and columns asked for.
        zoom: device pixels for a source pixel, or None for as large as fits.
        empty_text: what to say when there are no panels.
        clickable: whether a click does something: the pointer says so, and the arrow keys choose an image.
        chosen: the image of the first panel that the arrow keys or a click went to, or None.
    """

    imageClicked = Signal(str, int)
    zoomRequested = Signal(int)
    layoutChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampleGridCanvas")
        self.setAccessibleName("Images")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.shape = Shape()
        self.zoom: int | None = None
        self.empty_text = ""
        self.clickable = False
        self.chosen: int | None = None
        self._panels: tuple[Panel, ...] = ()
        self._placed: tuple[Placed, ...] = ()
        self._content = QSize()
        self._pressed: tuple[Panel, int] | None = None

    # What is shown

    def set_panels(self, panels: Sequence[Panel]) -> None:
        """Show these panels."""
        self._panels = tuple(panels)
        self.arrange()

    @property
    def layouts(self) -> tuple[GridLayout, ...]:
        """The panels' layouts."""
        return tuple(placed.layout for placed in self._placed)

    @property
    def zoom_shown(self) -> int:
        """Device pixels for a source pixel as shown; 1 without images."""
        return self._placed[0].layout.zoom if self._placed else 1

    def arrange(self) -> None:
        """Lay the panels out anew, for the room there is."""
        before = self.layouts
        self._placed, self._content = (), QSize()
        if any(panel.cells for panel in self._panels):
            ratio = self.devicePixelRatioF()
            gutters = [gutter_for(panel.labels, self.font(), ratio) for panel in self._panels]
            surface = Surface(self.maximumViewportSize(), ratio, self.shape, self.zoom)
            self._placed, self._content = place(self._panels, gutters, surface)
        self._set_scroll_ranges()
        self.viewport().update()
        if self.layouts != before:
            self.layoutChanged.emit()

    def _set_scroll_ranges(self) -> None:
        ratio = self.devicePixelRatioF()
        full = self.maximumViewportSize()
        needed = (self._content.width() / ratio, self._content.height() / ratio)
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        thickness = self.verticalScrollBar().sizeHint().width()
        wide, tall = needed[0] > full.width(), needed[1] > full.height()
        room = (full.width() - thickness * tall, full.height() - thickness * wide)
        for bar, need, has in zip(bars, needed, room, strict=True):
            bar.setRange(0, max(0, int(need - has + 0.999)))
            bar.setPageStep(has)
            bar.setSingleStep(24)

    def set_clickable(self, clickable: bool) -> None:
        """Say that a click on an image does something."""
        self.clickable = clickable
        self.viewport().setMouseTracking(clickable)
        self.viewport().update()

    def image_origin(self) -> tuple[int, int]:
        """Top and left of the first grid in the viewport, in device pixels."""
        scroll = self._scroll()
        return self._placed[0].y - scroll.y(), self._placed[0].x - scroll.x()

    # Painting

    def composed_image(self) -> QImage:
        """The grids as shown, all of them, at one device pixel a pixel; null without images."""
        placed = [each for each in self._placed if each.panel.cells]
        if not placed:
            return QImage()
        width = sum(each.layout.total_width for each in placed) + BETWEEN * (len(placed) - 1)
        image = QImage(width, max(p.layout.total_height for p in placed), QImage.Format.Format_RGB32)
        image.fill(self._ground())
        painter = QPainter(image)
        x = 0
        for each in placed:
            each.panel.paint(painter, each.layout, x, 0, image.rect(), self._edge())
            x += each.layout.total_width + BETWEEN
        painter.end()
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._ground())
        if not self._placed:
            self._paint_text(painter, QRectF(self.viewport().rect()), self.empty_text)
        ratio = self.devicePixelRatioF()
        scroll = self._scroll()
        visible = QRect(QPoint(0, 0), self.viewport().size() * ratio)
        for placed in self._placed:
            x, y = placed.x - scroll.x(), placed.y - scroll.y()
            self._paint_heading(painter, placed, x / ratio, y / ratio)
            paint_labels(painter, placed, x / ratio, y / ratio, ratio, self.viewport().rect())
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            placed.panel.paint(painter, placed.layout, x, y, visible, self._edge())
            painter.restore()
        self._paint_chosen(painter)
        painter.end()

    def _paint_chosen(self, painter: QPainter) -> None:
        """A ring around the chosen image."""
        if not self.clickable or self.chosen is None or not self._placed:
            return
        placed = self._placed[0]
        if self.chosen >= placed.layout.count:
            return
        scroll, ratio = self._scroll(), self.devicePixelRatioF()
        x, y, width, height = placed.layout.cell(self.chosen)
        area = QRectF(x + placed.x - scroll.x(), y + placed.y - scroll.y(), width, height)
        ring = QRectF(area.topLeft() / ratio, area.size() / ratio).adjusted(-1, -1, 1, 1)
        scheme = theme_notifier().scheme
        # Two colours: one of them stands out from any image.
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(scheme.base), _RING + 2))
        painter.drawRect(ring)
        painter.setPen(QPen(QColor(scheme.focus), _RING))
        painter.drawRect(ring)

    def _paint_heading(self, painter: QPainter, placed: Placed, x: float, y: float) -> None:
        ratio = self.devicePixelRatioF()
        width, height = placed.layout.total_width / ratio, placed.layout.total_height / ratio
        painter.fillRect(QRectF(x, y - HEADING + 5, 4, 14), colour(placed.panel.role))
        painter.setPen(self._text_colour())
        # A narrow grid's heading may run on to the right, as far as there is room.
        alone = len(self._placed) == 1
        room = max(width, self.viewport().width() - x - MARGIN) if alone else width + BETWEEN / 2
        some, all_ = placed.layout.count, len(placed.panel.cells)
        text = placed.panel.heading + (f" · {some} of {all_} shown" if some < all_ else "")
        heading = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room - 12))
        line = QRectF(x + 11, y - HEADING, room, HEADING - 2)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, heading)
        if not placed.panel.cells:
            area = QRectF(x, y, width, height)
            painter.setPen(QColor(theme_notifier().scheme.border))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
            self._paint_text(painter, area, placed.panel.sentence)

    def _paint_text(self, painter: QPainter, area: QRectF, text: str) -> None:
        painter.setPen(colour("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(16, 8, -16, -8), flags, text)

    def _ground(self) -> QColor:
        return QColor(theme_notifier().scheme.base)

    def _edge(self) -> QColor:
        edge = QColor(theme_notifier().scheme.border)
        edge.setAlpha(120)
        return edge

    def _text_colour(self) -> QColor:
        return QColor(theme_notifier().scheme.text)

    def _scroll(self) -> QPoint:
        """How far the content is scrolled, in device pixels."""
        ratio = self.devicePixelRatioF()
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        return QPoint(*(round(bar.value() * ratio) for bar in bars))

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.zoomRequested.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_0: 0}
        if event.key() in steps:
            self.zoomRequested.emit(steps[Qt.Key(event.key())])
        elif not (self.clickable and self._placed and self._choose_by_key(event.key())):
            super().keyPressEvent(event)

    def _choose_by_key(self, key: int) -> bool:
        """Go to the next image, or press the chosen one; False for other keys."""
        placed = self._placed[0]
        chosen = self.chosen if self.chosen is not None and self.chosen < placed.layout.count else None
        if key in _ARROWS:
            self.choose(0 if chosen is None else placed.layout.beside(chosen, *_ARROWS[Qt.Key(key)]))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and chosen is not None:
            self.imageClicked.emit(placed.panel.role, chosen)
        else:
            return False
        return True

    def choose(self, index: int | None) -> None:
        """Put the ring around an image of the first panel, and bring it into view; None takes it away."""
        self.chosen = index
        if index is not None and self._placed and index < self._placed[0].layout.count:
            placed, ratio = self._placed[0], self.devicePixelRatioF()
            x, y, width, height = placed.layout.cell(index)
            _bring(self.horizontalScrollBar(), (x + placed.x) / ratio, width / ratio, self.viewport().width())
            _bring(self.verticalScrollBar(), (y + placed.y) / ratio, height / ratio, self.viewport().height())
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.clickable:
            over = self._image_at(event.position().toPoint())
            shape = Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._image_at(event.position().toPoint()) if left else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        hit = self._image_at(event.position().toPoint())
        if hit is not None and self._pressed is not None and hit[1] == self._pressed[1] and hit[0] is self._pressed[0]:
            if self._placed and hit[0] is self._placed[0].panel:
                self.choose(hit[1])
            self.imageClicked.emit(hit[0].role, hit[1])
        self._pressed = None

    def _image_at(self, position: QPoint) -> tuple[Panel, int] | None:
        point = position * self.devicePixelRatioF() + self._scroll()
        for placed in self._placed:
            index = placed.layout.index_at(point.x() - placed.x, point.y() - placed.y)
            if index is not None:
                return placed.panel, index
        return None

    def zoomed(self, step: int) -> int | None:
        """The zoom one step larger or smaller than shown; None, as large as fits, for 0."""
        return None if step == 0 else min(max(self.zoom_shown + step, 1), MAX_ZOOM)


def _bring(bar: QScrollBar, start: float, length: float, room: int) -> None:
    """Scroll until a stretch is in view."""
    if start < bar.value():
        bar.setValue(int(start) - GAP)
    elif start + length > bar.value() + room:
        bar.setValue(int(start + length) - room + GAP)
