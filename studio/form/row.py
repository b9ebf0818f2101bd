"""One setting in the form."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ganengine.fields import Declaration
from studio.form.editors import editor_for
from studio.form.label import GUTTER, RowLabel
from studio.form.wording import format_value, tooltip
from studio.icons import set_icon
from studio.theme import colour, theme_notifier

HEIGHT = 28
NEEDS_NEW_RUN = "Needs a new run. Stop, or change it after."
IS_LIVE = "May change now: the running training takes it over between two steps."


class SettingRow(QWidget):
    """Label, editor and reset button of one setting, and under them what is wrong with it.

    Attributes:
        declaration: the setting.
        editor: its control; the object name is the setting's path.
        active: whether the setting has an effect, with its siblings as they are.
        error: what is wrong, or "".

    Signals:
        edited(path): the person changed the value.
        committed(path): the person is done changing it.
    """

    edited = Signal(str)
    committed = Signal(str)

    def __init__(self, declaration: Declaration, summaries: dict[str, str] | None = None) -> None:
        """A component's kind, which has `summaries`, stands without a label: the section's title names it."""
        super().__init__()
        self.declaration = declaration
        self.error = ""
        self.active = True
        self._reference: Any = declaration.default
        self._live: bool | None = None
        self.editor = editor_for(declaration, summaries)
        self.editor.edited.connect(self._on_edited)
        self.editor.committed.connect(self._on_committed)
        self._label = RowLabel("" if summaries is not None else declaration.title, self.editor)
        self._reset = self._make_reset()
        self._error_label = self._make_error_label()
        self._lay_out(with_label=summaries is None)
        theme_notifier().themeChanged.connect(self._on_theme_changed)

    @property
    def path(self) -> str:
        """The setting's path."""
        return self.declaration.path

    @property
    def can_reset(self) -> bool:
        """Whether the reset button is offered."""
        return self.active and self.differs and self._live is not False

    @property
    def differs(self) -> bool:
        """Whether the value is another than the preset's."""
        return bool(self.editor.value() != self._reference)

    def set_reference(self, value: Any) -> None:
        """The preset's value, to compare with and to go back to."""
        self._reference = value
        unit = f" {self.declaration.unit}" if self.declaration.unit else ""
        shown = format_value(value, self.declaration) + unit
        self._reset.setToolTip(f"Back to the preset's value: {shown}")
        self.show_difference()

    def show_difference(self) -> None:
        """Bring the dot and the reset button up to date."""
        differs = self.differs
        self._label.show_state(differs=differs, live=self._live is True)
        self._reset.setVisible(differs and self._live is not False)

    def show_error(self, message: str) -> None:
        """Mark the row and say what is wrong; "" takes the mark away."""
        if message == self.error:
            return
        self.error = message
        self._error_label.setText(message[:1].upper() + message[1:])
        self._error_label.setVisible(bool(message))
        described = self.declaration.description
        self.editor.setAccessibleDescription(f"{message}. {described}" if message else described)
        self._mark_editor()
        self.update()

    def set_running(self, live: bool | None) -> None:
        """How the row stands in a running training: may change now, may not, or None where nothing runs."""
        self._live = live
        for widget in (self._label, self.editor):
            widget.setEnabled(live is not False)
        notes = {True: IS_LIVE, False: NEEDS_NEW_RUN}
        note = f"<p><b>{notes[live]}</b></p>" if live is not None else ""
        self.editor.setToolTip(note + tooltip(self.declaration))
        self._label.setToolTip(self.editor.toolTip())
        self.show_difference()

    def matches(self, words: list[str], section: str) -> bool:
        """Whether all words occur in what is said of this setting."""
        found = self.declaration
        choices = " ".join(label for _, label in found.labels)
        text = f"{found.title} {found.path} {found.description} {choices} {section}".casefold()
        return all(word in text for word in words)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.error:
            return
        ground = colour("error")
        ground.setAlpha(30)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect().adjusted(0, 1, 0, -1), 4, 4)

    def stops(self) -> list[QWidget]:
        """The widgets that the Tab key stops at."""
        return [*self.editor.stops(), self._reset]

    @Slot()
    def reset(self) -> None:
        """Go back to the preset's value, as if the person had typed it."""
        if self.differs:
            self.editor.set_value(self._reference)
            self.edited.emit(self.path)
            self.committed.emit(self.path)

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit(self.path)

    @Slot()
    def _on_committed(self) -> None:
        self.committed.emit(self.path)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._colour_error()
        self.update()

    def _mark_editor(self) -> None:
        for widget in self.editor.stops():
            widget.setProperty("invalid", bool(self.error))
            # The style sheet looks at a property only when it is put on anew.
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _make_reset(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"reset:{self.path}")
        button.setAccessibleName(f"Reset {self.declaration.title}")
        button.setAutoRaise(True)
        button.setFixedSize(20, 22)
        set_icon(button, "reset")
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        button.setVisible(False)
        button.clicked.connect(self.reset)
        return button

    def _make_error_label(self) -> QLabel:
        label = QLabel()
        label.setObjectName(f"error:{self.path}")
        label.setAccessibleName(f"Problem with {self.declaration.title}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setContentsMargins(GUTTER, 0, 4, 3)
        label.hide()
        return label

    def _colour_error(self) -> None:
        palette = self._error_label.palette()
        palette.setColor(self._error_label.foregroundRole(), colour("error"))
        self._error_label.setPalette(palette)

    def _lay_out(self, *, with_label: bool) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 1, 0, 1)
        line.setSpacing(4)
        self._colour_error()
        self._label.setToolTip(self.editor.toolTip())
        if with_label:
            self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        else:
            self._label.setFixedWidth(GUTTER - line.spacing())
        self.editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.editor.setFixedHeight(HEIGHT - 2)
        share = 0 if not with_label else 30 if self.declaration.annotation is str else 51
        line.addWidget(self._label, share)
        line.addWidget(self.editor, 100 - share)
        line.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._error_label)
