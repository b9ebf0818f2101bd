"""The queue: what will be trained one after the other, what was, and how it went."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from studio.icons import set_icon
from studio.theme import theme_notifier
from studio.views.compare_column import ElidedLabel
from studio.views.notice import Notice
from studio.views.queue_view_delegate import QueueDelegate
from studio.views.queue_view_model import FOLDER, ROW, RUN, STATE, QueueModel
from studio.views.queue_view_rows import MOVABLE, REMOVABLE, REPEATABLE, SKIPPABLE, QueueRow, Standing

_EMPTY = (
    "The queue is empty. Add the settings on the left to it, or vary some of them: the runs are then trained one after "
    "the other, and wait here even if the studio is closed."
)
_WIDE = 860  # points; with less room the list alone says how the runs stand
# name → (text, icon, shortcut, what it does)
_ROW_ACTIONS: dict[str, tuple[str, str, str, str]] = {
    "MoveUp": ("Move up", "arrow-up", "Alt+Up", "Train the chosen runs earlier"),
    "MoveDown": ("Move down", "arrow-down", "Alt+Down", "Train the chosen runs later"),
    "Retry": ("Retry", "reset", "", "Let the chosen runs wait for their turn again; one that has begun goes on"),
    "Skip": ("Skip", "skip", "", "Leave the chosen runs out; one that is being trained is stopped and saved"),
    "Remove": ("Remove", "trash", "Delete", "Take the chosen runs out of the queue; what was trained stays on disk"),
    "Open": ("Open the run", "load", "Return", "Show the run's images and plots, ready to go on with"),
}


class QueueView(QWidget):
    """A list that can be put in another order, with what can be done to it.

    Signals:
        startWanted(), holdWanted(): the queue shall go on, or begin no further run.
        addWanted(), varyWanted(): a run, or several, shall be added.
        moveWanted(ids, place): these shall stand before what is at this place now.
        skipWanted(ids), retryWanted(ids), removeWanted(ids): of the chosen runs.
        tidyWanted(): what has finished shall be taken out.
        openWanted(id): this run shall be shown.
        automaticChanged(on): the queue shall go on by itself when the studio starts.

    Attributes:
        model: what is shown.
        table: the list.
        acts: "MoveUp", "Retry", … → the action, whose object name begins with ``queue``.
    """

    startWanted = Signal()
    holdWanted = Signal()
    addWanted = Signal()
    varyWanted = Signal()
    moveWanted = Signal(list, int)
    skipWanted = Signal(list)
    retryWanted = Signal(list)
    removeWanted = Signal(list)
    tidyWanted = Signal()
    openWanted = Signal(str)
    automaticChanged = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queueView")
        self.setAccessibleName("Queue of runs")
        self.model = QueueModel()
        self.model.setParent(self)
        self.model.moveWanted.connect(self.moveWanted)
        self.table = _table(self.model)
        self.acts = {name: self._act(name) for name in _ROW_ACTIONS}
        self._going = False
        self._said = ""
        self._start = self._make_start()
        self._tidy = _tool("queueTidy", "Tidy up", "tidy", "Take out what has finished; the runs stay on disk")
        self._automatic = QCheckBox("Auto-start")
        self._summary = ElidedLabel("queueSummary", "")
        self._notice = Notice("queueNotice", Qt.AlignmentFlag.AlignHCenter)
        self._notice.show_text(_EMPTY)
        self._lists = QStackedLayout()
        self._lay_out()
        self._connect()
        self.show_queue((), "", going=False, can_start=False)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_queue(self, rows: Sequence[QueueRow], summary: str, *, going: bool, can_start: bool) -> None:
        """Show the queue as it is.

        Args:
            summary: the queue in one line.
            going: whether the next run begins by itself.
            can_start: whether there is anything to begin.
        """
        chosen = self.chosen()
        anew = [row.id for row in rows] != [row.id for row in self.model.rows]
        self.model.set_rows(rows)
        if anew:
            self._choose(chosen)
        self._going = going
        self._start.setText("Hold" if going else "Start queue")
        self._start.setAccessibleName("Hold the queue" if going else "Start the queue")
        self._start.setToolTip(
            "Begin no further run; the one that is being trained goes on"
            if going
            else "Train the waiting runs one after the other"
        )
        self._start.setEnabled(going or can_start)
        set_icon(self._start, "pause" if going else "start", None if going or not can_start else "accent")
        self._said = summary
        self._show_summary()
        self._tidy.setEnabled(any(row.standing == Standing.FINISHED for row in rows))
        self._lists.setCurrentIndex(0 if rows else 1)
        self._offer()

    def set_automatic(self, on: bool) -> None:
        """Show whether the queue goes on by itself when the studio starts."""
        self._automatic.setChecked(on)

    def chosen(self) -> list[str]:
        """The selected runs, in the queue's order."""
        places = sorted(index.row() for index in self.table.selectionModel().selectedRows(RUN))
        return [self.model.rows[place].id for place in places]

    def choose(self, identities: Iterable[str]) -> None:
        """Select these runs and bring the first into view."""
        self._choose(list(identities))
        if rows := self.table.selectionModel().selectedRows(RUN):
            self.table.scrollTo(rows[0])

    # -- inside --------------------------------------------------------------------------------------------------------

    def _choose(self, identities: Sequence[str]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        selection = self.table.selectionModel()
        selection.clear()
        for identity in identities:
            place = self.model.place_of(identity)
            if place is not None:
                selection.select(self.model.index(place, RUN), flags.Select | flags.Rows)
                selection.setCurrentIndex(self.model.index(place, RUN), flags.NoUpdate)

    def _chosen_rows(self) -> list[QueueRow]:
        chosen = set(self.chosen())
        return [row for row in self.model.rows if row.id in chosen]

    @Slot()
    def _offer(self) -> None:
        """Enable what makes sense for the selection."""
        standings = {row.standing for row in self._chosen_rows()}
        able = {
            "MoveUp": bool(standings) and standings <= MOVABLE,
            "MoveDown": bool(standings) and standings <= MOVABLE,
            "Retry": bool(standings & REPEATABLE),
            "Skip": bool(standings & SKIPPABLE),
            "Remove": bool(standings & REMOVABLE),
            "Open": len(standings) == 1 and bool(self._chosen_rows()[0].folder),
        }
        for name, can in able.items():
            self.acts[name].setEnabled(can)

    def _ids(self, fitting: frozenset[Standing]) -> list[str]:
        return [row.id for row in self._chosen_rows() if row.standing in fitting]

    @Slot()
    def _move(self, by: int) -> None:
        places = [place for identity in self.chosen() if (place := self.model.place_of(identity)) is not None]
        if not places:
            return
        place = min(places) - 1 if by < 0 else max(places) + 2
        if 0 <= place <= len(self.model.rows):
            self.moveWanted.emit(self.chosen(), place)

    @Slot()
    def _toggle(self) -> None:
        (self.holdWanted if self._going else self.startWanted).emit()

    @Slot()
    def _open(self) -> None:
        rows = self._chosen_rows()
        if len(rows) == 1 and rows[0].folder:
            self.openWanted.emit(rows[0].id)

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        if not self.chosen():
            return
        menu = QMenu(self)
        menu.setObjectName("queueMenu")
        menu.addAction(self.acts["Open"])
        menu.addSeparator()
        menu.addActions([self.acts[name] for name in ("Retry", "Skip", "Remove")])
        menu.addSeparator()
        menu.addActions([self.acts[name] for name in ("MoveUp", "MoveDown")])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))

    def _connect(self) -> None:
        self._start.clicked.connect(self._toggle)
        self._tidy.clicked.connect(self.tidyWanted)
        self._automatic.toggled.connect(self.automaticChanged)
        self.acts["MoveUp"].triggered.connect(lambda: self._move(-1))
        self.acts["MoveDown"].triggered.connect(lambda: self._move(1))
        self.acts["Retry"].triggered.connect(lambda: self.retryWanted.emit(self._ids(REPEATABLE)))
        self.acts["Skip"].triggered.connect(lambda: self.skipWanted.emit(self._ids(SKIPPABLE)))
        self.acts["Remove"].triggered.connect(lambda: self.removeWanted.emit(self._ids(REMOVABLE)))
        self.acts["Open"].triggered.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(self._offer)
        self.table.customContextMenuRequested.connect(self._show_menu)
        theme_notifier().themeChanged.connect(self.table.viewport().update)

    def _act(self, name: str) -> QAction:
        text, icon, shortcut, tip = _ROW_ACTIONS[name]
        action = QAction(text, self)
        action.setObjectName(f"queue{name}")
        action.setToolTip(f"{tip} ({shortcut})" if shortcut else tip)
        set_icon(action, icon)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.table.addAction(action)
        return action

    def _make_start(self) -> QPushButton:
        button = QPushButton()
        button.setObjectName("queueStart")
        return button

    def _lay_out(self) -> None:
        add = _button("queueAdd", "Add", "queue-add", "Add a run with the settings on the left to the queue")
        add.clicked.connect(self.addWanted)
        vary = _button("queueVary", "Vary settings…", "vary", "Add runs that differ in some settings, or in the seed")
        vary.clicked.connect(self.varyWanted)
        self._automatic.setObjectName("queueAutomatic")
        self._automatic.setAccessibleName("Go on with the queue when the studio starts")
        self._automatic.setToolTip("When the studio starts, go on with what waits in the queue without asking")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 4)
        bar.setSpacing(4)
        for button in (self._start, add, vary):
            bar.addWidget(button)
        bar.addSpacing(6)
        for name in ("MoveUp", "MoveDown", "Retry", "Skip", "Remove"):
            bar.addWidget(self._tool_of(name))
        bar.addWidget(self._tidy)
        bar.addSpacing(6)
        bar.addWidget(self._summary, 1)
        bar.addWidget(self._automatic)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.addStretch(1)
        inside.addWidget(self._notice)
        inside.addStretch(1)
        self._lists.addWidget(self.table)
        self._lists.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._lists, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _tool_of(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"queue{name}Button")
        button.setDefaultAction(self.acts[name])
        button.setAccessibleName(self.acts[name].text())
        button.setIconSize(QSize(18, 18))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_summary()

    def _show_summary(self) -> None:
        self._summary.set_full_text(self._said if self.width() >= _WIDE else "")

    def sizeHint(self) -> QSize:
        return QSize(640, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 150)


def _table(model: QueueModel) -> QTreeView:
    table = QTreeView()
    table.setObjectName("queueTable")
    table.setAccessibleName("Runs of the queue")
    table.setModel(model)
    table.setItemDelegate(QueueDelegate(table))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    table.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
    table.setDefaultDropAction(Qt.DropAction.MoveAction)
    table.setDragDropOverwriteMode(False)
    table.setDropIndicatorShown(True)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setMinimumHeight(60)
    header = table.header()
    header.setStretchLastSection(False)
    header.setSectionsMovable(False)
    for column, mode in ((RUN, "Stretch"), (STATE, "Stretch"), (FOLDER, "Interactive")):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode[mode])
    header.resizeSection(FOLDER, 160)
    return table


def _button(name: str, text: str, icon: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    set_icon(button, icon)
    return button


def _tool(name: str, text: str, icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setIconSize(QSize(18, 18))
    set_icon(button, icon)
    return button


__all__ = ["ROW", "QueueView"]
