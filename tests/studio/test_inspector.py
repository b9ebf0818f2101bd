"""The inspector in the real window: from a click in the grid to copies, variations, walks and directions."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from ganengine.data.progress import Tell
from ganengine.errors import Cancelled
from ganengine.export.grid import load_sample
from ganengine.inspection.subject import Subject
from ganengine.launch import new_run
from ganengine.runs.directory import RunDirectory
from studio.main_window import MainWindow
from studio.presenters.inspector_tab import InspectorTab
from studio.session import SessionState
from studio.views.inspector_view import InspectorView

TIMEOUT = 30_000
TINY = {
    "generator.kind": "mlp",
    "generator.widths": [16],
    "generator.latent_dim": 8,
    "discriminator.kind": "mlp",
    "discriminator.widths": [16],
    "training.length_in": "steps",
    "training.steps": 40,
    "training.batch_size": 8,
    "training.device": "cpu",
    "training.class_conditional": True,
    "recording.log_every": 10,
    "recording.sample_every": 10,
    "recording.sample_count": 20,
    "recording.checkpoint_every": 20,
    "recording.invert": False,
}


def make_run(runs_dir: Path, changes: dict[str, object] | None = None) -> Path:
    trainer = new_run(TrainConfig().with_changes({**TINY, **(changes or {})}), runs_dir, [])
    trainer.run()
    return trainer.directory.path


def open_run(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    assert window.workspace is not None
    window.workspace.open_path(path)
    qtbot.waitUntil(lambda: window.gallery.images is not None, timeout=TIMEOUT)


def tab_of(window: MainWindow) -> InspectorTab:
    assert window.workspace is not None
    return window.workspace.inspecting


def click_image(qtbot: QtBot, window: MainWindow, index: int) -> None:
    """Press the mouse on an image of the grid."""
    window.tabs.setCurrentIndex(0)
    canvas = window.grid.canvas
    qtbot.waitUntil(lambda: bool(canvas.layouts) and canvas.viewport().height() > 50, timeout=TIMEOUT)
    canvas.choose(index)  # scrolls to it
    x, y, width, height = canvas.layouts[0].cell(index)
    top, left = canvas.image_origin()
    qtbot.mouseClick(
        canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left + x + width // 2, top + y + height // 2)
    )


def wait_inspected(qtbot: QtBot, window: MainWindow, title: str) -> InspectorView:
    view = tab_of(window).view
    qtbot.waitUntil(lambda: view.has_content and view.facts.texts[0] == title, timeout=TIMEOUT)
    return view


def wait_nearest(qtbot: QtBot, view: InspectorView) -> None:
    qtbot.waitUntil(lambda: view.nearest.images.count == 8 and not view.nearest.images.isHidden(), timeout=TIMEOUT)


def pixels(image: QImage | None) -> np.ndarray:
    assert image is not None
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()


def button(parent: QWidget, name: str) -> QPushButton | QToolButton:
    found = parent.findChild(QPushButton, name) or parent.findChild(QToolButton, name)
    assert found is not None, name
    return found


def test_a_click_shows_the_image_what_d_thinks_and_what_it_resembles(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    run = make_run(runs_dir)
    open_run(qtbot, window, run)
    assert window.tabs.indexOf(tab_of(window).view) < 0  # on demand
    click_image(qtbot, window, 7)
    view = wait_inspected(qtbot, window, "Image 8")
    assert window.tabs.currentWidget() is view
    kept = load_sample(run / "samples" / "step-00000040.png")
    np.testing.assert_array_equal(pixels(view.facts.picture.image), kept[7, :, :, 0])

    subject = Subject.from_checkpoint(run / "checkpoints" / "step-00000040.pt", "cpu")
    score = subject.critic.scores(kept[7:8], torch.tensor([3]))[0]
    wait_nearest(qtbot, view)
    _, origin, opinion, latent = view.facts.texts
    assert "step 40" in origin
    assert "nearest to" not in origin
    assert f"D is {score.probability:.0%}".replace("%", " %") in opinion
    assert "generated and" in opinion  # it stands among others, now that the real images are there
    assert latent == "Latent vector 8 of the run's fixed noise"
    combo = view.findChild(QComboBox, "inspectorClass")
    assert combo is not None
    assert (combo.count(), combo.currentText()) == (10, "3")
    assert "training image" in view.nearest.reading

    from ganengine.data.sources.mnist_5k import MNIST5k

    digits = MNIST5k().load().images.flatten(1).numpy().astype(float)
    distances = np.sqrt(((digits - kept[7].reshape(1, -1)) ** 2).mean(axis=1)) / 255
    nearest = int(distances.argmin())
    assert view.nearest.images.captions[0].startswith(f"{distances[nearest]:.3f}")
    assert f"no. {nearest + 1:,}" in view.nearest.images.captions[0]


def test_the_keyboard_goes_through_the_grid_and_opens_an_image(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    canvas = window.grid.canvas
    canvas.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(canvas, key)
    assert canvas.chosen == 0  # the first key chooses the first; beyond an edge nothing happens
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    wait_inspected(qtbot, window, "Image 2")


def test_an_earlier_step_is_looked_at_with_the_nearest_checkpoint_and_says_so(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    run = make_run(runs_dir)
    open_run(qtbot, window, run)
    slider = window.timeline.findChild(QSlider, "timelineSlider")
    assert slider is not None
    slider.setValue(window.timeline.steps.index(30))
    qtbot.waitUntil(lambda: window.gallery.step == 30, timeout=TIMEOUT)
    click_image(qtbot, window, 0)
    view = wait_inspected(qtbot, window, "Image 1")
    assert "checkpoint of step 20, the nearest to the step 30" in view.facts.texts[1]
    kept = load_sample(run / "samples" / "step-00000020.png")
    np.testing.assert_array_equal(pixels(view.facts.picture.image), kept[0, :, :, 0])


def test_fresh_noise_is_made_again_from_its_seed(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    window.gallery.make_fresh()
    qtbot.waitUntil(lambda: window.gallery.shown is not None and window.gallery.shown.seed is not None, timeout=TIMEOUT)
    shown = window.gallery.shown
    assert shown is not None
    click_image(qtbot, window, 13)
    view = wait_inspected(qtbot, window, "Image 14")
    assert f"seed {shown.seed}" in view.facts.texts[3]
    np.testing.assert_array_equal(pixels(view.facts.picture.image), shown.images[13, :, :, 0])


def test_another_class_and_back(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    run = make_run(runs_dir)
    open_run(qtbot, window, run)
    click_image(qtbot, window, 7)
    view = wait_inspected(qtbot, window, "Image 8")
    before = pixels(view.facts.picture.image)
    back = button(view, "inspectorBack")
    assert not back.isEnabled()
    combo = view.findChild(QComboBox, "inspectorClass")
    assert combo is not None
    combo.setCurrentIndex(9)
    combo.activated.emit(9)
    qtbot.waitUntil(back.isEnabled, timeout=TIMEOUT)
    subject = Subject.from_checkpoint(run / "checkpoints" / "step-00000040.pt", "cpu")
    expected = subject.image(subject.latent(7).of_class(9))[0, :, :, 0]
    np.testing.assert_array_equal(pixels(view.facts.picture.image), expected)
    back.click()
    qtbot.waitUntil(lambda: not back.isEnabled(), timeout=TIMEOUT)
    np.testing.assert_array_equal(pixels(view.facts.picture.image), before)
    assert combo.currentText() == "3"


def test_what_is_copied_and_saved_makes_the_image_again(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(runs_dir)
    open_run(qtbot, window, run)
    click_image(qtbot, window, 4)
    view = wait_inspected(qtbot, window, "Image 5")
    button(view, "inspectorCopyLatent").click()
    facts = json.loads(QGuiApplication.clipboard().text())
    subject = Subject.from_checkpoint(Path(facts["checkpoint"]), "cpu")
    image = subject.images(torch.tensor([facts["z"]]), subject.classes.index(facts["class"]))
    np.testing.assert_array_equal(image[0, :, :, 0], pixels(view.facts.picture.image))
    button(view, "inspectorCopyImage").click()
    np.testing.assert_array_equal(pixels(QGuiApplication.clipboard().image()), image[0, :, :, 0])
    target = tmp_path / "five.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    button(view, "inspectorSave").click()
    qtbot.waitUntil(target.exists, timeout=TIMEOUT)
    with Image.open(target) as saved:
        np.testing.assert_array_equal(np.asarray(saved), image[0, :, :, 0])
        assert json.loads(saved.info["gan-studio"])["z"] == facts["z"]


def test_variations_follow_the_slider_and_one_of_them_can_be_inspected(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    click_image(qtbot, window, 4)
    view = wait_inspected(qtbot, window, "Image 5")
    before = pixels(view.facts.picture.image)
    view.show_page(view.vary)
    qtbot.waitUntil(lambda: view.vary.canvas.shown > 1, timeout=TIMEOUT)
    slider = view.findChild(QSlider, "inspectorStrength")
    assert slider is not None

    def cells() -> list[np.ndarray]:
        return [pixels(cell) for cell in view.vary.canvas._cells]

    slider.setValue(0)
    qtbot.waitUntil(lambda: all(np.array_equal(cell, before) for cell in cells()), timeout=TIMEOUT)
    slider.setValue(80)
    qtbot.waitUntil(lambda: not any(np.array_equal(cell, before) for cell in cells()), timeout=TIMEOUT)
    first = cells()
    button(view, "inspectorDice").click()
    qtbot.waitUntil(lambda: not np.array_equal(cells()[2], first[2]), timeout=TIMEOUT)
    wanted = cells()[2]
    view.vary.canvas.choose(2)
    qtbot.keyClick(view.vary.canvas, Qt.Key.Key_Return)
    wait_inspected(qtbot, window, "Image 5, varied")
    np.testing.assert_array_equal(pixels(view.facts.picture.image), wanted)
    button(view, "inspectorBack").click()
    wait_inspected(qtbot, window, "Image 5")


def test_a_walk_to_an_image_of_the_grid_is_played_and_saved(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(runs_dir)
    open_run(qtbot, window, run)
    click_image(qtbot, window, 2)
    view = wait_inspected(qtbot, window, "Image 3")
    view.show_page(view.walk)
    page = view.walk
    assert not button(view, "inspectorWalkExport").isEnabled()
    button(view, "inspectorWalkGrid").click()
    assert window.tabs.currentIndex() == 0
    assert "walk leads to" in window.grid.message
    click_image(qtbot, window, 17)
    assert window.tabs.currentWidget() is view
    qtbot.waitUntil(lambda: page.is_playing, timeout=TIMEOUT)
    assert window.grid.message == ""
    kept = load_sample(run / "samples" / "step-00000040.png")
    np.testing.assert_array_equal(pixels(page.start.image), kept[2, :, :, 0])
    np.testing.assert_array_equal(pixels(page.end.image), kept[17, :, :, 0])
    assert view.facts.texts[0] == "Image 3"  # the click chose the end, and opened nothing
    first = pixels(page.film.image)
    qtbot.waitUntil(lambda: not np.array_equal(pixels(page.film.image), first), timeout=TIMEOUT)
    button(view, "inspectorWalkPlay").click()
    assert not page.is_playing
    for name, frames in (("walk.gif", 60), ("strip.png", 1)):
        target = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, to=target: (str(to), ""))
        button(view, "inspectorWalkExport").click()
        qtbot.waitUntil(target.exists, timeout=TIMEOUT)
        with Image.open(target) as film:
            assert getattr(film, "n_frames", 1) == frames
    button(view, "inspectorWalkRandom").click()
    qtbot.waitUntil(lambda: not np.array_equal(pixels(page.end.image), kept[17, :, :, 0]), timeout=TIMEOUT)
    window.tabs.setCurrentIndex(0)
    assert not page.is_playing


def test_choosing_the_end_of_a_walk_can_be_left(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    click_image(qtbot, window, 2)
    view = wait_inspected(qtbot, window, "Image 3")
    view.show_page(view.walk)
    button(view, "inspectorWalkGrid").click()
    window.tabs.setCurrentWidget(view)
    assert window.grid.message == ""
    click_image(qtbot, window, 5)
    wait_inspected(qtbot, window, "Image 6")


def test_saving_a_walk_can_be_given_up(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    click_image(qtbot, window, 2)
    view = wait_inspected(qtbot, window, "Image 3")
    view.show_page(view.walk)
    button(view, "inspectorWalkRandom").click()
    qtbot.waitUntil(lambda: view.walk.is_playing, timeout=TIMEOUT)
    endless = threading.Event()
    given_up = threading.Event()

    def write(path: Path, *_: object, tell: Tell, **__: object) -> None:
        try:
            while not endless.wait(0.01):
                tell("Making the walk", 1, 9)
        except Cancelled:
            given_up.set()
            raise

    monkeypatch.setattr("ganengine.inspection.walk_files.write_walk", write)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "walk.gif"), ""))
    button(view, "inspectorWalkExport").click()
    qtbot.waitUntil(lambda: view.walk.notice.action == "Cancel" and view.walk.notice.isVisible(), timeout=TIMEOUT)
    button(view, "inspectorWalkNoticeButton").click()
    qtbot.waitUntil(given_up.is_set, timeout=TIMEOUT)
    assert not view.walk.notice.isVisible()
    assert view.walk.film.isVisible()  # what was made before stays


def test_directions_move_the_image_and_it_can_be_inspected(qtbot: QtBot, window: MainWindow, runs_dir: Path) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    click_image(qtbot, window, 2)
    view = wait_inspected(qtbot, window, "Image 3")
    view.show_page(view.directions)
    picture = view.directions.picture
    qtbot.waitUntil(lambda: picture.image is not None, timeout=TIMEOUT)
    np.testing.assert_array_equal(pixels(picture.image), pixels(view.facts.picture.image))
    slider = view.findChild(QSlider, "inspectorDirection0")
    assert slider is not None
    assert not slider.isHidden()
    slider.setValue(slider.maximum())
    still = pixels(view.facts.picture.image)
    qtbot.waitUntil(lambda: not np.array_equal(pixels(picture.image), still), timeout=TIMEOUT)
    moved = pixels(picture.image)
    button(view, "inspectorTake").click()
    wait_inspected(qtbot, window, "Image 3, moved")
    np.testing.assert_array_equal(pixels(view.facts.picture.image), moved)
    qtbot.waitUntil(lambda: slider.value() == 0, timeout=TIMEOUT)


def test_while_a_training_runs_its_newest_checkpoint_is_looked_at(
    qtbot: QtBot, window: MainWindow, runs_dir: Path
) -> None:
    endless = {"training.steps": 1_000_000, "recording.checkpoint_every": 0, "recording.sample_every": 50}
    window.session.start(TrainConfig().with_changes(TINY | endless))
    qtbot.waitUntil(lambda: window.gallery.images is not None, timeout=TIMEOUT)
    click_image(qtbot, window, 3)
    view = tab_of(window).view
    qtbot.waitUntil(lambda: "no checkpoint yet" in view.notice.text, timeout=TIMEOUT)
    assert view.notice.action == "Save one now"
    view.notice.pressed.emit()
    wait_inspected(qtbot, window, "Image 4")
    assert window.session.state == SessionState.RUNNING
    run = window.session.run_path
    assert run is not None
    steps = RunDirectory.open(run).checkpoints.steps()
    assert f"checkpoint of step {steps[0]:,}" in view.facts.texts[1]
    newer = button(view, "inspectorNewer")
    assert newer.isHidden()
    window.session.save_checkpoint()
    qtbot.waitUntil(lambda: not newer.isHidden(), timeout=TIMEOUT)
    newer.click()
    newest = RunDirectory.open(run).checkpoints.steps()[-1]
    qtbot.waitUntil(lambda: f"checkpoint of step {newest:,}" in view.facts.texts[1], timeout=TIMEOUT)
    assert view.facts.texts[0] == "Image 4"
    assert newer.isHidden()


def test_without_its_data_the_rest_works(qtbot: QtBot, window: MainWindow, runs_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    noise = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(noise.integers(0, 256, (28, 28), dtype=np.uint8)).save(folder / f"{number}.png")
    changes = {"data.source": "folder", "data.path": str(folder), "training.class_conditional": False}
    run = make_run(runs_dir, changes)
    folder.rename(tmp_path / "elsewhere")
    open_run(qtbot, window, run)
    click_image(qtbot, window, 1)
    view = wait_inspected(qtbot, window, "Image 2")
    qtbot.waitUntil(lambda: view.nearest.notice.action == "Search again", timeout=TIMEOUT)
    assert view.nearest.images.isHidden()
    assert "sure that it is real" in view.facts.texts[2]
    combo = view.findChild(QComboBox, "inspectorClass")
    assert combo is not None
    assert not combo.isVisible()
    (tmp_path / "elsewhere").rename(folder)
    view.nearest.notice.pressed.emit()
    wait_nearest(qtbot, view)
    assert "of real images" in view.facts.texts[2]


@pytest.mark.parametrize("page", ["vary", "walk", "directions"])
def test_closing_in_the_middle_of_it_leaves_nothing_running(
    qtbot: QtBot, window: MainWindow, runs_dir: Path, page: str
) -> None:
    open_run(qtbot, window, make_run(runs_dir))
    click_image(qtbot, window, 0)
    view = wait_inspected(qtbot, window, "Image 1")
    view.show_page(getattr(view, page))
    if page == "walk":
        button(view, "inspectorWalkRandom").click()
