"""The one way to tell the person something, and to ask."""

import logging
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from studio.message_bar import Message, MessageBar

log = logging.getLogger("studio")


class Messages(QObject):
    """Logs what is said, and shows it in the `MessageBar`.

    Attributes:
        bar: the widget to put at the top of the window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = MessageBar(parent)

    def info(self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Say that something is done; it goes by itself. `action` labels a button that calls `on_action`."""
        log.info("%s", text)
        self.bar.add(Message("info", text, "", action, on_action))

    def warning(
        self, text: str, detail: str = "", *, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Say that something may not be as wished; it stays long enough to be read."""
        log.warning("%s", _in_one_line(text, detail))
        self.bar.add(Message("warning", text, detail, action, on_action))

    def error(self, title: str, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Say that something failed, and what to do; it stays until it is closed."""
        log.error("%s", _in_one_line(title, text))
        self.bar.add(Message("error", title, text, action, on_action))

    def clear(self) -> None:
        """Take all messages away."""
        self.bar.clear()


def ask(parent: QWidget | None, title: str, text: str, choices: Mapping[str, str], cancel: str | None = None) -> str:
    """Ask a question that must be answered before anything goes on.

    The box's object name is ``question``; each button's is ``choice_`` and its key.

    Args:
        title: the question itself, one short sentence.
        text: what each answer leads to.
        choices: key to label; the first is what Return presses.
        cancel: the key that Escape and the box's close button stand for; the last if not given.

    Returns:
        The key of the choice.
    """
    box = QMessageBox(parent)
    box.setObjectName("question")
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(text)
    way_out = list(choices)[-1] if cancel is None else cancel
    buttons = {key: _add_choice(box, key, label, key == way_out) for key, label in choices.items()}
    box.setDefaultButton(next(iter(buttons.values())))
    box.setEscapeButton(buttons[way_out])
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((key for key, button in buttons.items() if button is clicked), way_out)


def _add_choice(box: QMessageBox, key: str, label: str, is_way_out: bool) -> QPushButton:
    role = QMessageBox.ButtonRole
    button = box.addButton(label, role.RejectRole if is_way_out else role.AcceptRole)
    button.setObjectName(f"choice_{key}")
    button.setAccessibleName(label)
    return button


def _in_one_line(title: str, text: str) -> str:
    return f"{title} {text}".strip()
