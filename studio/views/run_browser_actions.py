"""What can be done with the chosen runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.icons import set_icon

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

MOST_COMPARED = 6
# name → (text, icon, shortcut, what it does)
_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "Open": ("Open", "load", "", "Show its images, curves and settings"),
    "Compare": ("Compare", "compare", "", "Show the chosen runs side by side"),
    "Fork": ("Fork", "fork", "", "Begin a new run from its newest checkpoint, with other settings"),
    "Export": ("Export…", "export", "", "A report, films, the generator, or the whole run as one file"),
    "Rename": ("Rename", "rename", "F2", "Give the run a name of your own"),
    "AddTag": ("Add a tag…", "tag", "", "Give all chosen runs a tag"),
    "Archive": ("Archive", "archive", "", "Take the chosen runs out of the list, and keep them"),
    "ShowFolder": ("Show in file manager", "folder", "", "Open the run's folder"),
    "CopyPath": ("Copy the folder's path", "copy", "", "Put where it lies on the clipboard"),
    "Trash": ("Move to trash…", "trash", "Del", "Put the chosen runs into the desktop's trash"),
    "ShowArchived": ("Show archived runs", "archive", "", "List archived runs as well"),
}


class RunActions:
    """The browser's actions, each with the object name `actionRun…`; their shortcuts work in the table only.

    Attributes:
        archives: whether `archive` would take the chosen runs out of the list; else it puts them back.
    """

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self.open = self._make("Open")
        self.compare = self._make("Compare")
        self.fork = self._make("Fork")
        self.export = self._make("Export")
        self.rename = self._make("Rename")
        self.add_tag = self._make("AddTag")
        self.archive = self._make("Archive")
        self.show_folder = self._make("ShowFolder")
        self.copy_path = self._make("CopyPath")
        self.trash = self._make("Trash")
        self.show_archived = self._make("ShowArchived")
        self.show_archived.setCheckable(True)
        self.archives = True

    def show_chosen(self, runs: Sequence[RunSummary], own: Path | None, *, idle: bool) -> None:
        """Offer what can be done with these runs.

        Args:
            own: the run that is trained here, or None.
            idle: whether no training runs here.
        """
        one = runs[0] if len(runs) == 1 else None
        self.open.setEnabled(one is not None)
        watches = one is not None and one.is_active and one.path != own
        self._say(self.open, "Watch" if watches else "Open", "eye" if watches else "load", _open_tip(one, own))
        fits = 2 <= len(runs) <= MOST_COMPARED
        self.compare.setEnabled(fits)
        self.compare.setText(f"Compare {len(runs)}" if fits else "Compare")
        self.compare.setToolTip(
            _TEXTS["Compare"][3] if fits else f"Choose two to {MOST_COMPARED} runs (Ctrl+click) to compare them"
        )
        self.fork.setEnabled(one is not None and idle)
        for action in (self.export, self.rename, self.show_folder):
            action.setEnabled(one is not None)
        for action in (self.add_tag, self.archive, self.copy_path):
            action.setEnabled(bool(runs))
        self.trash.setEnabled(any(not run.is_active for run in runs))
        self.archives = not runs or any(not run.archived for run in runs)
        self.archive.setText("Archive" if self.archives else "Take out of the archive")

    def menu(self, parent: QWidget) -> QMenu:
        """All of them."""
        menu = QMenu(parent)
        menu.addActions([self.open, self.compare, self.fork, self.export])
        menu.addSeparator()
        menu.addActions([self.rename, self.add_tag, self.archive])
        menu.addSeparator()
        menu.addActions([self.show_folder, self.copy_path])
        menu.addSeparator()
        menu.addAction(self.trash)
        return menu

    def _make(self, name: str) -> QAction:
        text, icon, shortcut, tip = _TEXTS[name]
        action = QAction(text, self._owner)
        action.setObjectName(f"actionRun{name}")
        action.setToolTip(f"{tip} ({shortcut})" if shortcut else tip)
        action.setStatusTip(tip)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        set_icon(action, icon)
        self._owner.addAction(action)
        return action

    def _say(self, action: QAction, text: str, icon: str, tip: str) -> None:
        action.setText(text)
        action.setToolTip(tip)
        set_icon(action, icon)


def _open_tip(run: RunSummary | None, own: Path | None) -> str:
    if run is None:
        return "Choose one run to open it"
    if run.path == own and run.is_active:
        return "It is trained here: show it (Return)"
    if run.is_active:
        return "Another program trains it: follow its images and curves (Return)"
    return f"{_TEXTS['Open'][3]} (Return)"
