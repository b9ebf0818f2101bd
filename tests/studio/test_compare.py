"""Comparisons in the real window: a plan from one action, its runs side by side, and runs that were there before."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from ganengine.cli import main
from ganengine.export.grid import load_sample
from ganengine.runs.directory import RunDirectory, list_runs
from studio.closing import Closing
from studio.main_window import MainWindow
from studio.presenters.compare_tab import CompareTab
from studio.presenters.plan import Turn
from studio.session import SessionState
from studio.views.compare_dialog import CompareDialog
from studio.views.compare_view import CompareView

TIMEOUT = 90_000
PRESET = """
[about]
title = "Three optimizers"
[compare]
title = "Compare optimizers"
[[compare.variation]]
name = "SGD"
changes = { "optimizer_g.kind,optimizer_d.kind" = "sgd", "optimizer_g.lr,optimizer_d.lr" = SGD_LR, loss = SGD_LOSS }
[[compare.variation]]
name = "RMSprop"
changes = { "optimizer_g.kind,optimizer_d.kind" = "rmsprop" }
[[compare.variation]]
name = "Adam"
changes = { "optimizer_g.kind,optimizer_d.kind" = "adam" }
[generator]
kind = "mlp"
widths = [8]
[discriminator]
kind = "mlp"
widths = [8]
[training]
steps = STEPS
batch_size = 8
device = "cpu"
[recording]
log_every = 5
sample_every = 20
sample_count = 9
"""


def write_preset(folder: Path, steps: int, sgd_lr: float = 0.01, sgd_loss: str = "nonsaturating") -> None:
    text = (
        PRESET.replace("STEPS", str(steps))
        .replace("SGD_LR", str(sgd_lr))
        .replace("SGD_LOSS", f'{{kind = "{sgd_loss}"}}')
    )
    (folder / "three.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "presets"
    folder.mkdir()
    monkeypatch.setenv("GAN_STUDIO_PRESETS", str(folder))
    write_preset(folder, steps=60)
    return folder


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path, presets: Path) -> Iterator[MainWindow]:
    shown = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(shown.ready, timeout=TIMEOUT):
        shown.show()
    yield shown
    if shown.session.is_active:
        with qtbot.waitSignal(shown.session.ended, timeout=TIMEOUT):
            shown.session.stop(save=False)
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents()


def tab(window: MainWindow) -> CompareTab:
    assert window.workspace is not None
    return window.workspace.comparing


def messages(window: MainWindow) -> str:
    return " ".join(f"{message.text} {message.detail}" for message in window.messages.bar.messages())


def choose_preset(window: MainWindow, name: str) -> None:
    combo = window.findChild(QComboBox, "presetCombo")
    assert combo is not None
    combo.setCurrentIndex(combo.findData(name))
    combo.activated.emit(combo.currentIndex())


def compare(qtbot: QtBot, window: MainWindow) -> None:
    """Carry the preset's comparison out, to its end."""
    choose_preset(window, "three")
    with qtbot.waitSignal(tab(window).plan.ended, timeout=TIMEOUT):
        window.actions_.compare_runs.trigger()


def wait_for(qtbot: QtBot, view: CompareView, steps: list[int | None]) -> None:
    """Until each column shows the images of its step."""
    qtbot.waitUntil(lambda: [column.step for column in view.columns] == steps, timeout=TIMEOUT)


def in_dialog(name: str, act: Callable[[QDialog], None]) -> None:
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.objectName() == name:
            act(dialog)
        else:
            QTimer.singleShot(10, QApplication.instance(), look)

    QTimer.singleShot(0, QApplication.instance(), look)


