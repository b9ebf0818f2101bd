"""Free text."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ganengine.fields import Declaration


class TextEditor(QLineEdit):
    """A line of text.

    Signals:
        edited(): a character was typed.
        committed(): Enter was pressed, or the focus has left.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self, declaration: Declaration) -> None:
        super().__init__()
        self._optional = declaration.optional
        self.textEdited.connect(self.edited)
        self.editingFinished.connect(self.committed)

    def value(self) -> Any:
        """The text; None for an empty text where that is allowed."""
        text = self.text().strip()
        return None if self._optional and not text else text

    def set_value(self, value: Any) -> None:
        """Show a text without saying so."""
        text = "" if value is None else str(value)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def complaint(self) -> str:
        """Nothing: every text is a value."""
        return ""

    def stops(self) -> list[QWidget]:
        """Itself."""
        return [self]
