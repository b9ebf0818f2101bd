"""The strip that says that the window follows a run that another program trains."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.icons import pixmap
from studio.theme import theme_notifier
from studio.views.compare_column import ElidedLabel


class WatchBanner(QFrame):
    """One line with what is watched, and how to leave it.

    Signals:
        stopRequested(): the run is to be watched no longer.
        openRequested(): the run has ended, and is to be opened.
    """

    stopRequested = Signal()
    openRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("watchBanner")
        self.setAccessibleName("Watching a run")
        self._icon = QLabel(self)
        self._text = ElidedLabel("watchText", "")
        self._open = self._button("watchOpen", "Open it", "Load its newest checkpoint, to go on from there")
        self._stop = self._button("watchStop", "Stop watching", "Leave the run to the other program")
        self._open.clicked.connect(self.openRequested)
        self._stop.clicked.connect(self.stopRequested)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._open)
        row.addWidget(self._stop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme_notifier().themeChanged.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.full_text

    def show_watching(self, text: str) -> None:
        """Say what is watched, and how far it is."""
        self._show(text, "Stop watching", can_open=False)

    def show_ended(self, text: str, *, can_open: bool) -> None:
        """Say how the run ended; it can be opened where it left a checkpoint."""
        self._show(text, "Close", can_open=can_open)

    def _show(self, text: str, leave: str, *, can_open: bool) -> None:
        self._text.set_full_text(text)
        self._stop.setText(leave)
        self._stop.setAccessibleName(leave)
        self._open.setVisible(can_open)
        self.show()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def minimumSizeHint(self) -> QSize:
        return QSize(260, super().minimumSizeHint().height())

    def _restyle(self) -> None:
        scheme = theme_notifier().scheme
        self._icon.setPixmap(pixmap("info", 18, self.devicePixelRatioF(), "accent"))
        self.setStyleSheet(
            f"#watchBanner {{ background: {scheme.info_back}; border: none; border-left: 3px solid {scheme.accent}; }}"
        )
