"""The runs as a table: what each cell says, which runs are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from studio.theme import theme_notifier
from studio.views import run_browser_text as text

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

RUN = Qt.ItemDataRole.UserRole  # the cell's `RunSummary`
SHARE = Qt.ItemDataRole.UserRole + 1  # how much of it is done, 0 to 1, while it is trained; else None
Matches = Callable[["RunSummary", str], bool]
_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """What the table says of each run, from left to right."""

    NAME = 0
    STATUS = 1
    STEPS = 2
    BEST = 3
    DATA = 4
    OPTIMIZERS = 5
    PRESET = 6
    TIME = 7
    PARENT = 8
    CREATED = 9


@dataclass(frozen=True)
class _Kind:
    """One column: its heading, what the heading explains, the cell's text and what it is sorted by."""

    title: str
    tip: str
    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], Any]
    is_number: bool = False


_KINDS: dict[Column, _Kind] = {
    Column.NAME: _Kind(
        "Run", "Newest images, name and tags; sorted by number", lambda run: run.called, lambda run: run.number
    ),
    Column.STATUS: _Kind("Status", "How it stands now", text.status_text, text.status_of),
    Column.STEPS: _Kind("Steps", "How far it came", lambda run: f"{run.step:,}", lambda run: run.step, is_number=True),
    Column.BEST: _Kind(
        "Best",
        "The best value that was measured of the metric by which the run is judged",
        text.best_text,
        lambda run: (run.best.title, run.best.value) if run.best else None,
        is_number=True,
    ),
    Column.DATA: _Kind("Data", "What it learns from", lambda run: run.data, lambda run: run.data.lower() or None),
    Column.OPTIMIZERS: _Kind(
        "Optimizers",
        "The generator's and, where it is another one, the discriminator's",
        lambda run: run.optimizers,
        lambda run: run.optimizers.lower() or None,
    ),
    Column.PRESET: _Kind(
        "Preset", "The settings that it began from", lambda run: run.preset, lambda run: run.preset.lower() or None
    ),
    Column.TIME: _Kind(
        "Time",
        "How long it trained",
        lambda run: text.duration(run.seconds) if run.seconds else "",
        lambda run: run.seconds or None,
        is_number=True,
    ),
    Column.PARENT: _Kind(
        "Forked from",
        "The run and the step that it goes on from",
        text.parent_text,
        lambda run: (run.parent.run, run.parent.step) if run.parent else None,
    ),
    Column.CREATED: _Kind(
        "Begun",
        "When it was begun",
        lambda run: text.moment(run.created),
        lambda run: run.created.timestamp() if run.created else None,
    ),
}


