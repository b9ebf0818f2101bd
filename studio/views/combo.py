"""Fields that the wheel changes only where they have the focus."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QSpinBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from studio.wheel import only_with_focus

_ARROW = 24


class FocusedWheelCombo(QComboBox):
    """A combo box that the wheel changes only where it has the focus: passing over it changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        only_with_focus(self)


class FocusedWheelSpin(QSpinBox):
    """A spin box that the wheel changes only where it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        only_with_focus(self)


class CalmComboBox(QComboBox):
    """A combo box that leaves the wheel to the scroll area unless it has the focus, and elides a long choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        only_with_focus(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def showPopup(self) -> None:
        # The list may be wider than the box, so that each choice can be read whole.
        self.view().setMinimumWidth(max(self.width(), self.view().sizeHintForColumn(0) + 24))
        super().showPopup()

    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        # A style sheet's padding and its arrow both take room at the right, where one of them would do.
        unused = max(0, self.width() - _ARROW - field.right())
        option.rect.adjust(0, 0, unused, 0)
        text = option.currentText or self.placeholderText()
        room = field.width() + unused - 2
        option.currentText = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
