"""The Runs dock: all runs as a table with a search, and what is known of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.icons import set_icon
from studio.views.notice import Notice
from studio.views.run_browser_actions import RunActions
from studio.views.run_browser_delegates import ImagesOf
from studio.views.run_browser_details import RunDetails
from studio.views.run_browser_model import RunTableModel
from studio.views.run_browser_search import SearchField
from studio.views.run_browser_table import RunTable
from studio.views.run_browser_text import counted

_LARGE = 900  # pixels; from there on the details show facts and lineage side by side
_ICONS_ONLY = 760  # pixels; below it the buttons have no words


class RunBrowser(QWidget):
    """Search and actions above the table and the details; in place of them a sentence while there are no runs.

    Signals:
        shown(), hidden(): it came into view, or went.
        searched(str): something else is searched for.

    Attributes:
        model, table: the runs.
        details: the chosen one.
        search: where one types what to find.
        actions_: what can be done with the chosen runs.
        notice: says why there are no runs.
    """

    shown = Signal()
    hidden = Signal()
    searched = Signal(str)

    def __init__(self, model: RunTableModel, images_of: ImagesOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runBrowser")
        self.setAccessibleName("Runs")
        self.model = model
        self.table = RunTable(model, images_of)
        self.details = RunDetails()
        self.search = SearchField()
        self.actions_ = RunActions(self.table)
        self.notice = Notice("runsNotice", Qt.AlignmentFlag.AlignHCenter)
        self._count = QLabel()
        self._count.setObjectName("runCount")
        self._count.setProperty("muted", True)
        self._buttons: list[QToolButton] = []
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._make_notice_page())
        self._pages.addWidget(self._make_content())
        self.notice.show_text("The runs are being read…")
        self.search.textChanged.connect(self.searched)
        self.search.downPressed.connect(self.table.setFocus)
        self.table.customContextMenuRequested.connect(self._offer)
        self.table.chosenChanged.connect(self.show_count)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_notice(self, why: str) -> None:
        """Say why there are no runs."""
        self.notice.show_text(why)
        self._pages.setCurrentIndex(0)

    def show_table(self) -> None:
        """Show the runs that the model has."""
        self._pages.setCurrentIndex(1)
        self.show_count()

    @Slot()
    def show_count(self) -> None:
        """Say how many runs there are, are shown and are chosen."""
        model, chosen = self.model, len(self.table.chosen)
        hidden = 0 if model.with_archived else sum(run.archived for run in model.runs)
        shown, total = len(model.rows), len(model.runs) - hidden
        parts = [counted(total, "run") if shown == total else f"{shown:,} of {counted(total, 'run')}"]
        if chosen > 1:
            parts.append(f"{chosen:,} chosen")
        elif hidden:
            parts.append(f"{hidden:,} archived")
        self._count.setText(" · ".join(parts))
        self.table.empty_text = _nothing_found(self.model)

    @property
    def count_text(self) -> str:
        """How many runs are shown, in words."""
        return self._count.text()

    # -- Qt asks -------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(900, 330)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        wide = event.size().width() >= _ICONS_ONLY
        for button in self._buttons:
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon if wide else styles.ToolButtonIconOnly)
        if not self._split_moved:
            width = event.size().width()
            table = round(width * (0.51 if width >= _LARGE else 0.6))
            self._split.setSizes([table, width - table])

    # -- parts ---------------------------------------------------------------------------------------------------------

    @Slot(QPoint)
    def _offer(self, where: QPoint) -> None:
        if self.table.indexAt(where).isValid():
            menu = self.actions_.menu(self)
            menu.exec(self.table.viewport().mapToGlobal(where))
            menu.deleteLater()

    def _make_notice_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(self.notice)
        column.addStretch(1)
        return page

    def _make_content(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        self._split_moved = False
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("runSplitter")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 1)
        self._split.splitterMoved.connect(self._on_split_moved)
        self.table.setMinimumWidth(180)
        self.details.setMinimumWidth(150)
        column.addWidget(self._split, 1)
        return page

    @Slot()
    def _on_split_moved(self) -> None:
        self._split_moved = True

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addSpacing(4)
        row.addWidget(self._count)
        row.addSpacing(4)
        row.addStretch(0)
        for action in (self.actions_.open, self.actions_.compare, self.actions_.fork):
            button = QToolButton()
            button.setObjectName(f"button{action.objectName()[len('action') :]}")
            button.setDefaultAction(action)
            self._buttons.append(button)
            row.addWidget(button)
        row.addWidget(self._make_more())
        return row

    def _make_more(self) -> QToolButton:
        more = QToolButton()
        more.setObjectName("runMore")
        more.setAccessibleName("More to do with runs")
        more.setToolTip("More to do with the chosen runs, and what the list shows")
        set_icon(more, "more")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = self.actions_.menu(more)
        menu.addSeparator()
        menu.addAction(self.actions_.show_archived)
        columns = menu.addMenu("Columns")
        columns.setObjectName("runColumns")
        columns.aboutToShow.connect(lambda: self._fill_columns(columns))
        more.setMenu(menu)
        return more

    def _fill_columns(self, menu: QMenu) -> None:
        menu.clear()
        made = self.table.columns_menu()
        for action in made.actions():
            action.setParent(menu)
            menu.addAction(action)
        made.deleteLater()


def _nothing_found(model: RunTableModel) -> str:
    if model.rows or not model.runs:
        return ""
    if model.query.strip():
        archived = "" if model.with_archived else " Archived runs were not searched."
        return f"No run matches “{model.query.strip()}”.{archived if any(r.archived for r in model.runs) else ''}"
    return "All runs are archived. “Show archived runs”, in the menu at the right, lists them."
