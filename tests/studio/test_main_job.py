"""The main job through the real window: choose, tweak, train, watch, save, load, continue, export."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganengine.cli import main
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from studio.engine import Engine
from studio.main_window import MainWindow
from studio.session import SessionState

TIMEOUT = 60_000


def widget(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def type_into(qtbot: QtBot, edit: QWidget, text: str) -> None:
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def set_field(qtbot: QtBot, window: MainWindow, path: str, text: str) -> None:
    """Type into a form editor, whatever widget holds the line edit."""
    editor = widget(window, QWidget, path)
    edit = editor if isinstance(editor, QLineEdit) else editor.findChild(QLineEdit)
    assert edit is not None, path
    type_into(qtbot, edit, text)


def choose(window: MainWindow, name: str, value: str) -> None:
    combo = window.findChild(QComboBox, name) or widget(window, QWidget, name).findChild(QComboBox)
    assert combo is not None, name
    index = combo.findData(value)
    assert index >= 0, (value, [combo.itemData(i) for i in range(combo.count())])
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def wait_state(qtbot: QtBot, window: MainWindow, state: SessionState) -> None:
    qtbot.waitUntil(lambda: window.session.state == state, timeout=TIMEOUT)


def in_dialog(name: str, act: Callable[[QDialog], None]) -> None:
    """Once the modal dialog of that name is open, act on it."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.objectName() == name:
            act(dialog)
        else:
            QTimer.singleShot(10, QApplication.instance(), look)

    QTimer.singleShot(0, QApplication.instance(), look)


