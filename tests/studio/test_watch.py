"""A run that a second, real process trains, watched by the studio: nothing is disturbed, everything keeps up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.events import MetricsEvent
from ganengine.export.grid import load_sample
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs
from studio.main_window import MainWindow
from studio.session import SessionState
from tests.ganengine.helpers import make_trainer, quick_config, run_of

TIMEOUT = 60_000
SMALL = {
    "training.steps": 30,
    "recording.log_every": 2,
    "recording.sample_every": 5,
    "recording.checkpoint_every": 10,
}

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def trainer_process(runs_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """`ganengine train`, without end."""
    changes = {"training.steps": 1_000_000, "recording.log_every": 20, "recording.sample_every": 100}
    changes |= {"recording.sample_count": 4, "recording.checkpoint_every": 100, "training.batch_size": 4}
    sets = [part for path, value in changes.items() for part in ("--set", f"{path}={value}")]
    sets += ["--set", "generator.widths=[8]", "--set", "discriminator.widths=[8]", "--device", "cpu"]
    command = [sys.executable, "-m", "ganengine", "train", "--preset", "mnist-simple", "--runs", str(runs_dir), *sets]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(timeout=60)


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    button.click()


def test_a_run_of_another_process_is_followed_until_it_ends(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, trainer_process: "subprocess.Popen[str]"
) -> None:
    workspace = window.workspace
    assert workspace is not None
    settings_before = workspace.form.config()
    qtbot.waitUntil(
        lambda: bool(list_runs(runs_dir)) and len(list_runs(runs_dir)[0].sample_steps()) > 1, timeout=TIMEOUT
    )
    run = list_runs(runs_dir)[0]

    workspace.open_path(run.path)  # as from the browser, the menu or the command line: it is being trained
    plots, gallery, banner = workspace.plots, window.gallery, window.watch_banner
    qtbot.waitUntil(lambda: gallery.images is not None and plots.point_count > 0, timeout=TIMEOUT)
    assert banner.isVisible()
    assert banner.text.startswith(f"Watching {run.name}, trained by another program · step ")
    assert run.name in window.windowTitle()
    assert window.session.state == SessionState.IDLE
    assert window.actions_.start.isEnabled()
    assert window.grid.message == ""
    assert workspace.form.config() == settings_before

    step, points = gallery.step, plots.point_count
    qtbot.waitUntil(lambda: gallery.step > step and plots.point_count > points, timeout=TIMEOUT)
    shown = gallery.shown
    assert shown is not None
    assert np.array_equal(shown.images, load_sample(run.sample_path(shown.step)))

    window.timeline.select(100)  # looking back, while it goes on
    qtbot.waitUntil(lambda: gallery.step == 100, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: bool(window.moment_bar.moment and window.moment_bar.moment.checkpoint), timeout=TIMEOUT)
    newest = window.timeline.steps[-1]
    qtbot.waitUntil(lambda: window.timeline.steps[-1] > newest, timeout=TIMEOUT)
    assert gallery.step == 100
    assert trainer_process.poll() is None, "the other program was not disturbed"

    trainer_process.send_signal(signal.SIGINT)
    trainer_process.wait(timeout=60)
    assert trainer_process.returncode == 130
    qtbot.waitUntil(lambda: "was stopped" in banner.text, timeout=TIMEOUT)
    last = run.metrics()[-1].step
    assert plots.history.nearest(1e9, "step", ["loss/g"])[0] == last  # type: ignore[index]
    assert list(window.timeline.steps) == run.sample_steps()
    assert [point.step for point in run.metrics()] == sorted({point.step for point in run.metrics()})

    press(window, "watchOpen")
    qtbot.waitUntil(lambda: workspace.experiment.loaded is not None, timeout=TIMEOUT)
    assert not banner.isVisible()
    newest_checkpoint = run.checkpoints.latest()
    assert newest_checkpoint is not None
    assert workspace.experiment.loaded is not None
    assert workspace.experiment.loaded.step == load_checkpoint(newest_checkpoint)["step"] >= last


# -- the rest with a run that is written here, as another process would ------------------------------------------------


@pytest.fixture
def foreign(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run with 30 steps behind it that somebody holds the lock of."""
    trainer = make_trainer(runs_dir, SMALL, dataset=MNIST5k().load())
    trainer.run()
    run = run_of(trainer)
    holder = RunDirectory(run.path)
    holder.acquire()
    run.update_info({"status": "running"})
    yield run
    holder.release()


