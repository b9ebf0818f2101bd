"""The settings of one format, made from their declarations."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from ganengine.fields import Declaration
from studio.form.row import SettingRow
from studio.form.wording import format_value


class PublishForm(QScrollArea):
    """A row for each setting; those without an effect are not shown.

    Attributes:
        rows: by the setting's name; the editor's object name is ``publish.`` and the name.

    Signals:
        changed(): a value is another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishForm")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows: dict[str, SettingRow] = {}
        self._beginning: dict[str, Any] = {}
        self._nothing = QLabel("There is nothing to choose.")
        self._nothing.setProperty("muted", True)
        self._nothing.setContentsMargins(12, 6, 0, 0)
        content = QWidget()
        self._lines = QVBoxLayout(content)
        self._lines.setContentsMargins(0, 0, 4, 0)
        self._lines.setSpacing(0)
        self._lines.addWidget(self._nothing)
        self._lines.addStretch(1)
        self.setWidget(content)

    def build(
        self, declarations: Sequence[Declaration], beginning: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Have a row for each of these settings.

        Args:
            beginning: the values to compare with and to go back to, by name.
            values: those to show, by name.
        """
        for row in self.rows.values():
            row.blockSignals(True)
            row.hide()
            row.setParent(None)
            row.deleteLater()
        self.rows = {found.name: SettingRow(found) for found in declarations}
        self._beginning = dict(beginning)
        for place, (name, row) in enumerate(self.rows.items()):
            row.editor.set_value(values.get(name, beginning[name]))
            row.set_reference(beginning[name])
            _explain_reset(row, beginning[name])
            row.edited.connect(self._on_edited)
            self._lines.insertWidget(place, row)
        self._nothing.setVisible(not self.rows)
        for before, after in pairwise(stop for row in self.rows.values() for stop in row.stops()):
            QWidget.setTabOrder(before, after)
        self._show_active()

    def values(self) -> dict[str, Any]:
        """The value of each setting, by name; of one that has no effect, what it began with."""
        return {name: row.editor.value() if row.active else self._beginning[name] for name, row in self.rows.items()}

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the rows whose values cannot be used, by name, and only these."""
        for name, row in self.rows.items():
            row.show_error((row.editor.complaint() or problems[name]) if name in problems else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # it ends the typing; the dialog must not take it for its button
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_edited(self) -> None:
        self._show_active()
        for row in self.rows.values():
            row.show_difference()
        self.changed.emit()

    def _show_active(self) -> None:
        for row in self.rows.values():
            condition = row.declaration.only_when
            row.active = condition is None or self._is_so(*condition)
            row.setVisible(row.active)

    def _is_so(self, sibling: str, wanted: str) -> bool:
        return str(self.rows[sibling].editor.value()).lower() == wanted.lower()


def _explain_reset(row: SettingRow, beginning: Any) -> None:
    """There is no preset here, of which a row's own tooltip speaks."""
    button = row.findChild(QToolButton, f"reset:{row.path}")
    if button is not None:
        button.setToolTip(f"Back to {format_value(beginning, row.declaration)} {row.declaration.unit}".rstrip())
