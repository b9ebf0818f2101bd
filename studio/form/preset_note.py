"""What a preset says of itself: what to look for, where it comes from, what to try next."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.icons import set_icon


class PresetNote(QWidget):
    """A line that unfolds into the preset's own words.

    Attributes:
        toggle: unfolds it.
        text: the words, rich text that can be selected.
    """

    def __init__(self) -> None:
        super().__init__()
        self.toggle = QToolButton()
        self.toggle.setObjectName("presetNoteToggle")
        self.toggle.setAccessibleName("About this preset")
        self.toggle.setText("What to look for and to try")
        self.toggle.setToolTip("Where this preset comes from, what to look for, and what to change next.")
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.toggled.connect(self._show)
        self.text = QLabel()
        self.text.setObjectName("presetNote")
        self.text.setAccessibleName("What the preset says of itself")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setContentsMargins(4, 0, 4, 4)
        self.text.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.text)
        self._show(False)

    def set_words(self, note: str, source: str, try_next: Sequence[str]) -> None:
        """Show a preset's words; without any, the line disappears."""
        parts = [f"<p>{escape(note)}</p>"] if note else []
        if try_next:
            parts.append("<p>Try next:</p><ul style='margin-left: -24px'>")
            parts += [*(f"<li>{escape(line)}</li>" for line in try_next), "</ul>"]
        if source:
            parts.append(f"<p><i>From: {escape(source)}</i></p>")
        self.text.setText("".join(parts))
        self.setVisible(bool(parts))

    @Slot(bool)
    def _show(self, unfolded: bool) -> None:
        set_icon(self.toggle, "chevron-down" if unfolded else "chevron-right")
        self.text.setVisible(unfolded)
