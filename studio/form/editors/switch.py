"""On or off."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget


class SwitchEditor(QCheckBox):
    """A check box.

    Signals:
        edited(): it was switched.
        committed(): the same.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._quiet = False
        self.toggled.connect(self._on_toggled)

    def value(self) -> Any:
        """Whether it is on."""
        return self.isChecked()

    def set_value(self, value: Any) -> None:
        """Show a state without saying so."""
        self._quiet = True
        self.setChecked(bool(value))
        self._quiet = False

    def complaint(self) -> str:
        """Nothing: both states are values."""
        return ""

    def stops(self) -> list[QWidget]:
        """Itself."""
        return [self]

    @Slot()
    def _on_toggled(self) -> None:
        if not self._quiet:
            self.edited.emit()
            self.committed.emit()
