"""What the studio and the engine said, for when something went wrong."""

import logging

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

_LONGEST = 5000  # lines


class _Bridge(QObject):
    """Carries lines from whatever thread logs to the window's."""

    arrived = Signal(str)


class _Handler(logging.Handler):
    def __init__(self, bridge: _Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.setFormatter(logging.Formatter("%(asctime)s  %(levelname)s  %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        self._bridge.arrived.emit(self.format(record))


class LogView(QPlainTextEdit):
    """Shows the log `studio`, with what went wrong in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logView")
        self.setAccessibleName("Log")
        self.setReadOnly(True)
        self.setMaximumBlockCount(_LONGEST)
        self.setPlaceholderText("Nothing has happened yet.")
        self._bridge = _Bridge(self)
        self._bridge.arrived.connect(self.appendPlainText)
        self._handler = _Handler(self._bridge)
        logging.getLogger("studio").addHandler(self._handler)

    def close_log(self) -> None:
        """Listen no longer."""
        logging.getLogger("studio").removeHandler(self._handler)
