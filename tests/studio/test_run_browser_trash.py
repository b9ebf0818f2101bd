"""Runs that the person throws away: asked first, never one that is trained, and brought back on request."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.presenters import runs as runs_module
from studio.presenters import runs_trash
from tests.studio.run_browser_helpers import TIMEOUT, answer, choose, make_run, messages, show, trained, undo


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the window is made."""
    monkeypatch.setattr(runs_module, "EVERY", 50)
    monkeypatch.setattr(runs_module, "SOON", 10)


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop's trash of this test's own."""
    (tmp_path / ".qttest" / "share").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / ".qttest" / "share" / "Trash"


def test_runs_go_to_the_trash_after_a_question_and_come_back(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = trained(runs_dir), make_run(runs_dir, 2)
    before = sorted(file.relative_to(path) for file in path.rglob("*") if not file.name.endswith(".lock"))
    presenter = show(qtbot, window, 2, 1)
    presenter.actions.open(path)
    assert window.workspace is not None
    experiment = window.workspace.experiment
    qtbot.waitUntil(lambda: experiment.loaded is not None, timeout=TIMEOUT)
    choose(presenter, path)
    asked = answer(monkeypatch, "keep")
    presenter.view.actions_.trash.trigger()
    qtbot.waitUntil(lambda: bool(asked), timeout=TIMEOUT)
    assert path.name in asked[0]
    assert "checkpoint" in asked[0]
    assert path.is_dir()
    answer(monkeypatch, "trash")
    presenter.view.actions_.trash.trigger()
    show(qtbot, window, 2)
    assert not path.exists()
    assert (trash / "files" / path.name / "run.json").is_file()
    assert experiment.loaded is None  # what is gone is not gone on with
    assert other.is_dir()
    qtbot.waitUntil(lambda: "was moved to the trash" in messages(window), timeout=TIMEOUT)
    undo(window)
    show(qtbot, window, 2, 1)
    assert sorted(file.relative_to(path) for file in path.rglob("*") if not file.name.endswith(".lock")) == before
    assert not list((trash / "info").iterdir())


def test_where_there_is_no_trash_nothing_is_lost(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_run(runs_dir, 1)
    monkeypatch.setattr(runs_trash.QFile, "moveToTrash", lambda _: False)
    presenter = show(qtbot, window, 1)
    answer(monkeypatch, "trash")
    presenter.actions.trash()
    qtbot.waitUntil(lambda: "there is no trash" in messages(window), timeout=TIMEOUT)
    assert (path / "run.json").is_file()
    moved = runs_trash.put_back([runs_trash.Trashed(path, tmp_path / "gone")])
    assert "there is another 00001-digits now" in moved.reasons[0]
