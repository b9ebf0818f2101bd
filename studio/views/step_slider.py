"""The timeline's slider: it goes where it is clicked, and shows what happened when."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from studio.colours import Role
from studio.theme import colour

Mark = tuple[float, Role]
"""How far along, 0 to 1, and what colour."""


class StepSlider(QSlider):
    """A slider that goes where it is clicked, and tells of the space bar, which it has no use for itself.

    Attributes:
        marks: small ticks below the groove.
    """

    spacePressed = Signal()

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.marks: tuple[Mark, ...] = ()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Draw these ticks, in this order."""
        if tuple(marks) != self.marks:
            self.marks = tuple(marks)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.marks or not self.isEnabled():
            return
        groove, handle = self._part(QStyle.SubControl.SC_SliderGroove), self._handle()
        room, left = groove.width() - handle.width(), groove.left() + handle.width() / 2
        painter = QPainter(self)
        for along, role in self.marks:
            painter.fillRect(QRectF(round(left + along * room) - 1, self.height() - 4, 2, 4), colour(role))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.spacePressed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._handle().contains(event.position().toPoint()):
            self.setValue(self._value_at(event.position().x()))
        super().mousePressEvent(event)  # the handle is under the pointer now, and can be dragged on

    def _part(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)

    def _handle(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)

    def _value_at(self, x: float) -> int:
        groove, handle = self._part(QStyle.SubControl.SC_SliderGroove), self._handle()
        place = round(x) - groove.left() - handle.width() // 2
        room = groove.width() - handle.width()
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, room)
