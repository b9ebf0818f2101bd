"""Does what is asked for the chosen runs: open, compare, fork, name, tag, archive, trash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QInputDialog

from ganengine.runs.about import clean_tags
from studio.messages import ask
from studio.presenters.runs_remains import Remains, read_remains, show_remains
from studio.presenters.runs_trash import Outcome, Trashed, put_back, to_trash, what_goes
from studio.session import message_for
from studio.views.run_browser_text import counted

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary
    from studio.main_window import MainWindow
    from studio.presenters.runs import RunsPresenter
    from studio.workspace import Workspace


class RunActionsPresenter(QObject):
    """Carries the browser's actions out."""

    def __init__(self, runs: RunsPresenter, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(runs)
        self._runs, self._window, self._workspace = runs, window, workspace
        self._session, self._messages, self._tasks = window.session, window.messages, window.run_tasks
        actions = runs.view.actions_
        actions.open.triggered.connect(self.open_chosen)
        actions.compare.triggered.connect(self.compare)
        actions.fork.triggered.connect(self.fork)
        actions.export.triggered.connect(self.export)
        actions.rename.triggered.connect(self.rename)
        actions.add_tag.triggered.connect(self.add_tag)
        actions.archive.triggered.connect(self.archive)
        actions.show_folder.triggered.connect(self.show_folder)
        actions.copy_path.triggered.connect(self.copy_path)
        actions.trash.triggered.connect(self.trash)
        runs.view.table.opened.connect(self.open)
        runs.view.details.runOpened.connect(self.open)
        window.session.stateChanged.connect(self.offer)

    @Slot()
    def offer(self) -> None:
        """Offer what can be done with the chosen runs now."""
        own = self._session.run_path if self._session.is_active else None
        self._runs.view.actions_.show_chosen(self._runs.chosen, own, idle=not self._session.is_active)

    # -- to look at ----------------------------------------------------------------------------------------------------

    @Slot()
    def open_chosen(self) -> None:
        """Open the chosen run."""
        if run := self._one():
            self.open(run.path)

    @Slot(object)
    def open(self, path: Path) -> None:
        """Show a run: as it is trained, here or by another program, or as its newest checkpoint left it."""
        run = self._runs.index.get(path.name)
        if self._session.is_active and path == self._session.run_path:
            self._window.tabs.setCurrentIndex(0)
        elif self._session.is_active:
            self._messages.warning("A training is running. Stop it before you open another run.")
        elif run is not None and run.is_active:
            self._workspace.watch(path)
        else:
            self._window.tabs.setCurrentIndex(0)
            self._workspace.checkpoints.load(path, otherwise=lambda error: self._look(path, error))

    def _look(self, path: Path, error: Exception) -> None:
        """Show the images and curves of a run that cannot go on from a checkpoint."""

        def show(remains: Remains) -> None:
            if remains.is_empty or self._session.is_active:
                self._messages.error(f"{path.name} was not opened", message_for(error))
                return
            show_remains(remains, self._window, self._workspace)
            self._messages.warning("Its images and curves are shown, but it cannot go on", message_for(error))

        self._tasks.run(lambda: read_remains(path), show, self._complain)

    @Slot()
    def compare(self) -> None:
        """Show the chosen runs side by side, the oldest first."""
        paths = [run.path for run in sorted(self._runs.chosen, key=lambda run: (run.number, run.name))]
        if len(paths) > 1:
            self._workspace.comparing.compare.open(paths)

    @Slot()
    def fork(self) -> None:
        """Put the newest checkpoint of the chosen run into the form, for a new run."""
        if run := self._one():
            self._window.tabs.setCurrentIndex(0)
            self._workspace.checkpoints.load(run.path, as_fork=True)

    @Slot()
    def export(self) -> None:
        """Publish the chosen run, whatever the window shows."""
        if run := self._one():
            self._workspace.publishing.open_run(run.path)

    @Slot()
    def show_folder(self) -> None:
        """Open the chosen run's folder."""
        if run := self._one():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path)))

    @Slot()
    def copy_path(self) -> None:
        """Put the folders of the chosen runs on the clipboard, one a line."""
        QGuiApplication.clipboard().setText("\n".join(str(run.path) for run in self._runs.chosen))

    # -- to say of it --------------------------------------------------------------------------------------------------

    @Slot()
    def rename(self) -> None:
        """Let the person type the chosen run's name."""
        if self._one():
            title = self._runs.view.details.title
            title.setFocus()
            title.selectAll()

    @Slot()
    def add_tag(self) -> None:
        """Ask for a tag, and give it to the chosen runs."""
        paths = [run.path for run in self._runs.chosen]
        text, accepted = QInputDialog.getText(self._window, "Add a tag", f"Tag for {counted(len(paths), 'run')}:")
        tags = tuple(clean_tags(text.split(",")))
        if accepted and tags and paths:
            self._runs.say(paths, lambda about: replace(about, tags=tuple(dict.fromkeys((*about.tags, *tags)))))

    @Slot()
    def archive(self) -> None:
        """Take the chosen runs out of the list, or put them back."""
        away = self._runs.view.actions_.archives
        paths = [run.path for run in self._runs.chosen if run.archived != away]
        if not paths:
            return
        self._runs.say(paths, lambda about: replace(about, archived=away))
        if away:
            self._messages.info(
                f"{_named(paths)} archived.",
                action="Undo",
                on_action=lambda: self._runs.say(paths, lambda about: replace(about, archived=False)),
            )

    # -- away with it --------------------------------------------------------------------------------------------------

    @Slot()
    def trash(self) -> None:
        """Ask, and move the chosen runs to the trash, but for those that are trained."""
        paths = [run.path for run in self._runs.chosen if not run.is_active]
        busy = [run.name for run in self._runs.chosen if run.is_active]
        if paths:
            self._tasks.run(lambda: what_goes(paths), lambda text: self._ask(paths, busy, text), self._complain)

    def _ask(self, paths: list[Path], busy: list[str], what: str) -> None:
        title = f"Move {paths[0].name if len(paths) == 1 else counted(len(paths), 'run')} to the trash?"
        stays = f"\n\n{', '.join(busy)} is being trained, and stays." if busy else ""
        text = f"{what}\n\nRuns that were forked from it stay as they are.{stays}"
        if ask(self._window, title, text, {"trash": "Move to trash", "keep": "Keep"}) == "trash":
            self._tasks.run(lambda: to_trash(paths), self._on_trashed, self._complain)

    def _on_trashed(self, outcome: Outcome) -> None:
        moved = [run.place for run in outcome.moved]
        self._forget(moved)
        self._runs.refresh()
        if moved:
            back = [run for run in outcome.moved if run.trash]
            self._messages.info(
                f"{_named(moved)} moved to the trash.",
                action="Undo" if back else "",
                on_action=(lambda: self._put_back(back)) if back else None,
            )
        if outcome.reasons:
            self._messages.error("Not all runs went to the trash", " ".join(outcome.reasons))

    def _put_back(self, back: list[Trashed]) -> None:
        def done(outcome: Outcome) -> None:
            self._runs.refresh()
            if outcome.reasons:
                self._messages.error("Not all runs came back", " ".join(outcome.reasons))

        self._tasks.run(lambda: put_back(back), done, self._complain)

    def _forget(self, gone: list[Path]) -> None:
        """Show nothing any more of a run that went."""
        samples, loaded = self._window.gallery.samples_dir, self._workspace.experiment.loaded
        shown = {samples.parent if samples else None, loaded.path.parent.parent if loaded else None}
        if shown & set(gone) and not self._session.is_active:
            self._window.actions_.new_run.trigger()

    def _complain(self, error: Exception) -> None:
        self._messages.error("The runs stay where they are", message_for(error))

    def _one(self) -> RunSummary | None:
        chosen = self._runs.chosen
        return chosen[0] if len(chosen) == 1 else None


def _named(paths: list[Path]) -> str:
    return f"{paths[0].name} was" if len(paths) == 1 else f"{counted(len(paths), 'run')} were"