def press_button(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = widget(window, QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def small(qtbot: QtBot, window: MainWindow) -> None:
    """The simple preset, made quick and talkative."""
    choose(window, "presetCombo", "mnist-simple")
    choose(window, "training.length_in", "steps")
    for path, value in {
        "training.steps": "100000",
        "training.batch_size": "16",
        "recording.log_every": "2",
        "recording.sample_every": "20",
        "recording.checkpoint_every": "50",
    }.items():
        set_field(qtbot, window, path, value)


def test_the_main_job(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.session.state == SessionState.IDLE
    assert window.workspace is not None
    plots, form = window.workspace.plots, window.workspace.form
    small(qtbot, window)
    choose(window, "optimizer_g.kind", "rmsprop")
    set_field(qtbot, window, "optimizer_g.lr", "0.0005")
    config = form.config()
    assert (config.optimizer_g.kind, config.optimizer_g.lr) == ("rmsprop", 0.0005)

    window.actions_.start.trigger()
    wait_state(qtbot, window, SessionState.RUNNING)
    qtbot.waitUntil(lambda: plots.point_count >= 20, timeout=TIMEOUT)
    qtbot.waitUntil(
        lambda: window.timeline.current_step is not None and window.timeline.current_step >= 40, timeout=TIMEOUT
    )
    assert window.gallery.images is not None
    assert window.gallery.images.shape == (64, 28, 28, 1)

    set_field(qtbot, window, "optimizer_g.lr", "0.00025")
    qtbot.waitUntil(lambda: window.session.config is not None and window.session.config.optimizer_g.lr == 0.00025)
    run_path = window.session.run_path
    assert run_path is not None
    run = RunDirectory.open(run_path)
    edits = [event for event in run.events() if event["event"] == "edit"]
    assert edits[0]["changes"] == {"optimizer_g.lr": [0.0005, 0.00025]}

    window.actions_.pause.trigger()
    wait_state(qtbot, window, SessionState.PAUSED)
    step = last_step(run)
    with qtbot.waitSignal(window.session.samplesArrived, timeout=TIMEOUT) as samples:
        window.actions_.step.trigger()
    assert samples.args is not None
    stepped = samples.args[0].step
    assert step <= stepped <= step + 2  # log points are two steps apart
    wait_state(qtbot, window, SessionState.PAUSED)

    # The single step may have saved an automatic checkpoint as well.
    by_hand = {"check_params_cb": lambda event: event.kept}
    with qtbot.waitSignal(window.session.checkpointSaved, timeout=TIMEOUT, **by_hand) as saved:
        window.actions_.save_checkpoint.trigger()
    assert saved.args is not None
    assert saved.args[0].step == stepped
    assert run.checkpoints.is_kept(stepped)

    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.stop.trigger()
    assert window.session.state == SessionState.IDLE
    assert run.info()["status"] == "stopped"

    in_dialog("checkpointDialog", lambda dialog: dialog.accept())
    window.actions_.load_checkpoint.trigger()
    qtbot.waitUntil(
        lambda: window.workspace is not None and window.workspace.experiment.loaded is not None, timeout=TIMEOUT
    )
    assert window.workspace.experiment.loaded.step == stepped
    assert form.config().optimizer_g.lr == 0.00025
    assert plots.point_count > 0

    with qtbot.waitSignal(window.session.runStarted, timeout=TIMEOUT) as started:
        window.actions_.start.trigger()
    assert started.args is not None
    assert started.args[0].step == stepped
    assert started.args[0].directory == run_path
    qtbot.waitUntil(lambda: last_step(run) > stepped + 20, timeout=TIMEOUT)
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.stop.trigger()
    newest = run.checkpoints.latest()
    assert newest is not None
    assert load_checkpoint(newest)["step"] > stepped + 20
    steps = [point.step for point in run.metrics()]
    assert steps == sorted(set(steps)), "the history has gaps or doubles"

    target = tmp_path / "grid.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), ""))

    window.actions_.export_grid.trigger()
    for name, value in {"rows": 5, "columns": 8, "padding": 3, "scale": 2}.items():
        set_field(qtbot, window, f"publish.{name}", str(value))
    press_button(qtbot, window, "publishSave")
    qtbot.waitUntil(target.exists, timeout=TIMEOUT)
    with Image.open(target) as picture:
        assert picture.size == (8 * (56 + 3) + 3, 5 * (56 + 3) + 3)
        first = np.asarray(picture)[3:59:2, 3:59:2]
    assert np.array_equal(first, window.gallery.images[0, :, :, 0])


def test_closing_while_training_offers_three_ways(qtbot: QtBot, window: MainWindow) -> None:
    small(qtbot, window)
    window.actions_.start.trigger()
    wait_state(qtbot, window, SessionState.RUNNING)

    press(window, "choice_keep")
    assert window.isVisible()
    assert window.session.state == SessionState.RUNNING

    run_path = window.session.run_path
    assert run_path is not None
    press(window, "choice_save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TIMEOUT)
    run = RunDirectory.open(run_path)
    assert run.info()["status"] == "stopped"
    newest = run.checkpoints.latest()
    assert newest is not None
    assert load_checkpoint(newest)["step"] >= last_step(run)


def test_a_window_closed_at_once_loads_nothing(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> None:
    early = MainWindow(settings, runs_dir)
    early.show()
    early.close()
    QApplication.processEvents()
    assert not early._loader.isRunning()
    early._loader.loaded.emit(Engine([], []))  # as from a thread that was about to end
    assert early.workspace is None
    early.deleteLater()
    QApplication.sendPostedEvents()


def test_quitting_without_saving_leaves_the_last_checkpoint(qtbot: QtBot, window: MainWindow) -> None:
    small(qtbot, window)
    set_field(qtbot, window, "recording.checkpoint_every", "0")
    window.actions_.start.trigger()
    wait_state(qtbot, window, SessionState.RUNNING)
    run_path = window.session.run_path
    assert run_path is not None
    press(window, "choice_discard")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TIMEOUT)
    run = RunDirectory.open(run_path)
    assert run.info()["status"] == "stopped"
    assert run.checkpoints.steps() == []


def test_step_without_a_training_does_one_step_and_waits(qtbot: QtBot, window: MainWindow) -> None:
    small(qtbot, window)
    window.actions_.step.trigger()
    wait_state(qtbot, window, SessionState.PAUSED)
    qtbot.waitUntil(lambda: window.gallery.step == 1, timeout=TIMEOUT)
    assert window.session.run_path is not None
    assert last_step(RunDirectory.open(window.session.run_path)) == 1
    window.actions_.pause.trigger()  # says "Go on" now
    wait_state(qtbot, window, SessionState.RUNNING)


def test_an_unusable_checkpoint_changes_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    foreign = tmp_path / "holiday.pt"
    foreign.write_text("not a checkpoint")
    assert window.workspace is not None
    before = window.workspace.form.config()
    window.workspace.open_path(foreign)
    qtbot.waitUntil(
        lambda: any("holiday.pt" in m.detail + m.text for m in window.messages.bar.messages()), timeout=TIMEOUT
    )
    assert window.workspace.form.config() == before
    assert window.workspace.experiment.loaded is None
    assert window.session.state == SessionState.IDLE


def test_an_invalid_setting_is_marked_and_nothing_starts(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    set_field(qtbot, window, "training.batch_size", "6000")
    window.actions_.start.trigger()
    qtbot.waitUntil(lambda: window.session.state == SessionState.FAILED, timeout=TIMEOUT)
    assert window.workspace is not None
    assert "5000" in json.dumps(window.workspace.form.problems()) or window.messages.bar.messages()
    assert not list(runs_dir.glob("0*"))


def test_the_form_comes_back_on_the_next_start(
    qtbot: QtBot, window: MainWindow, settings: QSettings, runs_dir: Path
) -> None:
    set_field(qtbot, window, "training.batch_size", "48")
    window.close()
    again = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(again.ready, timeout=TIMEOUT):
        again.show()
    assert again.workspace is not None
    assert again.workspace.form.config().training.batch_size == 48
    again.close()
    again.deleteLater()
    QApplication.sendPostedEvents()


def test_a_headless_run_goes_on_in_the_studio_and_back(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--runs", str(runs_dir), "--steps", "30"]
    assert main(["train", "--preset", "mnist-simple", "--set", "recording.sample_every=10", *arguments]) == 0
    run = RunDirectory.open(Path(capsys.readouterr().out.splitlines()[-1]))
    assert window.workspace is not None

    window.dropEvent(drop_of(run.path))
    qtbot.waitUntil(
        lambda: window.workspace is not None and window.workspace.experiment.loaded is not None, timeout=TIMEOUT
    )
    assert window.timeline.steps == (0, 10, 20, 30)
    set_field(qtbot, window, "training.steps", "50")
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
    assert window.session.state == SessionState.FINISHED
    assert window.session.run_path == run.path
    assert last_step(run) == 50

    assert main(["resume", run.name, "--runs", str(runs_dir), "--steps", "60"]) == 0
    assert [point.step for point in run.metrics()] == [10, 20, 30, 40, 50, 60]


def test_an_older_checkpoint_goes_on_in_a_new_run(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--set", "recording.checkpoint_every=10", "--set", "recording.sample_every=10"]
    assert main(["train", "--preset", "mnist-simple", *settings, "--runs", str(runs_dir), "--steps", "30"]) == 0
    run = RunDirectory.open(Path(capsys.readouterr().out.splitlines()[-1]))
    assert window.workspace is not None

    window.workspace.open_path(run.checkpoints.path(20))
    qtbot.waitUntil(
        lambda: window.workspace is not None and window.workspace.experiment.loaded is not None, timeout=TIMEOUT
    )
    set_field(qtbot, window, "optimizer_g.lr", "0.0001")
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.actions_.start.trigger()
    assert window.session.run_path is not None
    fork = RunDirectory.open(window.session.run_path)
    assert fork.info()["parent"] == {"run": run.name, "step": 20}
    assert [point.step for point in fork.metrics()] == [10, 20, 30]
    assert fork.metrics()[-1].values["lr/g"] == 0.0001
    assert run.metrics()[-1].values["lr/g"] == 0.001, "the run that it comes from was changed"


def test_a_dropped_preset_fills_the_form(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nbatch_size = 24\n")
    assert window.workspace is not None
    window.dropEvent(drop_of(path))
    assert window.workspace.form.config().training.batch_size == 24

    path.write_text("[training]\nbatch_size = -1\n")
    window.dropEvent(drop_of(path))
    assert window.workspace.form.config().training.batch_size == 24
    assert any("batch_size" in message.detail for message in window.messages.bar.messages())


def drop_of(path: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    # Qt does not keep the data of an event made by hand alive.
    drop_of.data = data  # type: ignore[attr-defined]
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)


def press(window: MainWindow, choice: str) -> None:
    """Close the window and answer the question that comes."""

    def answer(dialog: QDialog) -> None:
        button = dialog.findChild(QPushButton, choice)
        assert button is not None
        button.click()

    in_dialog("question", answer)
    window.close()


def last_step(run: RunDirectory) -> int:
    points = run.metrics()
    return points[-1].step if points else 0


def test_a_training_that_blows_up_says_so_and_offers_its_last_checkpoint(qtbot: QtBot, window: MainWindow) -> None:
    small(qtbot, window)
    choose(window, "optimizer_g.kind", "sgd")
    choose(window, "optimizer_d.kind", "sgd")
    set_field(qtbot, window, "discriminator.widths", "64, 64, 64, 64, 64, 64, 64, 64")
    set_field(qtbot, window, "recording.checkpoint_every", "1")
    window.actions_.start.trigger()
    wait_state(qtbot, window, SessionState.RUNNING)
    qtbot.waitUntil(lambda: (window.timeline.current_step or 0) >= 20, timeout=TIMEOUT)
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.session.edit({"optimizer_g.lr": 10.0, "optimizer_d.lr": 10.0})
    assert window.session.state == SessionState.FAILED
    (message,) = (message for message in window.messages.bar.messages() if message.severity == "error")
    assert "blew up" in message.detail
    assert message.on_action is not None
    message.on_action()
    qtbot.waitUntil(
        lambda: window.workspace is not None and window.workspace.experiment.loaded is not None, timeout=TIMEOUT
    )
    assert window.actions_.start.isEnabled()
