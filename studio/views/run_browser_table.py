"""The list of runs: chosen by mouse or keyboard, sorted by its headings, with as many columns as there is room for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from studio.theme import colour
from studio.views.run_browser_delegates import ROW, ImagesOf, NameDelegate, StatusDelegate
from studio.views.run_browser_model import Column, RunTableModel

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

_NAME = 270  # pixels; the least width of the first column
_CHARACTERS = {  # room for the widest usual text of each column
    Column.STATUS: 16,
    Column.STEPS: 9,
    Column.BEST: 12,
    Column.DATA: 15,
    Column.OPTIMIZERS: 15,
    Column.PRESET: 17,
    Column.TIME: 12,
    Column.PARENT: 13,
    Column.CREATED: 19,
}
# The most telling first: they are shown as long as there is room.
_PRIORITY = (
    Column.STATUS,
    Column.BEST,
    Column.STEPS,
    Column.CREATED,
    Column.DATA,
    Column.OPTIMIZERS,
    Column.TIME,
    Column.PARENT,
    Column.PRESET,
)


class RunTable(QTableView):
    """Rows of runs. What is chosen, and where it is scrolled to, outlasts any change of the model.

    Signals:
        chosenChanged(): other runs are chosen.
        opened(Path): a double click or Return.

    Attributes:
        empty_text: what is said where no run is shown.
    """

    chosenChanged = Signal()
    opened = Signal(object)

    def __init__(self, model: RunTableModel, images_of: ImagesOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runTable")
        self.setAccessibleName("Runs")
        self.empty_text = ""
        self._runs = model
        self._own_columns = False
        self._kept: tuple[list[Path], Path | None, int] = ([], None, 0)
        self._is_restoring = False
        self._told: list[Path] = []
        self._look(images_of)
        model.modelAboutToBeReset.connect(self._keep)
        self.setModel(model)  # connects its own slots to the reset first
        model.modelReset.connect(self._restore)
        self._make_header()
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.doubleClicked.connect(self._on_double_click)

    # -- what is chosen ------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> list[RunSummary]:
        """The chosen runs, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._runs.run_at(row) for row in rows]

    def choose(self, path: Path) -> bool:
        """Choose one run and bring it into view; False where it is not shown."""
        row = self._runs.row_of(path)
        if row is None:
            return False
        self.setCurrentIndex(self._runs.index(row, 0))
        self.scrollTo(self._runs.index(row, 0))
        return True

    @Slot()
    def _keep(self) -> None:
        current = self.currentIndex()
        at = self._runs.run_at(current.row()).path if current.isValid() else None
        self._kept = ([run.path for run in self.chosen], at, self.verticalScrollBar().value())

    @Slot()
    def _restore(self) -> None:
        paths, current, scrolled = self._kept
        rows = [row for path in paths if (row := self._runs.row_of(path)) is not None]
        if not rows and self._runs.rows:
            rows = [0]
        self._is_restoring = True
        selection, last = QItemSelection(), len(Column) - 1
        for row in rows:
            selection.select(self._runs.index(row, 0), self._runs.index(row, last))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect)
        place = self._runs.row_of(current) if current else None
        if place is None and rows:
            place = rows[0]
        if place is not None:
            self.selectionModel().setCurrentIndex(self._runs.index(place, 0), flags.NoUpdate)
        self.verticalScrollBar().setValue(scrolled)
        self._is_restoring = False
        self._tell()

    @Slot()
    def _on_selection(self) -> None:
        if not self._is_restoring:
            self._tell()

    def _tell(self) -> None:
        paths = [run.path for run in self.chosen]
        if paths != self._told:
            self._told = paths
            self.chosenChanged.emit()

    @Slot(QModelIndex)
    def _on_double_click(self, index: QModelIndex) -> None:
        self.opened.emit(self._runs.run_at(index.row()).path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self._runs.run_at(self.currentIndex().row()).path)
            return
        super().keyPressEvent(event)

    # -- columns -------------------------------------------------------------------------------------------------------

    def columns_state(self) -> QByteArray:
        """How the person arranged the columns; empty as long as they arrange themselves."""
        return self.horizontalHeader().saveState() if self._own_columns else QByteArray()

    def restore_columns(self, state: QByteArray) -> None:
        """Arrange the columns as they were."""
        if not state.isEmpty() and self.horizontalHeader().restoreState(state):
            self._own_columns = True
            self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """As many as there is room for, and the rest of the room for the name."""
        header, room = self.horizontalHeader(), self.viewport().width() - _NAME
        if not self._own_columns:
            for column in _PRIORITY:
                room -= header.sectionSize(column) or self._width(column)
                header.setSectionHidden(column, room < 0)
        others = sum(header.sectionSize(column) for column in Column if column != Column.NAME)
        header.resizeSection(Column.NAME, max(_NAME, self.viewport().width() - others))

    def _width(self, column: Column) -> int:
        return self.fontMetrics().averageCharWidth() * _CHARACTERS[column] + 18

    def _make_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(50)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setAccessibleName("Columns of the runs")
        for column in _PRIORITY:
            header.resizeSection(column, self._width(column))
        header.setSortIndicatorShown(True)
        header.setSortIndicator(Column.NAME, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_columns)
        header.sectionMoved.connect(self._own)

    @Slot()
    def _own(self) -> None:
        self._own_columns = True

    @Slot(QPoint)
    def _offer_columns(self, where: QPoint) -> None:
        menu = self.columns_menu()
        menu.exec(self.horizontalHeader().mapToGlobal(where))
        menu.deleteLater()

    def columns_menu(self) -> QMenu:
        """Which columns to show."""
        header, menu = self.horizontalHeader(), QMenu(self)
        for column in Column:
            if column == Column.NAME:
                continue
            action = QAction(str(self._runs.headerData(column, Qt.Orientation.Horizontal)), menu)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.toggled.connect(lambda shown, chosen=column: self._show_column(chosen, shown))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("As many as fit", self._let_fit)
        return menu

    def _show_column(self, column: Column, shown: bool) -> None:
        self._own_columns = True
        self.horizontalHeader().setSectionHidden(column, not shown)
        self._fit_columns()

    @Slot()
    def _let_fit(self) -> None:
        self._own_columns = False
        self._fit_columns()

    # -- looks ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._runs.rows and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(colour("muted"))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(16, 0, -16, 0), wrapped, self.empty_text)
            painter.end()

    def _look(self, images_of: ImagesOf) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet("QTableView { border: none; border-radius: 0; } QTableView::item { padding: 0 8px; }")
        self.setItemDelegateForColumn(Column.NAME, NameDelegate(images_of, self))
        self.setItemDelegateForColumn(Column.STATUS, StatusDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
