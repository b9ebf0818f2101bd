"""One section of the form: a header that folds, and a row for each of its settings."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganengine.components import alternatives
from ganengine.config import TrainConfig, component_family
from ganengine.fields import Declaration
from studio.form.header import SectionHeader
from studio.form.row import SettingRow
from studio.form.wording import format_value, short_title


class FormSection(QWidget):
    """A section of `TrainConfig`.

    Attributes:
        name: its path, e.g. ``optimizer_g``.
        title: its name for people.
        header: folds it.
        rows: the settings that it has now, by path.
        hint: a sentence below them.
        hint_action: a button below that, hidden until somebody has a use for it.

    Signals:
        edited(path), committed(path): from its rows.
    """

    edited = Signal(str)
    committed = Signal(str)

    def __init__(self, name: str, title: str, description: str) -> None:
        super().__init__()
        self.setObjectName(f"section:{name}")
        self.name = name
        self.title = title
        self.rows: dict[str, SettingRow] = {}
        self._filtered = False
        self.header = SectionHeader(title)
        self.header.setObjectName(f"header:{name}")
        self.header.setWhatsThis(description)
        self.header.toggled.connect(self._show_body)
        self._body = QWidget()
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(0, 0, 0, 6)
        self._lines.setSpacing(0)
        self.hint = self._make_hint()
        self._lines.addWidget(self.hint)
        self.hint_action = self._make_hint_action()
        line = QHBoxLayout()
        line.setContentsMargins(10, 0, 10, 0)
        line.addWidget(self.hint_action, 0, Qt.AlignmentFlag.AlignLeft)
        self._lines.addLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._body)

    def _make_hint(self) -> QLabel:
        hint = QLabel(self._body)
        hint.setObjectName(f"hint:{self.name}")
        hint.setProperty("muted", True)
        hint.setTextFormat(Qt.TextFormat.PlainText)
        hint.setWordWrap(True)
        hint.setContentsMargins(10, 4, 10, 4)
        hint.hide()
        return hint

    def _make_hint_action(self) -> QPushButton:
        button = QPushButton(self._body)
        button.setObjectName(f"hintAction:{self.name}")
        button.hide()
        return button

    @property
    def tag(self) -> str:
        """Path of the choice of a kind; "" for a plain section."""
        family = component_family(self.name)
        return f"{self.name}.{family.tag}" if family else ""

    def build(self, wanted: Sequence[Declaration]) -> None:
        """Have a row for each of these settings; the choice of a kind keeps its row, and with it the focus."""
        for path in [path for path in self.rows if path != self.tag]:
            row = self.rows.pop(path)
            row.blockSignals(True)
            row.hide()
            row.setParent(None)
            row.deleteLater()
        for place, declaration in enumerate(wanted):
            if declaration.path not in self.rows:
                row = self._made(declaration)
                row.edited.connect(self.edited)
                row.committed.connect(self.committed)
                self._lines.insertWidget(place, row)
                self.rows[declaration.path] = row

    def set_hint(self, text: str) -> None:
        """A sentence below the rows; "" for none."""
        self.hint.setText(text)
        self.hint.setAccessibleName(text)
        self.hint.setVisible(bool(text))

    def has_rows_for(self, wanted: Sequence[Declaration]) -> bool:
        """Whether there are rows for these settings already."""
        there = [row.declaration for path, row in self.rows.items() if path != self.tag]
        return bool(self.rows) and there == [found for found in wanted if found.path != self.tag]

    def show_matching(self, words: list[str]) -> int:
        """Show only the rows that match, folded or not; without words all of them.

        Returns:
            how many rows match.
        """
        self._filtered = bool(words)
        count = 0
        for row in self.rows.values():
            shown = row.active and row.matches(words, self.title)
            row.setVisible(shown)
            count += shown
        self.setVisible(count > 0)
        self._show_body()
        return count

    def show_summary(self) -> None:
        """Bring the header up to date with the rows."""
        active = [row for row in self.rows.values() if row.active]
        changed = sum(row.differs for row in active)
        self.header.show_state(self._summary(active), changed, sum(bool(row.error) for row in active))

    def _summary(self, rows: list[SettingRow]) -> str:
        shown = [(row.declaration, format_value(row.editor.value(), row.declaration)) for row in rows]
        if self.tag:
            kind, *others = shown
            first = [
                f"{text} {declaration.unit}".strip() for declaration, text in others[:1] if text not in ("0", "off")
            ]
            return ", ".join([short_title(kind[1]), *first])
        if shown and not shown[0][0].default:  # all is off until somebody turns something on
            changed = [row.declaration.path for row in rows if row.editor.value() != row.declaration.default]
            shown = [(found, text) for found, text in shown if found.path in changed]
            if not shown:
                return "off"
        counted = [(found.title, text) for found, text in shown if not found.choices][:2]
        return ", ".join(
            f"{title} {text}" if not at else f"{title.lower()} {text}" for at, (title, text) in enumerate(counted)
        )

    def _made(self, declaration: Declaration) -> SettingRow:
        family = component_family(self.name)
        if family is None or declaration.path != self.tag:
            return SettingRow(declaration)
        # Each component declares its own name as the default; the default kind is the section's.
        usual = TrainConfig.model_fields[self.name].default
        summaries = {name: part.summary() for name, part in alternatives(family).items()}
        return SettingRow(replace(declaration, default=usual.name()), summaries)

    @Slot()
    def _show_body(self) -> None:
        is_open = self._filtered or self.header.isChecked()
        self._body.setVisible(is_open)
        self.header.show_open(is_open)
