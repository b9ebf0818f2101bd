"""The Runs dock in the real window: what is on disk is listed, opened, named, forked, compared and thrown away."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from ganengine.runs.about import RunAbout, read_about, write_about
from ganengine.runs.directory import RunDirectory
from studio.main_window import MainWindow
from studio.presenters import runs as runs_module
from studio.presenters import runs_actions, runs_trash
from studio.presenters.runs import RunsPresenter
from studio.views.run_browser_model import Column
from tests.studio.run_browser_helpers import (
    TIMEOUT,
    choose,
    listed,
    make_run,
    messages,
    show,
    trained,
    undo,
)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the window is made."""
    monkeypatch.setattr(runs_module, "EVERY", 50)
    monkeypatch.setattr(runs_module, "SOON", 10)


# -- what is listed -------------------------------------------------------------------------------------


def test_the_dock_says_why_it_is_empty_and_fills_by_itself(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    assert not window.runs_dock.isVisible()
    presenter = show(qtbot, window)
    qtbot.waitUntil(lambda: "No runs yet: press Start" in presenter.view.notice.text, timeout=TIMEOUT)
    assert str(runs_dir) in presenter.view.notice.text
    path = make_run(runs_dir, 3)
    show(qtbot, window, 3)
    make_run(runs_dir, 4)
    show(qtbot, window, 4, 3)
    assert [run.path for run in presenter.chosen] == [path]  # what is looked at stays
    (path / "run.json").write_text(json.dumps(json.loads((path / "run.json").read_text()) | {"message": "Enough."}))
    qtbot.waitUntil(lambda: presenter.view.details.facts().get("Because") == "Enough.", timeout=TIMEOUT)
    window.log_dock.toggleViewAction().trigger()  # in front of it
    qtbot.waitUntil(lambda: not presenter.is_seen and not presenter._timer.isActive(), timeout=TIMEOUT)
    make_run(runs_dir, 5)
    window.runs_dock.raise_()
    show(qtbot, window, 5, 4, 3)
    window.runs_dock.hide()
    assert not presenter._timer.isActive()


def test_a_damaged_run_is_listed_with_the_reason_and_opened_as_far_as_it_can_be(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    path = make_run(runs_dir, 1, samples=3)
    (path / "config.toml").write_text("[training\n")
    presenter = show(qtbot, window, 1)
    qtbot.waitUntil(lambda: presenter.view.model.rows[0].damage != "", timeout=TIMEOUT)
    cell = presenter.view.model.index(0, Column.STATUS)
    assert presenter.view.model.data(cell) == "damaged"
    assert "config.toml" in presenter.view.model.data(cell, Qt.ItemDataRole.ToolTipRole)
    presenter.view.actions_.open.trigger()
    qtbot.waitUntil(lambda: window.gallery.images is not None, timeout=TIMEOUT)
    assert window.timeline.current_step == 300
    qtbot.waitUntil(lambda: "it cannot go on" in messages(window), timeout=TIMEOUT)


def test_a_run_without_run_json_shows_what_it_has(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    path = make_run(runs_dir, 1, samples=2)
    (path / "run.json").unlink()
    presenter = show(qtbot, window, 1)
    assert "run.json is missing" in presenter.view.details._damage.text()
    presenter.view.actions_.open.trigger()
    qtbot.waitUntil(lambda: window.gallery.images is not None, timeout=TIMEOUT)
    assert window.timeline.current_step == 200


def test_thumbnails_come_for_those_in_sight(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    for number in range(1, 41):
        make_run(runs_dir, number)
    broken = runs_dir / "00040-digits" / "samples" / "step-00000100.png"
    broken.write_bytes(broken.read_bytes()[:60])
    presenter = show(qtbot, window, *range(40, 0, -1))
    pictures = presenter.thumbnails
    known = presenter.view.model.rows
    qtbot.waitUntil(lambda: len(pictures.of(known[1])) == 4, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: known[0].path in pictures._made, timeout=TIMEOUT)
    assert pictures.of(known[0]) == []  # and is not tried again
    assert known[39].path not in pictures._made


# -- what the person says of runs -----------------------------------------------------------------------


def test_name_tags_and_notes_are_kept_and_found(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    first, second = make_run(runs_dir, 1), make_run(runs_dir, 2)
    presenter = show(qtbot, window, 2, 1)
    choose(presenter, first)
    presenter.view.actions_.rename.trigger()
    details = presenter.view.details
    details.title.selectAll()
    QTest.keyClicks(details.title, "Clean sevens")
    QTest.keyClick(details.title, Qt.Key.Key_Return)
    details.tags.setFocus()
    QTest.keyClicks(details.tags, "good, my digits")
    details.notes.setFocus()
    QTest.keyClicks(details.notes, "half the rate")
    choose(presenter, second)
    wanted = RunAbout("Clean sevens", ("good", "my-digits"), "half the rate")
    qtbot.waitUntil(lambda: read_about(first) == wanted, timeout=TIMEOUT)
    presenter.view.search.setText("tag:good sevens rate")
    assert listed(presenter) == [1]
    presenter.view.search.setText("tag:bad")
    assert listed(presenter) == []
    presenter.choose(second)  # e.g. from the lineage: also what the search hides
    assert [run.path for run in presenter.chosen] == [second]


def test_what_was_typed_last_is_kept_when_the_window_closes(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    path = make_run(runs_dir, 1)
    details = show(qtbot, window, 1).view.details
    details.notes.setFocus()
    QTest.keyClicks(details.notes, "good night")
    window.close()
    assert read_about(path).notes == "good night"


def test_several_runs_get_a_tag_and_go_into_the_archive_and_back(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [make_run(runs_dir, number) for number in (1, 2, 3)]
    write_about(paths[0], RunAbout(tags=("old",)))
    presenter = show(qtbot, window, 3, 2, 1)
    choose(presenter, *paths[:2])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("worth it", True))
    presenter.view.actions_.add_tag.trigger()
    presenter.view.actions_.archive.trigger()
    assert listed(presenter) == [3]  # at once
    qtbot.waitUntil(lambda: read_about(paths[0]) == RunAbout(tags=("old", "worth-it"), archived=True), timeout=TIMEOUT)
    assert read_about(paths[1]).tags == ("worth-it",)
    presenter.view.search.setText("is:archived")
    assert listed(presenter) == [2, 1]
    presenter.view.search.clear()
    undo(window)
    show(qtbot, window, 3, 2, 1)
    qtbot.waitUntil(lambda: not read_about(paths[1]).archived, timeout=TIMEOUT)


def test_what_cannot_be_kept_is_taken_back(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganengine.errors import StorageError

    def full(*_: object) -> RunAbout:
        raise StorageError("what is said of the run", runs_dir, OSError(28, "No space left on device"))

    path = make_run(runs_dir, 1)
    presenter = show(qtbot, window, 1)
    monkeypatch.setattr(runs_module, "change_about", full)
    presenter.say([path], lambda about: RunAbout("New"))
    assert presenter.view.model.rows[0].title == "New"
    qtbot.waitUntil(lambda: presenter.view.model.rows[0].title == "", timeout=TIMEOUT)
    assert "No space left" in messages(window)


# -- to go on with --------------------------------------------------------------------------------------


def test_a_run_is_opened_and_forked_and_the_lineage_shows_it(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    path = trained(runs_dir)
    presenter = show(qtbot, window, 1)
    assert window.workspace is not None
    experiment = window.workspace.experiment
    QTest.keyClick(presenter.view.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: experiment.loaded is not None, timeout=TIMEOUT)
    assert experiment.loaded is not None
    assert (experiment.loaded.run, experiment.loaded.step) == (path, 4)
    presenter.view.actions_.fork.trigger()
    qtbot.waitUntil(lambda: experiment.loaded is not None and experiment.loaded.run is None, timeout=TIMEOUT)
    assert f"begins a new run from step 4 of {path.name}" in messages(window)
    window.workspace.form.put({"training.steps": 8})
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
        assert not presenter.view.actions_.fork.isEnabled()
    show(qtbot, window, 2, 1)
    qtbot.waitUntil(lambda: presenter.view.model.rows[0].step == 8, timeout=TIMEOUT)
    assert RunDirectory.open(presenter.view.model.rows[0].path).info()["parent"]["step"] == 4
    presenter.choose(path)
    items = presenter.view.details.lineage.canvas.items
    assert [(item.path, item.start, item.end) for item in items] == [
        (path, 0, 4),
        (presenter.view.model.rows[0].path, 4, 8),
    ]
    assert json.loads((path / "run.json").read_text())["step"] == 4  # the parent is as it was


def test_a_run_is_exported_from_the_list_whatever_is_shown(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    path = make_run(runs_dir, 1)
    presenter = show(qtbot, window, 1)
    presenter.view.actions_.export.trigger()
    assert window.workspace is not None
    dialog = window.workspace.publishing.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert path.name in dialog.windowTitle()
    dialog.close()


def test_where_the_newest_checkpoint_is_damaged_the_one_before_is_opened(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    path = trained(runs_dir, {"recording.checkpoint_every": 2})
    newest = RunDirectory(path).checkpoints.path(4)
    newest.write_bytes(newest.read_bytes()[:500])
    presenter = show(qtbot, window, 1)
    presenter.view.actions_.open.trigger()
    assert window.workspace is not None
    experiment = window.workspace.experiment
    qtbot.waitUntil(lambda: experiment.loaded is not None, timeout=TIMEOUT)
    assert experiment.loaded is not None
    assert (experiment.loaded.run, experiment.loaded.step) == (path, 2)
    assert "step-00000004.pt is damaged" in messages(window)


def test_the_chosen_runs_are_compared(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    paths = [make_run(runs_dir, number) for number in (1, 2, 3)]
    presenter = show(qtbot, window, 3, 2, 1)
    compare = presenter.view.actions_.compare
    assert not compare.isEnabled()
    choose(presenter, paths[2], paths[0])
    assert (compare.isEnabled(), compare.text()) == (True, "Compare 2")
    assert window.workspace is not None
    compared: list[list[Path]] = []
    window.workspace.comparing.compare.open = compared.append  # type: ignore[method-assign, assignment]
    compare.trigger()
    assert compared == [[paths[0], paths[2]]]


def test_a_run_that_another_program_trains_is_watched_and_not_thrown_away(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_run(runs_dir, 1, status="running", step=50)
    other = RunDirectory.open(path)
    other.acquire()
    try:
        presenter = show(qtbot, window, 1)
        actions = presenter.view.actions_
        assert (actions.open.text(), actions.trash.isEnabled()) == ("Watch", False)
        assert presenter.view.model.data(presenter.view.model.index(0, Column.STATUS)) == "running 50%"
        outcome = runs_trash.to_trash([path])  # it may have begun since the question was asked
        assert (outcome.moved, path.is_dir()) == ([], True)
        assert "being trained" in outcome.reasons[0]
        assert window.workspace is not None
        watched: list[Path] = []
        monkeypatch.setattr(window.workspace, "watch", watched.append)
        actions.open.trigger()
        assert watched == [path]
    finally:
        other.release()
    qtbot.waitUntil(lambda: actions.open.text() == "Open", timeout=TIMEOUT)


# -- the whole ------------------------------------------------------------------------------------------


def test_another_runs_folder_and_columns_of_the_last_time(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, settings: QSettings
) -> None:
    make_run(runs_dir, 1)
    presenter = show(qtbot, window, 1)
    elsewhere = tmp_path / "elsewhere"
    make_run(elsewhere, 7)
    window.session.runs_dir = elsewhere
    show(qtbot, window, 7)
    toggle = next(action for action in presenter.view.table.columns_menu().actions() if action.text() == "Best")
    toggle.setChecked(not toggle.isChecked())
    presenter.remember()
    again = RunsPresenter(window, window.workspace)  # type: ignore[arg-type]
    header = again.view.table.horizontalHeader()
    assert header.isSectionHidden(Column.BEST) == presenter.view.table.horizontalHeader().isSectionHidden(Column.BEST)
    again.view.deleteLater()


@pytest.mark.parametrize("act", ["copy_path", "show_folder"])
def test_the_folder_can_be_found(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    path = make_run(runs_dir, 1)
    presenter = show(qtbot, window, 1)
    shown: list[str] = []
    open_url: Callable[..., None] = lambda url: shown.append(url.toLocalFile())  # noqa: E731
    monkeypatch.setattr(runs_actions.QDesktopServices, "openUrl", open_url)
    getattr(presenter.view.actions_, act).trigger()
    assert (shown or [QApplication.clipboard().text()]) == [str(path)]
