"""A sentence with a progress bar and a button: what is going on, or what to do."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.progress import progress_text, show_progress

_WIDE = 360
_WIDEST = 520  # pixels; longer lines are hard to read


class Notice(QWidget):
    """Says something, and offers at most one thing to do.

    Signals:
        pressed(): the button was pressed.
    """

    pressed = Signal()

    def __init__(self, name: str, alignment: Qt.AlignmentFlag, parent: QWidget | None = None) -> None:
        """`name` begins the object names of the parts."""
        super().__init__(parent)
        self.setObjectName(name)
        self._label = QLabel(self)
        self._label.setObjectName(f"{name}Text")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self._label.setWordWrap(True)
        self._label.setMaximumWidth(_WIDEST)
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        self._bar = QProgressBar(self)
        self._bar.setObjectName(f"{name}Progress")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(_WIDE)
        self._button = QPushButton(self)
        self._button.setObjectName(f"{name}Button")
        self._button.clicked.connect(self.pressed)
        self._lay_out(alignment)
        self.show_text("")

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    @property
    def action(self) -> str:
        """What the button offers; "" where there is none."""
        return "" if self._button.isHidden() else self._button.text()

    def show_text(self, text: str, action: str = "", tip: str = "") -> None:
        """Say something, and offer to do `action`."""
        self._bar.hide()
        self._say(text, action, tip)

    def show_progress(self, what: str, done: int, total: int, action: str = "Cancel") -> None:
        """Say how far something is, and offer to cancel it."""
        show_progress(self._bar, done, total)
        self._bar.show()
        self._say(progress_text(what, done, total), action, "Stop this; nothing half-made is kept" if action else "")

    def _say(self, text: str, action: str, tip: str) -> None:
        self._label.setText(text)
        self._label.setVisible(bool(text))
        self._label.setAccessibleName(text)
        if action:
            self._button.setText(action)
            self._button.setAccessibleName(action)
            self._button.setToolTip(tip)
        self._button.setVisible(bool(action))

    def _lay_out(self, alignment: Qt.AlignmentFlag) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._label, self._bar, self._button):
            line = QHBoxLayout()
            if alignment == Qt.AlignmentFlag.AlignHCenter:
                line.addStretch(1)
                line.addWidget(widget, 0 if widget is self._button else 100)
                line.addStretch(1)
            else:
                line.addWidget(widget, 1)
                if widget is self._button:
                    line.addStretch(1)
            column.addLayout(line)

    def page(self) -> QWidget:
        """A page of its own for it, where there is nothing else to be seen."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(32, 24, 32, 24)
        column.addStretch(2)
        column.addWidget(self)
        column.addStretch(3)
        return page

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
