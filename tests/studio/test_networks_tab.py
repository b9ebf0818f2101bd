"""The Networks tab, the actions and the defaults of the view, in the real window."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.session import SessionState
from studio.views.checkpoint_dialog import CheckpointDialog
from studio.views.layer_table import LayerTable
from studio.workspace import Workspace

TIMEOUT = 60_000


def workspace_of(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def load(window: MainWindow, **changes: object) -> None:
    """The simple preset with changes, where __ stands for a dot."""
    workspace = workspace_of(window)
    workspace.experiment.choose_preset("mnist-simple")
    workspace.form.put({path.replace("__", "."): value for path, value in changes.items()})


def tables(window: MainWindow) -> tuple[list[list[str]], list[list[str]]]:
    found = [window.networks_view.findChild(LayerTable, f"{name}Layers") for name in ("generator", "discriminator")]
    assert all(found)
    return found[0].texts(), found[1].texts()


def wait_weights(qtbot: QtBot, window: MainWindow, weights: int) -> None:
    qtbot.waitUntil(
        lambda: window.networks_view.summary is not None and window.networks_view.summary.parameters == weights,
        timeout=TIMEOUT,
    )


def test_the_simple_preset_shows_the_tutorials_numbers(qtbot: QtBot, window: MainWindow) -> None:
    load(window)
    view = window.networks_view
    assert view.summary is None  # nobody has looked yet
    window.tabs.setCurrentWidget(view)
    wait_weights(qtbot, window, 214_673)
    generator, discriminator = tables(window)
    assert ["Dense 100 → 128", "128", "12,928", "12,928"] in generator
    assert ["Reshape", "28×28×1", "", ""] in generator
    assert generator[-1][0] == "Total"
    assert generator[-1][2:] == ["114,064", "114,064"]
    assert discriminator[-1][2:] == ["100,609", "100,609"]
    copy = view.findChild(QPushButton, "modelSummaryCopy")
    assert copy is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    text = QApplication.clipboard().text()
    assert " 214,673 " in text
    assert "Dense 784 → 128" in text


def test_it_follows_the_form_and_says_what_is_missing(qtbot: QtBot, window: MainWindow) -> None:
    load(window)
    view, form = window.networks_view, workspace_of(window).form
    window.tabs.setCurrentWidget(view)
    wait_weights(qtbot, window, 214_673)
    form.put({"generator.widths": [64], "discriminator.widths": [64]})
    wait_weights(qtbot, window, 100 * 64 + 64 + 64 * 784 + 784 + 784 * 64 + 64 + 64 + 1)
    form.put({"generator.latent_dim": -1})
    qtbot.waitUntil(lambda: "mended first: Latent dimension" in view.message, timeout=TIMEOUT)
    form.put({"generator.latent_dim": 100, "data.source": "folder", "data.path": ""})
    qtbot.waitUntil(lambda: "Choose the data first" in view.message, timeout=TIMEOUT)


def test_networks_that_know_the_classes_have_an_embedding(qtbot: QtBot, window: MainWindow) -> None:
    load(window, training__class_conditional=True)
    window.tabs.setCurrentWidget(window.networks_view)
    qtbot.waitUntil(lambda: window.networks_view.summary is not None, timeout=TIMEOUT)
    assert any(row[0].startswith("Class embedding 10 ×") for row in tables(window)[0])


def small(window: MainWindow, **changes: object) -> None:
    """A training that is quick, talkative, and tells the networks of the classes."""
    load(
        window,
        training__length_in="steps",
        training__steps=100_000,
        training__batch_size=8,
        training__class_conditional=True,
        recording__log_every=2,
        recording__sample_every=10,
        recording__sample_count=20,
        **changes,
    )


def test_one_class_a_row_while_training_from_disk_and_in_fresh_noise(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    small(window)
    gallery, canvas = window.gallery, window.grid.canvas
    window.actions_.start.trigger()
    qtbot.waitUntil(lambda: len(window.timeline.steps) >= 4, timeout=TIMEOUT)
    assert gallery.classes == tuple("0123456789")
    assert gallery.shown is not None
    assert (gallery.shown.columns, len(gallery.shown.images)) == (2, 20)
    assert (canvas.layouts[0].rows, canvas.layouts[0].columns) == (10, 2)
    window.timeline.select(10)
    qtbot.waitUntil(lambda: gallery.step == 10)
    assert canvas.layouts[0].columns == 2
    fixed = gallery.shown.images
    gallery.make_fresh()
    qtbot.waitUntil(lambda: gallery.shown is not None and not np.array_equal(gallery.shown.images, fixed))
    assert gallery.shown is not None
    assert (gallery.shown.columns, len(gallery.shown.images)) == (2, 20)
    assert window.session.run_path is not None
    with qtbot.waitSignal(window.session.ended, timeout=TIMEOUT):
        window.session.stop()
    run = window.session.run_path
    workspace_of(window).checkpoints.forget()
    assert gallery.classes == ()
    workspace_of(window).open_path(run)
    qtbot.waitUntil(lambda: gallery.shown is not None, timeout=TIMEOUT)
    assert gallery.classes == tuple("0123456789")
    assert canvas.layouts[0].columns == 2


def test_a_preset_decides_how_it_is_looked_at_until_the_person_does(qtbot: QtBot, window: MainWindow) -> None:
    workspace = workspace_of(window)
    ink, axis = window.grid.controls.ink, workspace.plots.controls.axis
    load(window)
    assert (ink.isChecked(), axis.currentData()) == (False, "step")
    workspace.form.put({"recording.invert": True, "recording.plot_against": "epochs"})
    assert (ink.isChecked(), axis.currentData()) == (True, "epoch")
    ink.setChecked(False)
    axis.setCurrentIndex(axis.findData("minute"))
    workspace.form.put({"training.batch_size": 32})  # has nothing to do with it
    assert (ink.isChecked(), axis.currentData()) == (False, "minute")
    workspace.experiment.load_preset_file(_preset_with(window, invert=True))
    assert (ink.isChecked(), axis.currentData()) == (True, "epoch")


def _preset_with(window: MainWindow, *, invert: bool) -> Path:
    path = window.session.runs_dir / "mine.toml"
    path.write_text(f'[recording]\ninvert = {str(invert).lower()}\nplot_against = "epochs"\n')
    return path


def test_the_run_keeps_true_samples_whatever_the_view_shows(qtbot: QtBot, window: MainWindow) -> None:
    small(window, recording__invert=True)
    window.actions_.start.trigger()
    qtbot.waitUntil(lambda: len(window.timeline.steps) >= 2, timeout=TIMEOUT)
    assert window.grid.controls.inverted
    markers = workspace_of(window).plots.panes[0].markers
    window.session.edit({"recording.invert": False})
    qtbot.waitUntil(lambda: not window.grid.controls.inverted, timeout=TIMEOUT)
    assert markers.texts() == []  # the curves know nothing of it


def test_quality_can_be_measured_while_training(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(window.session, "_send", asked.append)
    action = window.actions_.evaluate
    assert action.objectName() == "actionEvaluate"
    assert not action.isEnabled()
    window.actions_.show_state(SessionState.RUNNING, has_images=True)
    assert action.isEnabled()
    window.actions_.show_state(SessionState.PAUSED, has_images=True)
    action.trigger()
    assert [type(command).__name__ for command in asked] == ["Evaluate"]


def test_the_best_checkpoint_is_marked(qtbot: QtBot, runs_dir: Path) -> None:
    from ganengine.config import TrainConfig
    from ganengine.runs.directory import RunDirectory

    run = RunDirectory.create(runs_dir, TrainConfig())
    for step in (10, 20, 30):
        run.checkpoints.path(step).write_bytes(b"")
    run.checkpoints.mark_best(20)
    run.checkpoints.keep(20)
    dialog = CheckpointDialog([run], None)
    qtbot.addWidget(dialog)
    shown = dialog.findChild(QListWidget, "checkpointList")
    assert shown is not None
    texts = [shown.item(row).text() for row in range(shown.count())]
    assert texts == ["Step 30", "Step 20 · best so far · saved by you", "Step 10"]