def test_one_action_makes_three_runs_and_shows_them_side_by_side(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    action = window.actions_.compare_runs
    assert not action.isVisible()  # the default preset compares nothing
    assert window.tabs.indexOf(tab(window).view) < 0
    choose_preset(window, "three")
    assert (action.isVisible(), action.isEnabled(), action.text()) == (True, True, "Compare optimizers")
    base = window.workspace.form.config()  # type: ignore[union-attr]
    places: list[str] = []
    tab(window).plan.changed.connect(lambda _: places.append(tab(window).plan.place))
    with qtbot.waitSignal(tab(window).plan.ended, timeout=TIMEOUT):
        action.trigger()
        assert not action.isEnabled()
        assert window.tabs.currentWidget() is tab(window).view
        assert [column.status for column in tab(window).view.columns] == ["running", "waiting", "waiting"]
    assert "run 2 of 3: RMSprop" in places

    runs = list_runs(runs_dir)
    assert [run.config().optimizer_g.kind for run in runs] == ["sgd", "rmsprop", "adam"]
    assert [run.info()["status"] for run in runs] == ["finished"] * 3
    assert len({run.info()["group"]["id"] for run in runs}) == 1
    view = tab(window).view
    assert view.title == "Compare optimizers"
    assert [column.title for column in view.columns] == ["SGD", "RMSprop", "Adam"]
    assert [column.status for column in view.columns] == [f"finished · step 60 · {run.name}" for run in runs]
    assert window.session.state == SessionState.FINISHED
    assert "all 3 runs have finished" in messages(window)
    assert window.workspace.form.config() == base  # type: ignore[union-attr]
    assert action.isEnabled()

    # All at the newest step, then one slider takes all to an earlier one.
    wait_for(qtbot, view, [60, 60, 60])
    assert all(column.canvas.shown == 9 for column in view.columns)
    view.timeline.select(40)
    wait_for(qtbot, view, [40, 40, 40])
    view.timeline.go_live()
    wait_for(qtbot, view, [60, 60, 60])

    # The curves are the runs' own, with one scale for each loss and one range of steps for all.
    view.plots.set_smoothing(0.0)
    view.plots.redraw_now()
    for index, run in enumerate(runs):
        for key in ("loss/d_real", "loss/d_fake", "loss/g"):
            x, y = view.plots.plots[key, index].drawn()
            assert x.tolist() == [point.step for point in run.metrics()]
            assert y == pytest.approx([point.values[key] for point in run.metrics()])
    for key in ("loss/d_real", "loss/d_fake", "loss/g"):
        ranges = [view.plots.plots[key, index].ranges for index in range(3)]
        assert ranges[0] == ranges[1] == ranges[2]
    assert len({plot.ranges[0] for plot in view.plots.plots.values()}) == 1
    assert view.plots.plots["loss/g", 0].corner.startswith("G  ")


def test_the_plots_make_room_and_come_back(qtbot: QtBot, window: MainWindow, settings: QSettings) -> None:
    compare(qtbot, window)
    assert window.plots_dock.isHidden()
    window.tabs.setCurrentIndex(0)
    assert not window.plots_dock.isHidden()
    window.tabs.setCurrentWidget(tab(window).view)
    assert window.plots_dock.isHidden()
    window.close()  # what is remembered has the plots
    assert not window.plots_dock.isHidden()


def test_a_run_that_fails_does_not_stop_the_plan(
    qtbot: QtBot, window: MainWindow, presets: Path, runs_dir: Path
) -> None:
    write_preset(presets, steps=200, sgd_lr=10.0, sgd_loss="lsgan")
    compare(qtbot, window)
    assert tab(window).plan.turns == [Turn.FAILED, Turn.FINISHED, Turn.FINISHED]
    assert [run.info()["status"] for run in list_runs(runs_dir)] == ["failed", "finished", "finished"]
    column = tab(window).view.columns[0]
    assert column.status.startswith("failed: The training blew up")
    assert "SGD failed" in messages(window)


def test_stop_ends_the_whole_plan(qtbot: QtBot, window: MainWindow, presets: Path, runs_dir: Path) -> None:
    write_preset(presets, steps=1_000_000)
    choose_preset(window, "three")
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        window.actions_.compare_runs.trigger()
    with qtbot.waitSignal(tab(window).plan.ended, timeout=TIMEOUT):
        window.actions_.stop.trigger()
    assert tab(window).plan.turns == [Turn.STOPPED, Turn.SKIPPED, Turn.SKIPPED]
    assert len(list_runs(runs_dir)) == 1
    assert not window.session.is_active
    assert "stopped after 0 of 3" in messages(window)
    assert [column.status.partition(" ·")[0] for column in tab(window).view.columns] == [
        "stopped", "not begun", "not begun"
    ]  # fmt: skip


def test_the_window_can_be_closed_while_a_plan_runs(
    qtbot: QtBot, window: MainWindow, presets: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.closing.ask_closing", lambda parent: Closing.SAVE)
    write_preset(presets, steps=1_000_000)
    choose_preset(window, "three")
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        window.actions_.compare_runs.trigger()
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=TIMEOUT)
    (run,) = list_runs(runs_dir)
    assert run.info()["status"] == "stopped"
    assert len(run.checkpoints.steps()) == 1


def test_a_bad_value_is_shown_before_anything_starts(
    qtbot: QtBot, window: MainWindow, presets: Path, runs_dir: Path
) -> None:
    write_preset(presets, steps=60, sgd_lr=99.0)
    choose_preset(window, "three")
    window.actions_.compare_runs.trigger()
    assert not window.session.is_active
    assert not tab(window).plan.is_active
    assert list_runs(runs_dir) == []
    assert "mended" in messages(window)
    write_preset(presets, steps=60)
    compare(qtbot, window)
    assert len(list_runs(runs_dir)) == 3


# -- runs that there are -----------------------------------------------------------------------------------------------


def make_runs(runs_dir: Path, *steps: int) -> list[RunDirectory]:
    for seed, length in enumerate(steps):
        quick = ["--preset", "three", "--steps", str(length), "--set", f"training.seed={seed}", "--device", "cpu"]
        assert main(["train", *quick, "--runs", str(runs_dir)]) == 0
    return list_runs(runs_dir)


def test_any_runs_can_be_compared_and_the_report_saved(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = make_runs(runs_dir, 60, 40, 20)

    def tick(dialog: QDialog) -> None:
        assert isinstance(dialog, CompareDialog)
        assert len(dialog.chosen) == 2  # the newest two, to begin with
        dialog.runs.item(0).setCheckState(Qt.CheckState.Unchecked)
        dialog.runs.item(2).setCheckState(Qt.CheckState.Checked)
        dialog.accept()

    in_dialog("compareDialog", tick)
    with qtbot.waitSignal(tab(window).compare.shown, timeout=TIMEOUT):
        window.actions_.compare_existing.trigger()
    view = tab(window).view
    assert [column.title for column in view.columns] == ["steps 60, seed 0", "steps 40, seed 1"]
    wait_for(qtbot, view, [40, 40])
    view.timeline.go_live()
    wait_for(qtbot, view, [60, 40])
    view.timeline.select(20)
    wait_for(qtbot, view, [20, 20])

    target = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "HTML"))
    save = view.findChild(QPushButton, "compareSave")
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(target.exists, timeout=TIMEOUT)
    text = target.read_text(encoding="utf-8")
    HTMLParser().feed(text)
    assert "Generated images at step 20" in text
    assert runs[0].name in text
    assert runs[2].name not in text


