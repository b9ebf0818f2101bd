"""The way of a comparison through the real window: queue three optimizers, compare, report, fork earlier, lineage."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from ganengine.plans import Plan, parse_vary
from ganengine.queue.store import Queue
from ganengine.runs.directory import RunDirectory, list_runs
from ganengine.runs.index import RunIndex
from ganengine.runs.lineage import family_of
from studio.main_window import MainWindow
from studio.session import SessionState
from studio.views.lineage_view import LineageCanvas
from tests.studio.queue_helpers import TIMEOUT, carry_out, close_window, dock_of, open_window, statuses, tiny

OPTIMIZERS = "optimizer_g.kind,optimizer_d.kind=sgd,rmsprop,adam"


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> Iterator[MainWindow]:
    shown = open_window(qtbot, settings, runs_dir)
    yield shown
    close_window(qtbot, shown)


def test_queue_compare_report_fork_lineage(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = window.workspace
    assert workspace is not None

    # Three optimizers into the queue, which trains them one after the other.
    base = tiny(40, {"recording.checkpoint_every": 20})
    dock_of(window).add_plan(Plan.of_axes(base, [parse_vary(OPTIMIZERS)]), starts_now=False)
    qtbot.waitUntil(lambda: len(Queue(runs_dir).items()) == 3, timeout=TIMEOUT)
    qtbot.waitUntil(window.actions_.queue_go_on.isEnabled, timeout=TIMEOUT)
    carry_out(qtbot, window)
    assert statuses(runs_dir) == ["finished"] * 3
    runs = list_runs(runs_dir)
    assert [run.config().optimizer_g.kind for run in runs] == ["sgd", "rmsprop", "adam"]

    # Side by side, and as a report.
    view = workspace.comparing.view
    workspace.comparing.compare.open([run.path for run in runs])
    qtbot.waitUntil(lambda: [column.step for column in view.columns] == [40, 40, 40], timeout=TIMEOUT)
    report = tmp_path / "three.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(report), "HTML"))
    workspace.comparing.compare.save_report()
    qtbot.waitUntil(report.exists, timeout=TIMEOUT)
    text = report.read_text(encoding="utf-8")
    assert all(name in text for name in ("SGD", "RMSprop", "Adam"))

    # Back to step 20 of the last one, and on from there with another learning rate.
    adam = runs[2]
    workspace.open_path(adam.path)
    qtbot.waitUntil(lambda: window.moment_bar.moment is not None, timeout=TIMEOUT)
    window.timeline.select(20)
    qtbot.waitUntil(lambda: workspace.travel.moment.step == 20, timeout=TIMEOUT)
    fork = window.findChild(QPushButton, "momentFork")
    assert fork is not None
    fork.click()
    qtbot.waitUntil(lambda: workspace.experiment.loaded is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: workspace.experiment.loaded.step == 20, timeout=TIMEOUT)
    workspace.form.put({"optimizer_g.lr": 0.0001})
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
    assert window.session.state == SessionState.FINISHED

    forked = RunDirectory.open(window.session.run_path)
    assert forked.config().optimizer_g.lr == 0.0001
    assert [point.step for point in forked.metrics()] == [point.step for point in adam.metrics()]

    # The lineage knows where it came from.
    index = RunIndex(runs_dir)
    index.refresh()
    tree = family_of(index.runs, forked.name)
    assert tree.name == adam.name
    assert [(child.name, child.step) for child in tree.children] == [(forked.name, 20)]
    window.runs_dock.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: workspace.runs.view.table.model().rowCount() == 4, timeout=TIMEOUT)
    workspace.runs.choose(forked.path)
    canvas = workspace.runs.view.findChild(LineageCanvas)
    assert canvas is not None
    qtbot.waitUntil(lambda: {item.path for item in canvas.items} == {adam.path, forked.path}, timeout=TIMEOUT)
