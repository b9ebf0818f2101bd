"""Floats a widget over another, so that its coming and going moves nothing."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QWidget

WIDEST = 720  # pixels; longer lines are hard to read


class Overlay(QObject):
    """Keeps `widget` at the lower edge of its parent, centred, as high as it needs to be.

    `widget` has a layout and a parent. What is `below` it, as long as it is shown, stays free.
    """

    def __init__(self, widget: QWidget, below: QWidget) -> None:
        super().__init__(widget)
        parent = widget.parentWidget()
        if parent is None:
            raise ValueError("what floats needs a parent")
        self._widget, self._parent, self._below = widget, parent, [below]
        for watched in (widget, self._parent, below):
            watched.installEventFilter(self)

    def keep_free(self, below: QWidget) -> None:
        """Stay above this as well, as long as it is shown."""
        self._below.append(below)
        below.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is below, and what it itself needs."""
        kinds = QEvent.Type
        moved = watched is not self._widget and event.type() in {kinds.Move, kinds.Resize, kinds.Show, kinds.Hide}
        grown = watched is self._widget and event.type() in {kinds.LayoutRequest, kinds.Show}
        if moved or grown:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._parent.rect()
        for below in self._below:
            if below.isVisible():
                room.setBottom(below.mapTo(self._parent, QPoint(0, 0)).y() - 1)
        width = min(room.width(), WIDEST)
        layout = self._widget.layout()
        if layout is None:
            return
        layout.activate()
        needed = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        height = min(needed, room.height())
        left = room.left() + (room.width() - width) // 2
        self._widget.setGeometry(QRect(left, room.bottom() + 1 - height, width, height))
        self._widget.raise_()
