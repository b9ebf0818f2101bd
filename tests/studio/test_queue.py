"""The queue in the real window: filled, carried out one after the other, held, changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from ganengine.queue.store import Queue
from ganengine.runs.directory import list_runs
from studio.main_window import MainWindow
from studio.views.queue_view_rows import Standing
from tests.studio.queue_helpers import (
    ENDLESS,
    TIMEOUT,
    carry_out,
    close_window,
    dock_of,
    fill,
    filled,
    open_window,
    row,
    show_settings,
    standings,
    statuses,
    tiny,
    told,
)


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> Iterator[MainWindow]:
    shown = open_window(qtbot, settings, runs_dir)
    yield shown
    close_window(qtbot, shown)


def test_what_is_in_the_form_is_added_and_waits(window: MainWindow, runs_dir: Path) -> None:
    assert window.queue_dock.isHidden()
    assert not window.actions_.queue_go_on.isEnabled()
    show_settings(window, tiny(30))
    window.actions_.add_to_queue.trigger()
    assert not window.queue_dock.isHidden()
    (item,) = Queue(runs_dir).items()
    assert Queue(runs_dir).config(item.id).training.steps == 30
    assert standings(window) == [Standing.WAITING]
    assert not window.session.is_active  # until somebody starts it
    assert "1 run was added" in told(window)
    assert window.actions_.queue_go_on.isEnabled()


def test_a_form_that_must_be_mended_adds_nothing(window: MainWindow, runs_dir: Path) -> None:
    assert window.workspace is not None
    window.workspace.form.put({"optimizer_g.lr": "much"})
    window.actions_.add_to_queue.trigger()
    assert Queue(runs_dir).items() == ()
    assert "mended" in told(window)


def test_all_are_trained_one_after_the_other(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    base = tiny(7)
    show_settings(window, base)
    filled(window, tiny(20), tiny(25))
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["finished", "finished"]
    assert [run.info()["status"] for run in list_runs(runs_dir)] == ["finished", "finished"]
    assert [run.config().training.steps for run in list_runs(runs_dir)] == [20, 25]
    assert "The queue is done: 2 finished" in told(window)
    assert window.workspace is not None
    assert window.workspace.form.config() == base  # as it was before the queue showed its own
    qtbot.waitUntil(lambda: "20 steps" in row(window, 0).note and len(row(window, 0).pictures) == 3)
    assert [shown.folder for shown in dock_of(window).view.model.rows] == [run.name for run in list_runs(runs_dir)]


def test_while_it_runs_the_row_tells_how_far_it_is(qtbot: QtBot, window: MainWindow) -> None:
    filled(window, tiny(ENDLESS), tiny())
    dock_of(window).go_on()
    qtbot.waitUntil(lambda: "of 1,000,000 steps" in row(window, 0).note, timeout=TIMEOUT)
    assert standings(window) == [Standing.RUNNING, Standing.WAITING]
    assert row(window, 0).done is not None
    assert "queue: run 1, 1 more waits" in window.statusBar().findChild(object, "statusState").text()  # type: ignore[union-attr]


def test_a_run_that_fails_does_not_hold_up_the_next(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    wild = {"optimizer_g.kind": "sgd", "optimizer_g.lr": 1.0, "loss.kind": "lsgan", "optimizer_d.kind": "sgd"}
    filled(window, tiny(2000, {**wild, "optimizer_d.lr": 1.0}), tiny())
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["failed", "finished"]
    assert "blew up" in row(window, 0).note
    assert "1 failed" in told(window)


def test_without_images_the_others_are_not_tried(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path
) -> None:
    nowhere = {"data.source": "folder", "data.path": str(tmp_path / "nowhere")}
    filled(window, tiny(20, nowhere), tiny(20, nowhere))
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["failed", "waiting"]


def test_stop_holds_the_rest_up_and_retry_goes_on_exactly(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    first, second = fill(runs_dir, tiny(ENDLESS), tiny())
    dock = dock_of(window)
    dock.queue.refresh()
    dock.go_on()
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        pass
    with qtbot.waitSignal(dock.queue.halted, timeout=TIMEOUT):
        window.actions_.stop.trigger()
    assert statuses(runs_dir) == ["stopped", "waiting"]
    (run,) = list_runs(runs_dir)
    assert "stands still" in told(window)
    reached = run.checkpoints.steps()[-1]

    dock.view.choose([first.id])
    assert not dock.view.acts["Skip"].isEnabled()
    assert dock.view.acts["Retry"].isEnabled()
    dock.view.acts["Retry"].trigger()
    assert standings(window) == [Standing.WAITING, Standing.WAITING]
    begins: list[int] = []
    window.session.runStarted.connect(lambda event: begins.append(event.step))
    with qtbot.waitSignal(window.session.runStarted, timeout=TIMEOUT):
        dock.go_on()
    assert begins == [reached]
    assert len(list_runs(runs_dir)) == 1
    assert second.id in [item.id for item in dock.queue.due]


def test_skip_leaves_the_running_one_out_and_goes_on(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    first, _, third = fill(runs_dir, tiny(ENDLESS), tiny(), tiny())
    dock = dock_of(window)
    dock.queue.refresh()
    dock.view.choose([third.id])
    dock.view.acts["Skip"].trigger()
    dock.go_on()
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        pass
    dock.view.choose([first.id])
    with qtbot.waitSignal(dock.queue.halted, timeout=TIMEOUT):
        dock.view.acts["Skip"].trigger()
    assert statuses(runs_dir) == ["stopped", "finished", "skipped"]


def test_held_the_running_one_ends_and_no_other_begins(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    filled(window, tiny(400), tiny())
    dock = dock_of(window)
    dock.go_on()
    with qtbot.waitSignal(dock.queue.began, timeout=TIMEOUT):
        pass
    with qtbot.waitSignal(dock.queue.halted, timeout=TIMEOUT):
        dock.queue.hold()
    assert statuses(runs_dir) == ["finished", "waiting"]
    assert Queue(runs_dir).snapshot().paused
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["finished", "finished"]
    assert not Queue(runs_dir).snapshot().paused


def test_rows_change_places_together(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    ids = [item.id for item in fill(runs_dir, *[tiny()] * 5)]
    dock = dock_of(window)
    dock.queue.refresh()

    def order() -> list[int]:
        return [ids.index(item.id) for item in Queue(runs_dir).items()]

    dock.queue.move([ids[3], ids[1]], 0)
    assert order() == [1, 3, 0, 2, 4]
    dock.queue.move([ids[1], ids[0]], 5)
    assert order() == [3, 2, 4, 1, 0]
    dock.queue.move([ids[4], ids[2]], 4)  # what is between them already stays there
    assert order() == [3, 1, 2, 4, 0]

    # By keyboard and buttons, the selection moves along.
    dock.view.choose([ids[2], ids[4]])
    dock.view.acts["MoveUp"].trigger()
    qtbot.waitUntil(lambda: order() == [3, 2, 4, 1, 0])
    assert dock.view.chosen() == [ids[2], ids[4]]
    dock.view.acts["MoveDown"].trigger()
    qtbot.waitUntil(lambda: order() == [3, 1, 2, 4, 0])
    assert [shown.id for shown in dock.view.model.rows] == [ids[number] for number in order()]


def test_finished_ones_can_be_tidied_away(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    filled(window, tiny(), tiny())
    carry_out(qtbot, window)
    filled(window, tiny())
    dock_of(window).view.tidyWanted.emit()
    assert statuses(runs_dir) == ["waiting"]
    assert len(list_runs(runs_dir)) == 2
