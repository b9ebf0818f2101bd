"""Floats a widget over another, so that its coming and going moves nothing."""

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QWidget

WIDEST = 720  # pixels; longer lines are hard to read


class Overlay(QObject):
    """Keeps `widget` at the lower edge of `over`, centred, as high as it needs to be.

    Both are children of the same parent; `widget` has a layout.
    """

    def __init__(self, widget: QWidget, over: QWidget) -> None:
        super().__init__(over)
        self._widget, self._over = widget, over
        for watched in (widget, over):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is below, and what it itself needs."""
        kinds = QEvent.Type
        moved = watched is self._over and event.type() in {kinds.Move, kinds.Resize}
        grown = watched is self._widget and event.type() in {kinds.LayoutRequest, kinds.Show}
        if moved or grown:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        below = self._over.geometry()
        width = min(below.width(), WIDEST)
        layout = self._widget.layout()
        if layout is None:
            return
        layout.activate()
        needed = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        height = min(needed, below.height())
        left = below.left() + (below.width() - width) // 2
        self._widget.setGeometry(QRect(left, below.bottom() + 1 - height, width, height))
        self._widget.raise_()