def watch(qtbot: QtBot, window: MainWindow, run: RunDirectory) -> None:
    assert window.workspace is not None
    window.workspace.watch(run.path)
    qtbot.waitUntil(lambda: window.gallery.step == run.sample_steps()[-1], timeout=TIMEOUT)


def test_the_classes_stand_beside_their_rows(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    foreign.update_info({"classes": ["cats", "dogs"]})
    watch(qtbot, window, foreign)
    assert window.gallery.classes == ("cats", "dogs")


def test_stop_watching_leaves_an_empty_window(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    watch(qtbot, window, foreign)
    assert window.workspace is not None
    press(window, "watchStop")
    assert not window.watch_banner.isVisible()
    assert window.gallery.images is None
    assert window.workspace.plots.point_count == 0
    assert window.windowTitle() == "GAN Studio"
    assert not window.workspace.travel.watching._timer.isActive()


def test_starting_leaves_the_watched_run(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    watch(qtbot, window, foreign)
    assert window.workspace is not None
    before = len(foreign.metrics())
    window.workspace.experiment.show_settings(quick_config({"recording.sample_every": 2}))
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
        assert not window.watch_banner.isVisible()
    own = window.session.run_path
    assert own is not None
    assert own != foreign.path
    assert window.timeline.steps == (0, 2, 4, 6)
    assert window.workspace.plots.point_count == 6
    assert len(foreign.metrics()) == before


def test_while_training_nothing_else_can_be_watched(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    assert window.workspace is not None
    window.workspace.experiment.show_settings(quick_config({"training.steps": 1_000_000}))
    window.actions_.start.trigger()
    qtbot.waitUntil(lambda: window.session.state == SessionState.RUNNING, timeout=TIMEOUT)
    window.workspace.watch(foreign.path)
    assert window.workspace.travel.watching.run is None
    assert "Stop it before" in window.messages.bar.messages()[-1].text


def test_a_watched_run_that_goes_back_is_shown_anew(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    """It crashed and was resumed from step 20 by the other program, with another learning rate."""
    watch(qtbot, window, foreign)
    assert window.workspace is not None
    plots = window.workspace.plots
    assert plots.point_count == 15
    foreign.forget_after(20)
    foreign.append_event({"step": 20, "event": "edit", "changes": {"optimizer_g.lr": [0.0002, 0.1]}})
    foreign.append_metrics(MetricsEvent(22, 0.1, 88, 1.0, {"loss/g": 0.25}))
    qtbot.waitUntil(lambda: plots.point_count == 11, timeout=TIMEOUT)
    assert window.timeline.steps == (0, 5, 10, 15, 20)
    assert plots.panes[0].markers.texts() == ["G learning rate 0.0002 → 0.1"]

    foreign.append_event({"step": 22, "event": "edit", "changes": {"optimizer_g.lr": [0.1, 0.2]}})
    foreign.append_event({"step": 22, "event": "alert", "message": "Something to know."})
    qtbot.waitUntil(lambda: len(plots.panes[0].markers.texts()) == 2, timeout=TIMEOUT)
    assert plots.point_count == 11
    assert [message.text for message in window.messages.bar.messages()] == ["Something to know."]


def test_forking_a_watched_run_leaves_it_alone(
    qtbot: QtBot, window: MainWindow, foreign: RunDirectory, runs_dir: Path
) -> None:
    watch(qtbot, window, foreign)
    workspace = window.workspace
    assert workspace is not None
    window.timeline.select(15)
    qtbot.waitUntil(lambda: bool(window.moment_bar.moment and window.moment_bar.moment.checkpoint), timeout=TIMEOUT)
    press(window, "momentFork")
    qtbot.waitUntil(lambda: workspace.experiment.loaded is not None, timeout=TIMEOUT)
    assert not window.watch_banner.isVisible()
    workspace.form.put({"training.steps": 14})
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
    fork = list_runs(runs_dir)[-1]
    assert fork.info()["parent"]["step"] == 10
    assert foreign.metrics()[-1].step == 30
    assert foreign.is_active()


def test_a_run_that_vanishes_is_said(qtbot: QtBot, window: MainWindow, foreign: RunDirectory) -> None:
    watch(qtbot, window, foreign)
    (foreign.path / "run.json").unlink()
    qtbot.waitUntil(lambda: "can no longer be read" in window.watch_banner.text, timeout=TIMEOUT)
    assert window.gallery.images is not None, "what was read stays"
