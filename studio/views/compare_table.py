"""Facts of several runs as a table: to be read, selected and copied, and not changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from studio.theme import colour, theme_notifier
from studio.views.run_looks import SWATCH, run_icon


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        tip: what there is more to know.
        look: number of a run's colour and dash, drawn before the text.
        is_best: the best of its kind.
        is_number: numbers stand at the right.
        is_failure: something went wrong.
    """

    text: str
    tip: str = ""
    look: int | None = None
    is_best: bool = False
    is_number: bool = False
    is_failure: bool = False


class CompareTable(QTableWidget):
    """Headings and cells as they are given; says why where there is nothing."""

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(SWATCH)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView::item { padding: 0 10px; }")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._head: list[Cell] = []
        self._rows: list[list[Cell]] = []
        theme_notifier().themeChanged.connect(self._refill)

    def show_cells(self, head: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
        """Show these; what is selected and how far it is scrolled stays."""
        new = (list(head), [list(row) for row in rows])
        if new != (self._head, self._rows):
            self._head, self._rows = new
            self._refill()

    def texts(self) -> list[list[str]]:
        """All cells, the headings first."""
        return [[cell.text for cell in row] for row in (self._head, *self._rows)]

    def _refill(self) -> None:
        place = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        same = (self.rowCount(), self.columnCount()) == (len(self._rows), len(self._head))
        self.setColumnCount(len(self._head))
        self.setRowCount(len(self._rows))
        for column, cell in enumerate(self._head):
            self.setHorizontalHeaderItem(column, self._item(cell))
        for number, row in enumerate(self._rows):
            for column, cell in enumerate(row):
                self.setItem(number, column, self._item(cell))
        if not same:
            self.resizeColumnsToContents()
        self.horizontalScrollBar().setValue(place.x())
        self.verticalScrollBar().setValue(place.y())

    def _item(self, cell: Cell) -> QTableWidgetItem:
        item = QTableWidgetItem(cell.text if cell.look is None else f" {cell.text}")
        item.setToolTip(cell.tip.replace("<", "‹"))
        side = Qt.AlignmentFlag.AlignRight if cell.is_number else Qt.AlignmentFlag.AlignLeft
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        if cell.look is not None:
            item.setIcon(run_icon(cell.look, self.devicePixelRatioF()))
        if cell.is_best:
            item.setFont(_bold(self.font()))
            item.setForeground(colour("accent"))
        if cell.is_failure:
            item.setForeground(colour("error"))
        return item

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """What is selected, for a spreadsheet; all of it, with headings, where nothing is."""
        ranges = self.selectedRanges()
        if not ranges:
            return "\n".join("\t".join(row) for row in self.texts())
        chosen = ranges[0]
        return "\n".join(
            "\t".join(cell.text for cell in row[chosen.leftColumn() : chosen.rightColumn() + 1])
            for row in self._rows[chosen.topRow() : chosen.bottomRow() + 1]
        )


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold
