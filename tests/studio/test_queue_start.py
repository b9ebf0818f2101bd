"""What waits in the queue when the studio starts: offered, gone on with by itself, or left to another program."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from ganengine.events import MetricsEvent
from ganengine.queue.store import Queue
from ganengine.runs.directory import list_runs
from studio.closing import Closing
from studio.main_window import MainWindow
from studio.views.queue_view_rows import Standing
from tests.studio.queue_helpers import (
    ENDLESS,
    TIMEOUT,
    carry_out,
    close_window,
    dock_of,
    fill,
    open_window,
    press_offer,
    row,
    standings,
    statuses,
    tiny,
    told,
)


def test_what_waits_is_offered_after_a_start(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> None:
    fill(runs_dir, tiny(), tiny())
    window = open_window(qtbot, settings, runs_dir)
    assert "2 runs wait in the queue" in told(window)
    assert not window.session.is_active
    with qtbot.waitSignal(dock_of(window).queue.halted, timeout=TIMEOUT):
        press_offer(window, "Go on with the queue")
    assert statuses(runs_dir) == ["finished", "finished"]
    close_window(qtbot, window)


def test_it_goes_on_by_itself_where_that_was_chosen(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> None:
    window = open_window(qtbot, settings, runs_dir)
    dock_of(window).view.set_automatic(True)
    close_window(qtbot, window)
    fill(runs_dir, tiny())
    again = open_window(qtbot, settings, runs_dir)
    qtbot.waitUntil(lambda: statuses(runs_dir) == ["finished"], timeout=TIMEOUT)
    close_window(qtbot, again)


def test_closed_in_the_middle_it_goes_on_exactly_the_next_time(
    qtbot: QtBot, settings: QSettings, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.closing.ask_closing", lambda parent: Closing.SAVE)
    fill(runs_dir, tiny(ENDLESS), tiny())
    window = open_window(qtbot, settings, runs_dir)
    dock_of(window).go_on()
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        pass
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=TIMEOUT)
    close_window(qtbot, window)
    assert statuses(runs_dir) == ["waiting", "waiting"]
    (run,) = list_runs(runs_dir)
    (reached,) = run.checkpoints.steps()

    again = open_window(qtbot, settings, runs_dir)
    assert f"goes on at step {reached:,}" == _note_of_first(qtbot, again)
    with qtbot.waitSignal(again.session.runStarted, timeout=TIMEOUT) as started:
        press_offer(again, "Go on with the queue")
    assert (started.args[0].directory, started.args[0].step) == (run.path, reached)
    close_window(qtbot, again)


def _note_of_first(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.waitUntil(lambda: "goes on" in row(window, 0).note, timeout=TIMEOUT)
    return row(window, 0).note


def test_what_another_program_trains_is_shown_and_left_alone(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> None:
    fill(runs_dir, tiny(ENDLESS), tiny())
    claim = Queue(runs_dir).claim_next()
    assert claim is not None
    trainer = claim.launch()
    window = open_window(qtbot, settings, runs_dir)
    dock = dock_of(window)
    assert standings(window) == [Standing.ELSEWHERE, Standing.WAITING]
    assert "in the queue" not in told(window)  # the other program carries it out
    trainer.directory.append_metrics(MetricsEvent(250_000, 1.0, 8, 2.0, {}))
    trainer.directory.update_info({"total_steps": ENDLESS})
    qtbot.waitUntil(lambda: row(window, 0).note == "250,000 of 1,000,000 steps", timeout=TIMEOUT)
    assert row(window, 0).done == 0.25
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["running", "finished"]
    claim.put_back()
    trainer.directory.release()
    qtbot.waitUntil(lambda: standings(window)[0] == Standing.WAITING, timeout=TIMEOUT)
    assert dock.queue.due
    close_window(qtbot, window)


def test_a_damaged_queue_is_told_of_and_what_is_left_of_it_goes_on(
    qtbot: QtBot, settings: QSettings, runs_dir: Path
) -> None:
    fill(runs_dir, tiny(), tiny())
    (runs_dir / ".queue" / "queue.json").write_text('{"items": [', encoding="utf-8")
    window = open_window(qtbot, settings, runs_dir)
    assert "damaged" in told(window)
    assert Queue(runs_dir).snapshot().notices == ()  # told once
    assert standings(window) == [Standing.WAITING, Standing.WAITING]
    window.messages.clear()
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["finished", "finished"]
    close_window(qtbot, window)
