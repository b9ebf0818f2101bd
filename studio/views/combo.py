"""Fields that the wheel changes only where they have the focus."""

from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from studio.wheel import only_with_focus


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
