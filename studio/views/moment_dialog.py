"""All that is known of one step of a run: settings, live edits, checkpoints, room on the disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)


@dataclass(frozen=True)
class Facts:
    """A heading with lines of two texts each; `open` shows the lines at first."""

    heading: str
    lines: Sequence[tuple[str, str]]
    open: bool = True


class MomentDialog(QDialog):
    """Says it, and can be left open beside the window."""

    def __init__(self, title: str, facts: Sequence[Facts], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("momentDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        heading = QLabel(title, self)
        heading.setObjectName("momentDialogTitle")
        heading.setProperty("heading", True)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        self._tree = self._make_tree(facts)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(self._tree, 1)
        column.addWidget(buttons)
        self.resize(620, 560)

    def _make_tree(self, facts: Sequence[Facts]) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setObjectName("momentFactsTree")
        tree.setAccessibleName("Settings, edits and checkpoints")
        tree.setHeaderHidden(True)
        tree.setColumnCount(2)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(True)
        for group in facts:
            top = QTreeWidgetItem(tree, [group.heading])
            top.setFirstColumnSpanned(True)
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            for name, value in group.lines:
                item = QTreeWidgetItem(top, [name, value])
                item.setToolTip(1, value.replace("<", "‹"))
            top.setExpanded(group.open)
        return tree

    def texts(self) -> dict[str, dict[str, str]]:
        """What it says: heading → first text → second text."""
        found: dict[str, dict[str, str]] = {}
        for place in range(self._tree.topLevelItemCount()):
            top = self._tree.topLevelItem(place)
            if top is not None:
                lines = [line for row in range(top.childCount()) if (line := top.child(row)) is not None]
                found[top.text(0)] = {line.text(0): line.text(1) for line in lines}
        return found
