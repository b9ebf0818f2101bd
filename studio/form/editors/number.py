"""A whole or a real number."""

from typing import Any

from PySide6.QtCore import QEvent, QMargins, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

from ganengine.fields import Declaration
from studio.form.stepping import stepped
from studio.form.wording import format_number, number_complaint, read_number
from studio.theme import colour
from studio.wheel import only_with_focus

_LEFT = 6  # a styled spin box gives its text no padding


class NumberEditor(QAbstractSpinBox):
    """A number to type, or to step with the arrow keys; the unit stands behind it.

    Whatever is typed stays: a number out of bounds is not bent into them, it is told as a problem. Numbers are read and
    written in the C locale, whatever the desktop uses.

    Signals:
        edited(): a character was typed, or a step taken.
        committed(): Enter was pressed, the focus has left, or a step taken.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self, declaration: Declaration) -> None:
        super().__init__()
        self._declaration = declaration
        self._whole = declaration.annotation is int
        self._last: float = declaration.default if isinstance(declaration.default, int | float) else 0
        line = _LineWithUnit(declaration.unit)
        self.setLineEdit(line)
        only_with_focus(self)
        line.textEdited.connect(self._on_typed)
        self.editingFinished.connect(self.committed)

    def value(self) -> Any:
        """The number; None for an empty text where that is allowed; else the text."""
        text = self.lineEdit().text().strip()
        return None if self._declaration.optional and not text else read_number(text, self._whole)

    def set_value(self, value: Any) -> None:
        """Show a number without saying so."""
        text = "" if value is None else format_number(value) if isinstance(value, int | float) else str(value)
        if isinstance(value, int | float):
            self._last = value
        if text != self.lineEdit().text():
            self.lineEdit().setText(text)

    def complaint(self) -> str:
        """What is wrong with a text that is no number."""
        return "" if self.value() is None else number_complaint(self.lineEdit().text().strip(), self._whole)

    def stops(self) -> list[QWidget]:
        """Itself."""
        return [self]

    def stepBy(self, steps: int) -> None:
        value = self.value()
        if not isinstance(value, int | float):
            value = self._last
        else:
            for _ in range(abs(steps)):
                value = stepped(value, steps > 0, self._declaration)
        self.set_value(value)
        self.edited.emit()
        self.committed.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag
        value = self.value()
        if not isinstance(value, int | float):
            return flags.StepUpEnabled | flags.StepDownEnabled
        able = flags.StepNone
        if stepped(value, True, self._declaration) != value:
            able |= flags.StepUpEnabled
        if stepped(value, False, self._declaration) != value:
            able |= flags.StepDownEnabled
        return able

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    @Slot()
    def _on_typed(self) -> None:
        value = self.value()
        if isinstance(value, int | float):
            self._last = value
        self.edited.emit()


class _LineWithUnit(QLineEdit):
    """A line edit with a unit, greyed, behind the text where both fit."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self._unit_fits = bool(unit)
        self.textChanged.connect(self._make_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._unit_fits:
            return
        painter = QPainter(self)
        painter.setPen(colour("muted") if self.isEnabled() else self.palette().placeholderText().color())
        place = self.rect().adjusted(0, 0, -4, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)

    @Slot()
    def _make_room(self) -> None:
        unit = self.fontMetrics().horizontalAdvance(self._unit) + 6
        text = self.fontMetrics().horizontalAdvance(self.text()) + _LEFT + 2
        # The number comes first; without room for both the tooltip tells the unit.
        self._unit_fits = bool(self._unit) and text + unit <= self.width()
        room = unit if self._unit_fits else 0
        if self.textMargins() != (wanted := QMargins(_LEFT, 0, room, 0)):
            self.setTextMargins(wanted)
