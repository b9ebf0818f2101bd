"""The queue as a table that can be put in another order."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal

from studio.views.queue_view_rows import MOVABLE, QueueRow

RUN, STATE, FOLDER = range(3)
HEADINGS = ("Run", "State", "Folder")
_TIPS = ("What is trained, and what it belongs to", "How it stands", "The run's folder, once it began")
ROW = Qt.ItemDataRole.UserRole
_MIME = "application/x-gan-studio-queue"

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractTableModel):
    """Rows of the queue, in its order.

    Signals:
        moveWanted(ids, place): these runs are to stand before what is at this place now. Nothing moves here until
            the queue itself did.
    """

    moveWanted = Signal(list, int)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[QueueRow, ...] = ()

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these; what is selected stays selected where the same runs stand at the same places."""
        rows = tuple(rows)
        if [row.id for row in rows] != [row.id for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        before, self.rows = self.rows, rows
        for number, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(HEADINGS) - 1))

    def place_of(self, identity: str) -> int | None:
        """Where a run stands, or None."""
        return next((place for place, row in enumerate(self.rows) if row.id == identity), None)

    # -- what a view asks ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADINGS[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return _TIPS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, index.column())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        if not index.isValid():
            return flags.ItemIsDropEnabled  # between two rows, never on one
        known = flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemNeverHasChildren
        return known | flags.ItemIsDragEnabled if self.rows[index.row()].standing in MOVABLE else known

    # -- another order -------------------------------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        places = sorted({index.row() for index in indexes})
        data = QMimeData()
        data.setData(_MIME, "\n".join(self.rows[place].id for place in places).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Ask for the move. The answer is no, so that the view does not take the rows away by itself."""
        if action == Qt.DropAction.MoveAction and data.hasFormat(_MIME):
            place = row if row >= 0 else parent.row() if parent.isValid() else len(self.rows)
            self.moveWanted.emit(bytes(data.data(_MIME).data()).decode().split("\n"), place)
        return False


def _text(row: QueueRow, column: int) -> str:
    if column == RUN:
        return f"{row.title} ({row.plan})" if row.plan else row.title
    if column == STATE:
        return f"{row.standing.value}, {row.note}" if row.note else row.standing.value
    return row.folder


def _tip(row: QueueRow, column: int) -> str:
    text = {RUN: row.tip or row.title, STATE: row.note, FOLDER: row.folder}[column]
    return text.replace("<", "‹")  # a tooltip that begins like HTML would be taken for it
