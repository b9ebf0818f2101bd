"""The settings that can be varied, to be found and ticked."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.form.wording import format_value
from studio.theme import colour
from studio.views.plan_dialog_values import Field

_PATH = Qt.ItemDataRole.UserRole


class FieldList(QWidget):
    """A tree of all settings, each with a box, and a line to find them.

    Signals:
        ticked(path, on): a setting is to be varied, or no longer.
    """

    ticked = Signal(str, bool)

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = {field.path: field for field in fields}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._filter = QLineEdit()
        self._filter.setObjectName("planFilter")
        self._filter.setAccessibleName("Find a setting")
        self._filter.setPlaceholderText("Find a setting")
        self._filter.setToolTip("Show only settings that these words occur in")
        self._filter.setClearButtonEnabled(True)
        self._tree = QTreeWidget()
        self._tree.setObjectName("planFields")
        self._tree.setAccessibleName("Settings that can be varied")
        self._tree.setToolTip("Tick what shall be varied; Space ticks the chosen one")
        self._tree.setColumnCount(2)
        self._tree.setHeaderLabels(["Setting", "Now"])
        self._tree.setIndentation(14)
        self._tree.header().setStretchLastSection(False)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self._tree.header().resizeSection(1, 92)
        self._fill()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._filter)
        column.addWidget(self._tree, 1)
        self.setFocusProxy(self._filter)
        self._filter.textChanged.connect(self._find)
        self._tree.itemChanged.connect(self._on_changed)

    def tick(self, path: str, on: bool = True) -> None:
        """Tick a setting, as if the person had."""
        if item := self._items.get(path):
            item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def lock(self, path: str, locked: bool) -> None:
        """Let a setting be ticked, or not, because it goes with another."""
        if item := self._items.get(path):
            item.setDisabled(locked)

    def shown(self) -> list[str]:
        """Paths that the search has left."""
        return [path for path, item in self._items.items() if not item.isHidden()]

    def _fill(self) -> None:
        sections: dict[str, QTreeWidgetItem] = {}
        high = QSize(0, self.fontMetrics().height() + 10)  # room for the boxes
        bold = QFont(self._tree.font())
        bold.setWeight(QFont.Weight.DemiBold)
        for field in self._fields.values():
            section = sections.get(field.section)
            if section is None:
                section = sections[field.section] = QTreeWidgetItem(self._tree, [field.section, ""])
                section.setFlags(Qt.ItemFlag.ItemIsEnabled)
                section.setFont(0, bold)
                section.setSizeHint(0, high)
                section.setExpanded(True)
            item = QTreeWidgetItem(section, [field.short_title, format_value(field.now, field.declaration)])
            item.setData(0, _PATH, field.path)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Unchecked)
            item.setForeground(1, colour("muted"))
            item.setSizeHint(0, high)
            for place in range(2):
                item.setToolTip(place, field.declaration.description)
            self._items[field.path] = item

    @Slot(str)
    def _find(self, text: str) -> None:
        words = text.casefold().split()
        # What is called so comes first; what only speaks of it, where nothing is called so.
        closely = any(field.matches(words, closely=True) for field in self._fields.values())
        for path, item in self._items.items():
            item.setHidden(not self._fields[path].matches(words, closely=closely))
        for number in range(self._tree.topLevelItemCount()):
            section = self._tree.topLevelItem(number)
            if section is not None:
                children = (section.child(place) for place in range(section.childCount()))
                section.setHidden(all(child is None or child.isHidden() for child in children))

    @Slot(QTreeWidgetItem, int)
    def _on_changed(self, item: QTreeWidgetItem, column: int) -> None:
        path = item.data(0, _PATH)
        if column == 0 and path:
            self.ticked.emit(path, item.checkState(0) == Qt.CheckState.Checked)
