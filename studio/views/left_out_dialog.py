"""The files that could not be used, each with its reason."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.views.dataset_facts import counted

_REASONS = 3


class LeftOutDialog(QDialog):
    """A table of files and reasons, which can be copied whole or in part."""

    def __init__(self, left_out: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftOutDialog")
        self.setWindowTitle("Files that were left out")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._left_out = list(left_out)
        head = QLabel(_headline(self._left_out), self)
        head.setObjectName("leftOutSummary")
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        self.table = self._make_table()
        column = QVBoxLayout(self)
        column.addWidget(head)
        column.addWidget(self.table, 1)
        column.addWidget(self._make_buttons())
        self.resize(640, 420)

    @Slot()
    def copy_all(self) -> None:
        """Put the whole list on the clipboard: a line for each file, its name and the reason with a tab between."""
        _copy(self._left_out)

    @Slot()
    def copy_selected(self) -> None:
        """Put the chosen lines on the clipboard."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        _copy([self._left_out[row] for row in rows])

    def _make_table(self) -> QTableView:
        table = _Table(self)
        table.copyRequested.connect(self.copy_selected)
        table.setObjectName("leftOutTable")
        table.setAccessibleName("Files that were left out")
        table.setModel(_Model(self._left_out, table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.resizeSection(0, 260)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        return table

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = QPushButton("Copy the list")
        copy.setObjectName("leftOutCopy")
        copy.setAccessibleName("Copy the list")
        copy.setToolTip("Copy all files with their reasons (Ctrl+C copies the chosen lines)")
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_all)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        return buttons


class _Table(QTableView):
    """A table in which Ctrl+C means whole lines, not the one cell that Qt would copy."""

    copyRequested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copyRequested.emit()
        else:
            super().keyPressEvent(event)


class _Model(QAbstractTableModel):
    def __init__(self, left_out: Sequence[tuple[str, str]], parent: QTableView) -> None:
        super().__init__(parent)
        self._left_out = left_out

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._left_out)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 2

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._left_out[index.row()][index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("File", "Reason")[section]
        return None


def _headline(left_out: Sequence[tuple[str, str]]) -> str:
    # Up to the first colon or bracket a reason is general: "too large: 9,000×9,000 pixels are …".
    reasons = Counter(reason.partition(":")[0].partition(" (")[0] for _, reason in left_out).most_common()
    shown = [f"{reason}: {count:,}" for reason, count in reasons[:_REASONS]]
    rest = sum(count for _, count in reasons[_REASONS:])
    tail = f"; other reasons: {rest:,}" if rest else ""
    were = "file was" if len(left_out) == 1 else "files were"
    return f"{len(left_out):,} {were} left out; all others are used. {'; '.join(shown)}{tail}."


def _copy(lines: Sequence[tuple[str, str]]) -> None:
    if lines:
        QGuiApplication.clipboard().setText("\n".join(f"{name}\t{reason}" for name, reason in lines))


def left_out_text(count: int) -> str:
    """``3 files left out``."""
    return f"{counted(count, 'file')} left out"
