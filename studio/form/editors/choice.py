"""One of several."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from ganengine.fields import Declaration
from studio.form.wording import paragraph
from studio.views.combo import CalmComboBox


class ChoiceEditor(CalmComboBox):
    """A combo box of a setting's choices; each item's data is its value.

    Signals:
        edited(): another choice was made.
        committed(): the same; there is no half-made choice.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self, declaration: Declaration, summaries: dict[str, str] | None = None) -> None:
        super().__init__()
        self._quiet = False
        if declaration.optional:
            self.addItem(declaration.label_of(None).capitalize(), None)
        unit = f" {declaration.unit}" if declaration.unit else ""
        for choice in declaration.choices:
            # A word such as Auto is of no unit.
            shown = unit if isinstance(choice, int | float) else ""
            self.addItem(declaration.label_of(choice) + shown, choice)
            if summary := (summaries or {}).get(str(choice)):
                self.setItemData(self.count() - 1, paragraph(summary), Qt.ItemDataRole.ToolTipRole)
        self.currentIndexChanged.connect(self._on_changed)

    def value(self) -> Any:
        """The data of the chosen item."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Show a choice without saying so."""
        self._quiet = True
        self.setCurrentIndex(self.index_of(value))
        self._quiet = False

    def index_of(self, value: Any) -> int:
        """Where a value stands in the list, or -1."""
        return next((row for row in range(self.count()) if self.itemData(row) == value), -1)

    def complaint(self) -> str:
        """Nothing: every item is a value."""
        return ""

    def stops(self) -> list[QWidget]:
        """Itself."""
        return [self]

    @Slot()
    def _on_changed(self) -> None:
        if not self._quiet:
            self.edited.emit()
            self.committed.emit()