class RunTableModel(QAbstractTableModel):
    """The runs that match the search, in the order that was asked for.

    A change of what is shown resets the model; a change within the runs that are shown does not.

    Attributes:
        rows: the runs that are shown, from top to bottom.
        query: what is searched for.
        with_archived: whether archived runs are shown.
    """

    def __init__(self, matches: Matches, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: list[RunSummary] = []
        self.query = ""
        self.with_archived = False
        self._matches = matches
        self._all: tuple[RunSummary, ...] = ()
        self._live: tuple[Path, int, int] | None = None
        self._order, self._descending = Column.NAME, True
        self._places: dict[Path, int] = {}
        theme_notifier().themeChanged.connect(self._repaint)

    # -- what is in it -------------------------------------------------------------------------------------------------

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All runs, also those that do not match."""
        return self._all

    def run_at(self, row: int) -> RunSummary:
        """The run in a row."""
        return self.rows[row]

    def row_of(self, path: Path) -> int | None:
        """The row that shows a run, or None."""
        return self._places.get(path)

    def find(self, path: Path) -> RunSummary | None:
        """A run, whether it is shown or not."""
        return next((run for run in self._all if run.path == path), None)

    # -- changes -------------------------------------------------------------------------------------------------------

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take these as all runs."""
        self._all = tuple(runs)
        self._arrange()

    def set_live(self, path: Path | None, step: int = 0, total_steps: int = 0) -> None:
        """The run that is trained here, which knows its step better than its files do; None: none is."""
        before, self._live = self._live, (path, step, total_steps) if path else None
        for changed in {live[0] for live in (before, self._live) if live}:
            if (row := self.row_of(changed)) is not None:
                self.rows[row] = self._with_live(self.find(changed) or self.rows[row])
                self._changed(row, row)

    def search(self, query: str, *, with_archived: bool | None = None) -> None:
        """Show only what matches."""
        self.query = query
        if with_archived is not None:
            self.with_archived = with_archived
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; what has no value there comes last either way."""
        self._order, self._descending = Column(column), order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def thumbnail_arrived(self, path: Path) -> None:
        """Paint a run's images again."""
        if (row := self.row_of(path)) is not None:
            index = self.index(row, Column.NAME)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    # -- Qt asks -------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self.rows[index.row()], Column(index.column())
        found: Any = None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                found = _KINDS[column].text(run)
            case Qt.ItemDataRole.ToolTipRole:
                found = _tip(run, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                found = _alignment(column)
            case Qt.ItemDataRole.ForegroundRole if run.damage or run.archived:
                found = QColor(theme_notifier().scheme.muted)
            case Qt.ItemDataRole.AccessibleTextRole:
                found = f"{_KINDS[column].title}: {_KINDS[column].text(run) or 'none'}"
            case _ if role == RUN:
                found = run
            case _ if role == SHARE and run.is_active:
                found = text.share_done(run)
        return found

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _KINDS[Column(section)].title
            case Qt.ItemDataRole.ToolTipRole:
                return _KINDS[Column(section)].tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column(section))
        return None

    # -- inside --------------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        rows = _ordered([self._with_live(run) for run in self._wanted()], _KINDS[self._order].key, self._descending)
        if [run.path for run in rows] == [run.path for run in self.rows]:
            self._replace(rows)
            return
        self.beginResetModel()
        self.rows = rows
        self._places = {run.path: row for row, run in enumerate(rows)}
        self.endResetModel()

    def _wanted(self) -> list[RunSummary]:
        query = self.query.strip()
        return [
            run
            for run in self._all
            if (self.with_archived or not run.archived) and (not query or self._matches(run, query))
        ]

    def _replace(self, rows: list[RunSummary]) -> None:
        changed = [row for row, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new]
        self.rows = rows
        if changed:
            self._changed(changed[0], changed[-1])

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def _with_live(self, run: RunSummary) -> RunSummary:
        if self._live is None or run.path != self._live[0] or not run.is_active:
            return run
        _, step, total_steps = self._live
        return replace(run, step=max(step, run.step), total_steps=total_steps or run.total_steps)

    def _repaint(self) -> None:
        if self.rows:
            self._changed(0, len(self.rows) - 1)


def _ordered(runs: list[RunSummary], key: Callable[[RunSummary], Any], descending: bool) -> list[RunSummary]:
    """By the key, then the newest first; those without one at the end."""
    newest_first = sorted(runs, key=lambda run: (run.number, run.name), reverse=True)
    present = [run for run in newest_first if key(run) is not None]
    absent = [run for run in newest_first if key(run) is None]
    return sorted(present, key=key, reverse=descending) + absent


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if _KINDS[column].is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tip(run: RunSummary, column: Column) -> str:
    """What a cell has no room for."""
    if column == Column.STATUS or (column == Column.NAME and run.damage):
        return run.damage or run.message or text.status_text(run)
    if column == Column.NAME:
        tags = f"Tags: {', '.join(run.tags)}" if run.tags else ""
        return "\n".join(part for part in (run.called, run.name if run.title else "", tags, run.notes[:300]) if part)
    if column == Column.BEST and run.best:
        return f"{run.best.title} {text.number(run.best.value)} at step {run.best.step:,}"
    if column == Column.PARENT and run.parent:
        return f"Forked from {run.parent.run} at step {run.parent.step:,}"
    if column == Column.CREATED and run.created:
        return f"{run.created.astimezone():%Y-%m-%d %H:%M:%S}"
    return _KINDS[column].text(run)
