"""Plans in the queue: asked for in a dialog, begun at once or later, and followed beside each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ganengine.plans import Axis, Plan
from ganengine.queue.store import Queue
from ganengine.runs.directory import RunDirectory, list_runs
from studio.main_window import MainWindow
from studio.views.plan_dialog import PlanDialog
from tests.studio.queue_helpers import (
    TIMEOUT,
    carry_out,
    close_window,
    dock_of,
    fill,
    open_window,
    show_settings,
    statuses,
    tiny,
    told,
)


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> Iterator[MainWindow]:
    shown = open_window(qtbot, settings, runs_dir)
    yield shown
    close_window(qtbot, shown)


def add_plan(qtbot: QtBot, window: MainWindow, plan: Plan) -> None:
    """Let the runs of a plan wait."""
    dock_of(window).add_plan(plan, starts_now=False)
    qtbot.waitUntil(lambda: "were added" in told(window))


def test_what_is_added_while_something_trains_follows_it(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    show_settings(window, tiny(300))
    with qtbot.waitSignal(window.session.runStarted, timeout=TIMEOUT):
        window.actions_.start.trigger()
    with qtbot.waitSignal(dock_of(window).queue.halted, timeout=TIMEOUT):
        window.actions_.add_to_queue.trigger()
        assert "when this training is over" in told(window)
    assert statuses(runs_dir) == ["finished"]
    assert [run.info()["status"] for run in list_runs(runs_dir)] == ["finished"] * 2


def test_a_plan_comes_before_what_waits_and_leaves_it_waiting(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    fill(runs_dir, tiny())
    dock = dock_of(window)
    dock.queue.refresh()
    plan = Plan.of_axes(tiny(), [Axis(("training.seed",), (1, 2))])
    assert window.workspace is not None
    follower = window.workspace.comparing.plan
    with qtbot.waitSignal(follower.ended, timeout=TIMEOUT):
        dock.add_plan(plan, starts_now=True)
    assert statuses(runs_dir) == ["waiting", "finished", "finished"]
    assert [turn.value for turn in follower.turns] == ["finished", "finished"]
    assert [path and RunDirectory(path).config().training.seed for path in follower.paths] == [1, 2]
    assert not dock.queue.is_active


def test_a_plan_is_followed_past_what_stands_between_its_runs(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    assert window.workspace is not None
    dock, follower = dock_of(window), window.workspace.comparing.plan
    add_plan(qtbot, window, Plan.of_one(tiny(10)).repeated(2))
    (between,) = fill(runs_dir, tiny(11))
    Queue(runs_dir).move(between.id, 1)
    dock.queue.refresh()
    starts: list[str] = []
    follower.started.connect(lambda: starts.append(follower.title))
    carry_out(qtbot, window)
    assert [run.config().training.steps for run in list_runs(runs_dir)] == [10, 11, 10]
    assert [turn.value for turn in follower.turns] == ["finished", "finished"]
    assert len(starts) == 1
    assert not follower.is_active


def test_only_a_plan_that_was_asked_for_comes_to_the_front(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    assert window.workspace is not None
    dock, view = dock_of(window), window.workspace.comparing.view
    fill(runs_dir, tiny())
    dock.queue.refresh()
    add_plan(qtbot, window, Plan.of_one(tiny()).repeated(2))
    carry_out(qtbot, window)
    assert window.tabs.indexOf(view) >= 0
    assert window.tabs.currentWidget() is not view
    with qtbot.waitSignal(dock.queue.halted, timeout=TIMEOUT):
        dock.add_plan(Plan.of_one(tiny()).repeated(2), starts_now=True)
    assert window.tabs.currentWidget() is view


def test_settings_are_varied_in_a_dialog(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_settings(window, tiny(12))

    def answer(dialog: PlanDialog) -> int:
        line = dialog.vary("training.batch_size").findChild(QLineEdit)
        assert line is not None
        line.setText("4, 8")
        button = dialog.findChild(QPushButton, "planAdd")
        assert button is not None
        dialog.look()
        button.click()
        return dialog.result()

    monkeypatch.setattr(PlanDialog, "exec", answer)
    window.actions_.vary_settings.trigger()
    qtbot.waitUntil(lambda: "2 runs were added" in told(window))
    items = Queue(runs_dir).items()
    assert [item.title for item in items] == ["batch size 4", "batch size 8"]
    assert [Queue(runs_dir).config(item.id).training.batch_size for item in items] == [4, 8]
    assert not window.session.is_active


def test_a_plan_that_was_begun_before_the_start_is_followed_whole(
    qtbot: QtBot, settings: QSettings, runs_dir: Path
) -> None:
    queue = Queue(runs_dir)
    queue.add(Plan.of_one(tiny(40)).repeated(2).runs())
    claim = queue.claim_next()
    assert claim is not None
    with claim:
        claim.done(claim.launch().run())
    window = open_window(qtbot, settings, runs_dir)
    assert window.workspace is not None
    comparing = window.workspace.comparing
    carry_out(qtbot, window)
    assert [turn.value for turn in comparing.plan.turns] == ["finished", "finished"]
    assert comparing.plan.paths == [run.path for run in list_runs(runs_dir)]
    qtbot.waitUntil(lambda: [column.step for column in comparing.view.columns] == [40, 40], timeout=TIMEOUT)
    close_window(qtbot, window)
