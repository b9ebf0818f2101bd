"""Python's garbage is collected on the window's thread only.

Python collects on whatever thread happens to allocate, and so a training's thread could delete a dialog that had just
been closed. Qt objects must be deleted on their own thread; anywhere else the program may crash.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 250
_SELDOM = 10
"""How much more seldom than Python's own rule the oldest objects are gone through: that takes long, and is felt."""


class GarbageCollector(QObject):
    """Between `start` and `stop` no thread but this one collects, a few times a second and only what is due."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Take the collecting over from Python."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give it back: no other thread is left."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, and the younger ones with it."""
        young, middle, old = gc.get_threshold()
        due = [count > most for count, most in zip(gc.get_count(), (young, middle, _SELDOM * old), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
