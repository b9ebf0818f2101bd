"""A folder or a file."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QUrl, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QToolTip, QWidget

from ganengine.fields import Declaration
from studio.dropping import ARCHIVES, Dropped, kind_of
from studio.form.editors.text import TextEditor
from studio.icons import set_icon

_BUTTON = 24
_FILES = f"Archives and arrays ({' '.join(f'*{ending}' for ending in ARCHIVES)});;All files (*)"


class PathEditor(TextEditor):
    """A line of text with a button that asks for a folder or a file; either can be dropped here, too.

    Signals:
        edited(): a character was typed, or a place chosen or dropped.
        committed(): Enter was pressed, the focus has left, or a place was chosen or dropped.
    """

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self.setPlaceholderText("folder or archive")
        self._menu = QMenu(self)
        for name, text, slot in (
            ("Folder", "Folder…", self.choose_folder),
            ("File", "Archive or array file…", self.choose_file),
        ):
            action = self._menu.addAction(text, slot)
            action.setObjectName(f"{declaration.path}.choose{name}")
        self._button = self._make_button(declaration)
        self.setTextMargins(0, 0, _BUTTON - 4, 0)

    def set_value(self, value: Any) -> None:
        """Show a place without saying so; of a long one, its end."""
        super().set_value(value)
        if not self.hasFocus():
            self.end(False)

    def stops(self) -> list[QWidget]:
        """The text, then the button."""
        return [self, self._button]

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder."""
        chosen = QFileDialog.getExistingDirectory(self.window(), "Folder with pictures", self._nearest())
        self._take(chosen)

    @Slot()
    def choose_file(self) -> None:
        """Ask for an archive or an array file."""
        chosen, _ = QFileDialog.getOpenFileName(self.window(), "Pictures in one file", self._nearest(), _FILES)
        self._take(chosen)

    def event(self, event: QEvent) -> bool:
        # A long path is not seen whole in its field.
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.text():
            QToolTip.showText(event.globalPos(), f"<p>{self.text()}</p>{self.toolTip()}", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._button.setGeometry(self.width() - _BUTTON, 0, _BUTTON, self.height())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            self._consider(event)
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            self._consider(event)
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasUrls():
            self._consider(event)
            self._take(_first_usable(event.mimeData().urls()))
        else:
            super().dropEvent(event)

    def _consider(self, event: QDropEvent) -> None:
        """Accept what pictures can be read from; all else is for the window, e.g. a run."""
        if _first_usable(event.mimeData().urls()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def _take(self, path: str) -> None:
        if path:
            self.set_value(str(Path(path)))
            self.edited.emit()
            self.committed.emit()

    def _nearest(self) -> str:
        """Where to begin looking: the place that is chosen, or the folder around it."""
        chosen = Path(self.text().strip()).expanduser()
        if not self.text().strip() or not chosen.is_absolute():
            return ""
        return next((str(place) for place in (chosen, *chosen.parents) if place.is_dir()), "")

    def _make_button(self, declaration: Declaration) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{declaration.path}.choose")
        button.setAccessibleName(f"Choose {declaration.title}")
        button.setToolTip("Choose a folder or a file, or drop one here")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setStyleSheet("QToolButton { padding: 2px; } QToolButton::menu-indicator { image: none; }")
        button.setMenu(self._menu)
        button.setCursor(self._menu.cursor())
        set_icon(button, "folder")
        return button


def _first_usable(urls: list[QUrl]) -> str:
    paths = [url.toLocalFile() for url in urls]
    return next((path for path in paths if path and kind_of(Path(path)) == Dropped.IMAGES), "")
