"""The strip at the top of the window in which messages appear."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPropertyAnimation, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.icons import pixmap, set_icon
from studio.theme import theme_notifier

Severity = Literal["info", "warning", "error"]
SECONDS: dict[Severity, float] = {"info": 6.0, "warning": 15.0}  # an error stays until it is closed
FADE_MS = 250
MOST_ROWS = 3


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        text: what happened, one sentence.
        detail: a second line, smaller in weight; may be empty.
        action: the label of a button; empty for none.
        on_action: what the button does; the message closes with it.
    """

    severity: Severity
    text: str
    detail: str = ""
    action: str = ""
    on_action: Callable[[], object] | None = None


class MessageBar(QFrame):
    """Stacks up to three messages, the newest at the bottom, and is hidden while there is none.

    When a fourth comes, the oldest that is no error makes room, or the oldest of all. The same message twice is
    shown once, with its time begun anew.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName("Messages")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._rows: list[MessageRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 6, 8, 6)
        self._layout.setSpacing(4)
        self.hide()

    def add(self, message: Message) -> None:
        """Show a message."""
        for row in self._rows:
            if row.message == message:
                row.begin()
                return
        if len(self._rows) >= MOST_ROWS:
            self._remove(next((row for row in self._rows if row.message.severity != "error"), self._rows[0]))
        row = MessageRow(message, self)
        row.closed.connect(self._on_closed)
        self._rows.append(row)
        self._layout.addWidget(row)
        row.show()
        self.show()
        row.begin()
        QAccessible.updateAccessibility(QAccessibleEvent(row, QAccessible.Event.Alert))

    def messages(self) -> list[Message]:
        """What is shown now, oldest first."""
        return [row.message for row in self._rows]

    def clear(self) -> None:
        """Close all messages."""
        for row in list(self._rows):
            self._remove(row)

    @Slot()
    def _on_closed(self) -> None:
        row = self.sender()
        if isinstance(row, MessageRow):
            self._remove(row)

    def _remove(self, row: "MessageRow") -> None:
        if row not in self._rows:
            return
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.stop()
        row.hide()
        row.deleteLater()
        self.setVisible(bool(self._rows))


class MessageRow(QFrame):
    """One message with its icon, its button and a way to close it.

    Signals:
        closed(): the person closed it, or its time is over.
    """

    closed = Signal()

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self.setObjectName("messageRow")
        self.setProperty("severity", message.severity)
        self.setAccessibleName(f"{message.severity.capitalize()}: {message.text} {message.detail}".strip())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fade)
        self._fading: QPropertyAnimation | None = None
        self._icon = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.setSpacing(9)
        side = Qt.AlignmentFlag.AlignTop if message.detail else Qt.AlignmentFlag.AlignVCenter
        layout.addWidget(self._icon, 0, side)
        layout.addLayout(self._texts(), 1)
        if message.action:
            layout.addWidget(self._action_button(), 0, side)
        layout.addWidget(self._close_button(), 0, side)
        theme_notifier().themeChanged.connect(self._draw_icon)
        self._draw_icon()

    def begin(self) -> None:
        """Start the time after which the message goes; under the pointer or the keyboard it waits."""
        self.stop()
        seconds = SECONDS.get(self.message.severity)
        if seconds is not None:
            self._timer.start(round(seconds * 1000))

    def stop(self) -> None:
        """Stay, fully visible."""
        self._timer.stop()
        if self._fading is not None:
            self._fading.stop()
            self._fading = None
            self.setGraphicsEffect(None)  # type: ignore[arg-type]  # None removes it; the stubs do not know

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while it is being read."""
        self.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        self.begin()
        super().leaveEvent(event)

    def _texts(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        title = _label(self.message.text, "messageText")
        title.setProperty("heading", bool(self.message.detail))
        column.addWidget(title)
        if self.message.detail:
            column.addWidget(_label(self.message.detail, "messageDetail"))
        return column

    def _action_button(self) -> QPushButton:
        button = QPushButton(self.message.action)
        button.setObjectName("messageAction")
        button.setAccessibleName(self.message.action)
        button.setToolTip(self.message.action)
        button.clicked.connect(self._act)
        return button

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("messageClose")
        button.setAccessibleName("Close this message")
        button.setToolTip("Close this message")
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_icon(button, "close")
        button.clicked.connect(self.closed)
        return button

    @Slot()
    def _act(self) -> None:
        self.closed.emit()
        if self.message.on_action is not None:
            self.message.on_action()

    @Slot()
    def _draw_icon(self) -> None:
        role = self.message.severity if self.message.severity != "info" else "accent"
        self._icon.setPixmap(pixmap(self.message.severity, 20, self.devicePixelRatioF(), role))

    @Slot()
    def _fade(self) -> None:
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.begin()  # someone is about to press its button
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        self._fading = QPropertyAnimation(effect, b"opacity", self)
        self._fading.setDuration(FADE_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._fading.finished.connect(self.closed)
        self._fading.start()


def _label(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    # A message may quote a file's name: never take it for HTML.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)  # else it is as high as in a narrow bar, or cut
    label.setSizePolicy(policy)
    return label
