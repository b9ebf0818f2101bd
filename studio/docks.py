"""Docks below the images: one place for all of them, closed at first, each opened to the front."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow


def put_below(window: QMainWindow, docks: Sequence[QDockWidget]) -> None:
    """Let these docks share the place below the images."""
    for dock in docks:
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        if dock is not docks[0]:
            window.tabifyDockWidget(docks[0], dock)
        dock.hide()
        _Opener(dock)


class _Opener(QObject):
    """Brings a dock to the front when it is opened; also one that is open already, behind another."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock, self._was_in_front = dock, False
        # Queued: when the action is heard of, this still says what was before.
        dock.visibilityChanged.connect(self._note, Qt.ConnectionType.QueuedConnection)
        dock.toggleViewAction().triggered.connect(self._on_triggered)

    @Slot(bool)
    def _note(self, is_in_front: bool) -> None:
        self._was_in_front = is_in_front

    @Slot(bool)
    def _on_triggered(self, shown: bool) -> None:
        if not shown and not self._was_in_front:
            self._dock.show()
        self._dock.raise_()
