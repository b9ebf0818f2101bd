"""Fields that the mouse wheel changes only where they have the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class _Guard(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or (isinstance(watched, QWidget) and watched.hasFocus()):
            return False
        event.ignore()  # so that the scroll area around it gets it
        return True


def only_with_focus(field: QWidget) -> None:
    """Let the wheel pass over `field` without changing it, unless it was clicked or tabbed into."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_Guard(field))
