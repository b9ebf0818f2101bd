"""Looking back: settings in force, new images from the nearest checkpoint, a fork from there; also while it trains."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ganengine.commands import Edit
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.export.grid import load_sample
from ganengine.runs.directory import RunDirectory, list_runs
from ganengine.runs.history import config_at
from ganengine.sampler import Sampler
from studio.main_window import MainWindow
from studio.session import SessionState
from studio.views.moment_bar import MomentBar
from studio.views.moment_dialog import MomentDialog
from tests.ganengine.helpers import make_trainer, quick_config, run_of

TIMEOUT = 30_000
LR = "optimizer_g.lr"
SETTINGS = {
    "training.steps": 60,
    "recording.log_every": 2,
    "recording.sample_every": 5,
    "recording.checkpoint_every": 20,
    LR: 0.001,
}


@pytest.fixture
def run(runs_dir: Path) -> RunDirectory:
    """60 steps, a sample every 5, a checkpoint every 20, another learning rate after step 30."""
    trainer = make_trainer(runs_dir, SETTINGS, (30, Edit({LR: 0.0005})), dataset=MNIST5k().load())
    trainer.run()
    return run_of(trainer)


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, run: RunDirectory) -> MainWindow:
    assert window.workspace is not None
    window.workspace.open_path(run.path)
    qtbot.waitUntil(lambda: window.moment_bar.moment is not None, timeout=TIMEOUT)
    return window


def look_at(qtbot: QtBot, window: MainWindow, step: int) -> MomentBar:
    window.timeline.select(step)
    qtbot.waitUntil(lambda: window.gallery.step == step, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: window.moment_bar.moment is not None and window.moment_bar.moment.step == step)
    assert window.moment_bar.isVisible()
    return window.moment_bar


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name) or window.findChild(QToolButton, name)
    assert isinstance(button, QPushButton | QToolButton)
    assert button.isEnabled()
    button.click()


def marks(window: MainWindow) -> list[str]:
    assert window.workspace is not None
    return window.workspace.plots.panes[0].markers.texts()


def test_one_slider_moves_images_plots_and_settings(qtbot: QtBot, opened: MainWindow, run: RunDirectory) -> None:
    assert opened.workspace is not None
    bar = look_at(qtbot, opened, 25)
    assert np.array_equal(opened.gallery.images, load_sample(run.sample_path(25)))
    assert opened.workspace.plots.panes[0].cursor_line == 25
    assert bar.moment is not None
    assert bar.moment.settings.startswith("G: Adam 0.001 · D: Adam 0.0002")
    assert bar.moment.checkpoint == "Checkpoint of step 20, 5 steps before"
    assert bar.moment.edits == ""
    facts = bar.findChild(QLabel, "momentFacts")
    assert facts is not None
    assert facts.accessibleName() == "Checkpoint of step 20, 5 steps before"

    bar = look_at(qtbot, opened, 40)
    assert bar.moment is not None
    assert bar.moment.settings.startswith("G: Adam 0.0005")
    assert bar.moment.checkpoint == "Checkpoint of this step"
    assert bar.moment.edits == "G learning rate 0.001 → 0.0005 at step 30"

    opened.timeline.go_live()
    assert bar.moment is not None
    assert bar.moment.step == 60
    assert opened.workspace.plots.panes[0].cursor_line is None


def test_the_details_tell_everything_at_that_step(qtbot: QtBot, opened: MainWindow) -> None:
    look_at(qtbot, opened, 25)
    press(opened, "momentDetails")
    (dialog,) = opened.findChildren(MomentDialog)
    texts = dialog.texts()
    assert texts["Generator's optimizer"]["Learning rate"] == "0.001"
    assert texts["Changed until here, the newest first"] == {"Nothing": "as the run began"}
    assert list(texts["Checkpoints"]) == ["Step 60", "Step 40", "Step 20"]
    assert texts["On the disk"]["This run"].startswith("3 checkpoints of ")
    assert "the newest 3, 10 of the older ones" in texts["On the disk"]["Checkpoints"]
    dialog.close()


def test_new_images_come_from_the_nearest_checkpoint(qtbot: QtBot, opened: MainWindow, run: RunDirectory) -> None:
    look_at(qtbot, opened, 30)
    gallery = opened.gallery
    press(opened, "momentGenerate")
    qtbot.waitUntil(lambda: gallery.shown is not None and gallery.shown.seed is not None, timeout=TIMEOUT)
    assert gallery.shown is not None
    assert gallery.shown.seed is not None
    assert gallery.shown.checkpoint == run.checkpoints.path(20)
    expected = Sampler.from_checkpoint(run.checkpoints.path(20)).images(4, gallery.shown.seed)
    assert np.array_equal(gallery.shown.images, expected)
    assert opened.timeline.current_step == 30, "the slider stays"
    opened.grid.fixedNoiseRequested.emit()
    qtbot.waitUntil(lambda: gallery.step == 30)
    assert np.array_equal(gallery.images, load_sample(run.sample_path(30)))


def test_a_fork_at_an_earlier_step_records_parent_and_step(
    qtbot: QtBot, opened: MainWindow, run: RunDirectory, runs_dir: Path
) -> None:
    workspace = opened.workspace
    assert workspace is not None
    look_at(qtbot, opened, 25)
    press(opened, "momentFork")
    qtbot.waitUntil(lambda: workspace.experiment.loaded is not None and workspace.experiment.loaded.step == 20)
    assert workspace.form.config().optimizer_g.lr == 0.001, "the settings of that step"
    workspace.form.put({LR: 0.004, "training.steps": 30})
    with qtbot.waitSignal(opened.session.ended, timeout=TIMEOUT):
        opened.actions_.start.trigger()
    fork = list_runs(runs_dir)[-1]
    assert fork.path == opened.session.run_path != run.path
    info = fork.info()
    assert (info["parent"]["run"], info["parent"]["step"]) == (run.name, 20)
    assert config_at(fork, 30).optimizer_g.lr == 0.004
    assert config_at(fork, 10).optimizer_g.lr == 0.001
    assert any(text.startswith(f"Forked from {run.name}: ") and "0.001 → 0.004" in text for text in marks(opened))
    assert workspace.plots.history.place_of(10, "step") == 10, "what came before the fork is still drawn"

    workspace.open_path(fork.path)  # and when it is opened again
    qtbot.waitUntil(lambda: workspace.experiment.loaded is not None and workspace.experiment.loaded.step == 30)
    assert [text for text in marks(opened) if text.startswith("Forked from")] == [
        f"Forked from {run.name}: G learning rate 0.001 → 0.004, training.steps 60 → 30"
    ]


def test_a_fork_from_the_newest_checkpoint_is_a_new_run_too(
    qtbot: QtBot, opened: MainWindow, run: RunDirectory, runs_dir: Path
) -> None:
    assert opened.workspace is not None
    experiment = opened.workspace.experiment
    assert experiment.loaded is not None
    assert experiment.loaded.run == run.path
    press(opened, "momentFork")
    qtbot.waitUntil(lambda: experiment.loaded is not None and experiment.loaded.run is None)
    opened.workspace.form.put({"training.steps": 64})  # may change in a running training: alone it would go on
    with qtbot.waitSignal(opened.session.ended, timeout=TIMEOUT):
        opened.actions_.start.trigger()
    assert len(list_runs(runs_dir)) == 2
    assert run.metrics()[-1].step == 60


def test_going_on_with_another_rate_is_marked(qtbot: QtBot, opened: MainWindow, run: RunDirectory) -> None:
    assert opened.workspace is not None
    opened.workspace.form.put({LR: 0.002, "training.steps": 66})
    with qtbot.waitSignal(opened.session.ended, timeout=TIMEOUT):
        opened.actions_.start.trigger()
    assert opened.session.run_path == run.path
    assert marks(opened)[0] == "G learning rate 0.001 → 0.0005"
    assert "G learning rate 0.0005 → 0.002" in marks(opened)[1]
    assert len(marks(opened)) == 2


def test_a_run_that_goes_on_without_having_been_opened_shows_its_past(
    qtbot: QtBot, window: MainWindow, run: RunDirectory
) -> None:
    assert window.workspace is not None
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.session.resume(run.path, {"training.steps": 66})
    assert window.workspace.plots.point_count == 33
    assert marks(window)[0] == "G learning rate 0.001 → 0.0005"
    assert window.timeline.steps == (*range(0, 66, 5), 66)


def endless(window: MainWindow) -> None:
    assert window.workspace is not None
    config = quick_config({**SETTINGS, "training.steps": 1_000_000})
    window.workspace.experiment.show_settings(config)
    window.actions_.start.trigger()


def answer(window: MainWindow, name: str) -> None:
    def click() -> None:
        button = window.findChild(QPushButton, name)
        assert button is not None
        button.click()

    QTimer.singleShot(0, window, click)


def test_looking_back_does_not_disturb_a_training(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    assert window.workspace is not None
    endless(window)
    qtbot.waitUntil(lambda: len(window.timeline.steps) > 8, timeout=TIMEOUT)
    assert not window.moment_bar.isVisible(), "nobody looks back"
    look_at(qtbot, window, 10)
    qtbot.waitUntil(lambda: bool(window.moment_bar.moment and window.moment_bar.moment.checkpoint), timeout=TIMEOUT)
    press(window, "momentGenerate")
    gallery = window.gallery
    qtbot.waitUntil(lambda: gallery.shown is not None and gallery.shown.checkpoint is not None, timeout=TIMEOUT)
    newest = window.timeline.steps[-1]
    qtbot.waitUntil(lambda: window.timeline.steps[-1] >= newest + 15, timeout=TIMEOUT)
    assert window.session.state == SessionState.RUNNING
    assert gallery.shown is not None
    assert gallery.shown.checkpoint is not None, "what is looked at stays"
    assert window.timeline.current_step == 10

    window.session.edit({LR: 0.01})
    qtbot.waitUntil(lambda: marks(window) != [])
    step = window.timeline.steps[-1]
    look_at(qtbot, window, window.timeline.steps[-2])
    window.timeline.select(10)
    assert step > 10
    assert window.moment_bar.moment is not None
    assert window.moment_bar.moment.edits == ""

    answer(window, "choice_keep")
    press(window, "momentFork")
    assert window.session.state == SessionState.RUNNING

    parent = window.session.run_path
    answer(window, "choice_stop")
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        press(window, "momentFork")
    experiment = window.workspace.experiment
    qtbot.waitUntil(lambda: experiment.loaded is not None, timeout=TIMEOUT)
    assert experiment.loaded is not None
    assert experiment.loaded.step == 20, "there is none before step 10"
    assert experiment.loaded.path.parent.parent == parent
    assert RunDirectory(experiment.loaded.path.parent.parent).info()["status"] == "stopped"


def test_samples_that_were_thinned_out_leave_the_timeline(qtbot: QtBot, opened: MainWindow, run: RunDirectory) -> None:
    run.sample_path(15).unlink()
    opened.timeline.select(15)
    qtbot.waitUntil(lambda: 15 not in opened.timeline.steps)
    qtbot.waitUntil(lambda: opened.gallery.step == 10)


def test_a_run_without_checkpoints_says_so(qtbot: QtBot, window: MainWindow, run: RunDirectory) -> None:
    for step in run.checkpoints.steps():
        run.checkpoints.path(step).unlink()
    assert window.workspace is not None
    window.workspace.watch(run.path)
    qtbot.waitUntil(lambda: window.moment_bar.moment is not None, timeout=TIMEOUT)
    assert window.moment_bar.moment is not None
    assert window.moment_bar.moment.checkpoint == ""
    for name in ("momentFork", "momentGenerate"):
        button = window.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
        assert "no checkpoint" in button.toolTip()
