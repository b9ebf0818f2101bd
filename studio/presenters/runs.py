"""Keeps the run browser true to the runs folder, and what the person says of runs true to their files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot

from ganengine.errors import StorageError
from ganengine.events import Progress
from ganengine.runs.about import RunAbout, change_about
from ganengine.runs.index import RunIndex
from ganengine.runs.lineage import family_of
from ganengine.runs.query import asks_for_archived, matches
from ganengine.runs.summary import RunSummary
from studio.presenters.runs_actions import RunActionsPresenter
from studio.presenters.runs_lineage import lineage_items
from studio.presenters.runs_thumbnails import Thumbnails
from studio.session import message_for
from studio.views.run_browser import RunBrowser
from studio.views.run_browser_actions import MOST_COMPARED
from studio.views.run_browser_model import RunTableModel

if TYPE_CHECKING:
    from ganengine.runs.index import Changes
    from studio.main_window import MainWindow
    from studio.workspace import Workspace

EVERY = 2000  # milliseconds between two looks at the folder
SOON = 250
_COLUMNS = "runs/columns"
_SHARE = 20  # a look may take one part in so many of the time
Change = Callable[[RunAbout], RunAbout]


@dataclass(frozen=True)
class _Said:
    """What the person said of runs, and is being written."""

    paths: tuple[Path, ...]
    change: Change


class RunsPresenter(QObject):
    """Fills the Runs dock while it is in sight.

    Attributes:
        view: the dock's content.
        index: the runs.
        actions: what is done with the chosen ones.
    """

    def __init__(self, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(window)
        self._window, self._session, self._tasks = window, window.session, window.run_tasks
        self.index = RunIndex(window.session.runs_dir)
        self.thumbnails = Thumbnails(self._tasks, window.devicePixelRatioF(), self)
        self._model = RunTableModel(matches, self)
        self.view = RunBrowser(self._model, self.thumbnails.of)
        self._said: list[_Said] = []
        self._is_reading = self._is_filled = self._wants_again = False
        self._measured: Path | None = None
        self._is_in_front = not window.runs_dock.visibleRegion().isEmpty()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self.thumbnails.arrived.connect(self._model.thumbnail_arrived)
        self.actions = RunActionsPresenter(self, window, workspace)
        columns = window.settings.store.value(_COLUMNS)
        if isinstance(columns, QByteArray):
            self.view.table.restore_columns(columns)
        self._connect()

    @property
    def chosen(self) -> list[RunSummary]:
        """The chosen runs."""
        return self.view.table.chosen

    def _connect(self) -> None:
        view, session = self.view, self._session
        view.shown.connect(self._look)
        view.hidden.connect(self._timer.stop)
        self._window.runs_dock.visibilityChanged.connect(self._on_visibility)
        view.searched.connect(self._search)
        view.actions_.show_archived.toggled.connect(self._search)
        view.table.chosenChanged.connect(self._show_details)
        view.details.titleEdited.connect(lambda path, title: self.say([path], lambda a: replace(a, title=title)))
        view.details.tagsEdited.connect(lambda path, tags: self.say([path], lambda a: replace(a, tags=tuple(tags))))
        view.details.notesEdited.connect(lambda path, notes: self.say([path], lambda a: replace(a, notes=notes)))
        view.details.runChosen.connect(self.choose)
        self._window.runs_dock.toggleViewAction().triggered.connect(self._on_toggled)
        session.progressed.connect(self._on_progress)
        session.ended.connect(lambda: self._model.set_live(None))
        for signal in (session.runStarted, session.ended, session.checkpointSaved, session.samplesArrived):
            signal.connect(self.refresh_soon)

    @property
    def is_seen(self) -> bool:
        """Whether the dock is open, and no other is in front of it."""
        return self._is_in_front and self.view.isVisible()

    @Slot(bool)
    def _on_visibility(self, is_in_front: bool) -> None:
        self._is_in_front = is_in_front
        self._look()

    @Slot()
    def _look(self) -> None:
        """Begin to follow the folder, or stop it."""
        if self.is_seen:
            self.refresh()
        else:
            self._timer.stop()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        if shown:
            self.view.search.setFocus()

    # -- the folder ----------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Look what changed on disk, in the background."""
        if self._is_reading:
            self._wants_again = True
            return
        if self.index.root != self._session.runs_dir:
            self.index, self._is_filled = RunIndex(self._session.runs_dir), False
        index = self.index
        self._is_reading, self._wants_again = True, False
        self._tasks.run(lambda: _timed(index), lambda found: self._take(index, *found), self._on_trouble)

    @Slot()
    def refresh_soon(self) -> None:
        """Look soon, if anybody sees it; several wishes make one look."""
        if self.is_seen and not (self._timer.isActive() and self._timer.remainingTime() <= SOON):
            self._timer.start(SOON)

    def _take(self, index: RunIndex, changes: Changes, seconds: float) -> None:
        self._is_reading = False
        if index is not self.index or index.root != self._session.runs_dir:
            self.refresh()  # another folder was chosen meanwhile
            return
        if changes or not self._is_filled:
            self._is_filled = True
            self.show_runs()
        self._wait(seconds, again=self._wants_again or not changes.is_complete)

    def _on_trouble(self, error: Exception) -> None:
        self._is_reading = False
        if not self._is_filled:
            self.view.show_notice(f"The runs cannot be listed. {message_for(error)}")
        self._wait(0.0, again=False)

    def _wait(self, seconds: float, *, again: bool) -> None:
        if self.is_seen:
            self._timer.start(SOON if again else max(EVERY, round(_SHARE * seconds * 1000)))

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_runs(self) -> None:
        """Show the runs as they are known now."""
        runs = [self._as_said(run) for run in self.index.runs]
        self._model.set_runs(runs)
        self.view.search.learn(runs)
        if runs:
            self.view.show_table()
        else:
            self.view.show_notice(
                f"No runs yet: press Start, and your first run appears here.\nRuns are kept in {self.index.root}"
            )
        self._show_details()

    @Slot()
    def _search(self) -> None:
        query = self.view.search.text()
        archived = self.view.actions_.show_archived.isChecked() or asks_for_archived(query)
        self._model.search(query, with_archived=archived)
        self.view.show_count()
        self._show_details()

    @Slot()
    def _show_details(self) -> None:
        chosen, details = self.chosen, self.view.details
        self.actions.offer()
        if len(chosen) != 1:
            hint = "Compare shows them" if len(chosen) <= MOST_COMPARED else f"Choose up to {MOST_COMPARED} to see them"
            many = f"{len(chosen):,} runs are chosen.\n{hint} side by side."
            details.show_message(many if chosen else "Choose a run to see what is known of it.")
            return
        run = chosen[0]
        try:
            family = lineage_items(family_of(self._model.runs, run.name))
        except KeyError:
            family = []
        details.show_run(run, family)
        self._measure(run.path)

    def choose(self, path: Path) -> None:
        """Choose a run, also one that the search hides."""
        if self.view.table.choose(path):
            return
        run = self._model.find(path)
        if run is not None and run.archived:
            self.view.actions_.show_archived.setChecked(True)
        self.view.search.clear()
        self.view.table.choose(path)

    def _measure(self, path: Path) -> None:
        """Find out how much room the chosen run takes."""
        if path != self._measured:
            self._measured = path
            self._tasks.run(
                lambda: _size_text(path) if self._measured == path else "",
                lambda said: self.view.details.show_size(path, said) if said else None,
                lambda error: None,
            )

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        if self.is_seen and self._session.run_path:
            self._model.set_live(self._session.run_path, event.step, event.total_steps)

    # -- what the person says of runs ----------------------------------------------------------------------------------

    def say(self, paths: Sequence[Path], change: Change) -> None:
        """Change what the person says of runs: at once here, then in their files."""
        said = _Said(tuple(paths), change)
        self._said.append(said)
        index = self.index
        self._tasks.run(
            lambda: _write(said, index),
            lambda _: self._on_written(said),
            lambda error: self._on_written(said, error),
        )
        self.show_runs()

    def _on_written(self, said: _Said, error: Exception | None = None) -> None:
        self._said.remove(said)
        if error:
            self._window.messages.error("This was not kept", message_for(error))
        self.show_runs()

    def _as_said(self, run: RunSummary) -> RunSummary:
        changes = [said.change for said in self._said if run.path in said.paths]
        if not changes:
            return run
        about = RunAbout(run.title, run.tags, run.notes, run.archived)
        for change in changes:
            about = change(about)
        return replace(run, title=about.title, tags=about.tags, notes=about.notes, archived=about.archived)

    # -- from one start to the next ------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Write what was said last, and keep how the columns are arranged."""
        self.view.details.commit()
        self._timer.stop()
        for said in self._said:  # in the background they may come too late; to write one twice does no harm
            with suppress(StorageError):
                _write(said, None)
        self._window.settings.store.setValue(_COLUMNS, self.view.table.columns_state())


def _timed(index: RunIndex) -> tuple[Any, float]:
    began = time.monotonic()
    return index.refresh(), time.monotonic() - began


def _write(said: _Said, index: RunIndex | None) -> None:
    for path in said.paths:
        change_about(path, said.change)
    if index is not None:
        index.refresh()


def _size_text(path: Path) -> str:
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.size import in_words, size_of

    size = size_of(RunDirectory(path))
    parts = [f"{size.checkpoints.count:,} checkpoints"] if size.checkpoints.count > 1 else []
    parts += [f"{size.samples.count:,} samples"] if size.samples.count > 1 else []
    return " · ".join([in_words(size.total), *parts])