def test_the_run_that_is_trained_here_is_compared_meanwhile(
    qtbot: QtBot, window: MainWindow, presets: Path, runs_dir: Path
) -> None:
    (earlier,) = make_runs(runs_dir, 20)
    write_preset(presets, steps=1_000_000)
    choose_preset(window, "three")
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT):
        window.actions_.start.trigger()
    assert window.actions_.compare_existing.isEnabled()
    here = window.session.run_path
    assert here is not None
    compare, view = tab(window).compare, tab(window).view
    with qtbot.waitSignal(compare.shown, timeout=TIMEOUT):
        compare.open([earlier.path, here])
    assert view.columns[1].status.startswith("running")
    seen = view.timeline.steps[-1]
    qtbot.waitUntil(lambda: view.timeline.steps[-1] > seen + 40, timeout=TIMEOUT)
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.session.stop()
    qtbot.waitUntil(lambda: view.columns[1].status.startswith("stopped"), timeout=TIMEOUT)
    run, track = RunDirectory(here), compare.tracks[1]
    assert track.history.column("loss/g")[0].tolist() == [point.step for point in run.metrics()]
    assert track.steps == run.sample_steps()
    wait_for(qtbot, view, [20, run.sample_steps()[-1]])


def test_the_samples_shown_are_those_in_the_files(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    compare(qtbot, window)
    view = tab(window).view
    view.timeline.select(20)
    wait_for(qtbot, view, [20, 20, 20])
    for run, column in zip(list_runs(runs_dir), view.columns, strict=True):
        expected = load_sample(run.sample_path(20))[0, 5, 5, 0]
        (layout,) = column.canvas.layouts
        picture, zoom = column.canvas.composed_image(), layout.zoom
        left, top, *_ = layout.cell(0)
        x, y = left + 5 * zoom, top + picture.height() - layout.total_height + 5 * zoom
        assert picture.pixelColor(x, y).red() == expected
