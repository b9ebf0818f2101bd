"""A family of runs as a tree over the steps: each run a bar from where it branched off to how far it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QWidget

from studio.colours import Role
from studio.theme import colour, theme_notifier

ROW, BAR, TOP, SIDE = 38, 6, 26, 14  # pixels
_CUT = Qt.TextElideMode.ElideRight


@dataclass(frozen=True)
class LineageItem:
    """One run of a family.

    Attributes:
        path: the run's directory; None where the run is gone.
        name: what it is called.
        note: how it stands, in a few words.
        start, end: the step where it branched off, and how far it came.
        parent: place of its parent among the items, -1 for the first.
        role: the colour that stands for its status.
        best: step of its best value, or None.
        tip: all of that in full.
    """

    path: Path | None
    name: str
    note: str
    start: int
    end: int
    parent: int
    role: Role = "muted"
    best: int | None = None
    tip: str = ""


class LineageCanvas(QWidget):
    """Paints the tree. A click or the arrow keys choose a run; a double click or Return open it.

    Signals:
        runChosen(Path), runOpened(Path).

    Attributes:
        items: parents before their children.
        current: the run that is marked.
    """

    runChosen = Signal(object)
    runOpened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lineageCanvas")
        self.setAccessibleName("Lineage: which run was forked from which")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.items: tuple[LineageItem, ...] = ()
        self.current: Path | None = None
        self._hovered = -1
        theme_notifier().themeChanged.connect(self.update)

    def show_items(self, items: Sequence[LineageItem], current: Path | None) -> None:
        """Show a family, of which `current` is marked."""
        self.items, self.current = tuple(items), current
        self._hovered = -1
        self.setAccessibleDescription("; ".join(item.tip.replace("\n", ", ") for item in items))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, TOP + ROW * max(1, len(self.items)) + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def bar(self, index: int) -> QRectF:
        """Where a run's bar is."""
        item = self.items[index]
        left, right = self._x(item.start), self._x(max(item.end, item.start))
        return QRectF(left, TOP + index * ROW + ROW - BAR - 8, max(BAR, right - left), BAR)

    # -- what is painted -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter)
        for index, item in enumerate(self.items):
            if item.parent >= 0:
                self._paint_branch(painter, index)
        for index in range(len(self.items)):
            self._paint_run(painter, index)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        most = self._most()
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        for step in sorted({0, *_ticks(most, 3 if self.width() < 320 else 5)}):
            x = self._x(step)
            painter.setPen(QColor(theme_notifier().scheme.line))
            painter.drawLine(QPointF(x, TOP - 4), QPointF(x, self.height() - 4))
            said = f"step {step}" if step == 0 else f"{step:,}"
            width = metrics.horizontalAdvance(said)
            left = min(max(2.0, x - width / 2), self.width() - width - 2)
            painter.setPen(colour("muted"))
            painter.drawText(QPointF(left, metrics.ascent() + 3), said)

    def _paint_branch(self, painter: QPainter, index: int) -> None:
        child, parent = self.bar(index), self.bar(self.items[index].parent)
        x = child.left() + BAR / 2
        painter.setPen(QPen(QColor(theme_notifier().scheme.handle), 1.5))
        painter.drawLine(QPointF(x, parent.center().y()), QPointF(x, child.center().y()))
        painter.setBrush(QColor(theme_notifier().scheme.base))
        painter.drawEllipse(QPointF(x, parent.center().y()), 3.0, 3.0)

    def _paint_run(self, painter: QPainter, index: int) -> None:
        item, bar = self.items[index], self.bar(index)
        is_current = item.path is not None and item.path == self.current
        if is_current or index == self._hovered:
            ground = QColor(theme_notifier().scheme.selection if is_current else theme_notifier().scheme.hover)
            ground.setAlpha(110)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(2, TOP + index * ROW + 1, self.width() - 4, ROW - 2), 5, 5)
            if item.parent >= 0:
                self._paint_branch(painter, index)
        shade = colour(item.role)
        if item.path is None:
            painter.setPen(QPen(colour("muted"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        if item.best is not None:
            painter.setPen(QPen(shade, 1.5))
            painter.setBrush(QColor(theme_notifier().scheme.base))
            painter.drawEllipse(QPointF(self._x(item.best), bar.center().y()), 4.0, 4.0)
        self._paint_label(painter, index, is_current)

    def _paint_label(self, painter: QPainter, index: int, is_current: bool) -> None:
        """The name over the bar, moved to the left where there is no room, and what fits of the note."""
        item, bar, font = self.items[index], self.bar(index), QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_current else QFont.Weight.Normal)
        strong, plain = QFontMetrics(font), QFontMetrics(self.font())
        room = self.width() - 2 * SIDE
        name = strong.elidedText(item.name, _CUT, room)
        left = max(float(SIDE), min(bar.left() + 4, self.width() - SIDE - strong.horizontalAdvance(name)))
        place = QRectF(left, bar.top() - plain.height() - 3, room, plain.height())
        if not is_current:  # branches of others pass behind the words
            words = QRectF(place)
            words.setWidth(strong.horizontalAdvance(name) + 2)
            painter.fillRect(words, QColor(theme_notifier().scheme.window))
        painter.setFont(font)
        painter.setPen(QColor(theme_notifier().scheme.text) if item.path else colour("muted"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, middle, name)
        place.setLeft(left + strong.horizontalAdvance(name) + 8)
        rest = int(self.width() - SIDE - place.left())
        if rest > 30:
            painter.setFont(self.font())
            painter.setPen(colour("muted"))
            painter.drawText(place, middle, plain.elidedText(item.note, _CUT, rest))

    # -- mouse and keyboard --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos().y())
            rect = QRect(0, TOP + index * ROW, self.width(), ROW)
            QToolTip.showText(event.globalPos(), self.items[index].tip if index >= 0 else "", self, rect)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._index_at(int(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._index_at(int(event.position().y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(int(event.position().y()))
        if index >= 0 and (path := self.items[index].path):
            self.runOpened.emit(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in {keys.Key_Up, keys.Key_Down}:
            self._move(-1 if event.key() == keys.Key_Up else 1)
        elif event.key() in {keys.Key_Return, keys.Key_Enter} and self.current:
            self.runOpened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        """To the next run above or below that is still there."""
        index = next((place for place, item in enumerate(self.items) if item.path == self.current), 0) + by
        while 0 <= index < len(self.items):
            if self.items[index].path is not None:
                self._choose(index)
                return
            index += by

    def _choose(self, index: int) -> None:
        if index >= 0 and (path := self.items[index].path) and path != self.current:
            self.current = path
            self.update()
            self.runChosen.emit(path)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            can = index >= 0 and self.items[index].path is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
            self.update()

    # -- places --------------------------------------------------------------------------------------------------------

    def _index_at(self, y: int) -> int:
        index = (y - TOP) // ROW
        return index if y >= TOP and index < len(self.items) else -1

    def _x(self, step: int) -> float:
        return SIDE + step / self._most() * (self.width() - 2 * SIDE)

    def _most(self) -> int:
        return max((item.end for item in self.items), default=0) or 1


class LineageView(QScrollArea):
    """The tree, with a scroll bar where the family is large.

    Attributes:
        canvas: what paints it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lineageView")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas = LineageCanvas()
        self.setWidget(self.canvas)

    def show_items(self, items: Sequence[LineageItem], current: Path | None) -> None:
        """Show a family; the run that is marked comes into view."""
        self.canvas.show_items(items, current)
        place = next((index for index, item in enumerate(items) if item.path == current), None)
        if place is not None:
            self.ensureVisible(0, TOP + place * ROW + ROW // 2, 0, ROW)


def _ticks(most: int, count: int) -> list[int]:
    """Round steps from 0 up to `most`, about `count` of them."""
    if most <= 1:
        return [most]
    rough, size = most / count, 1
    while size * 10 <= rough:
        size *= 10
    width = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    return list(range(0, most + 1, width))
