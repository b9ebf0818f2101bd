"""What is offered for export, what it looks like, and what is written."""

import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QListWidget, QProgressBar, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from ganengine.export.grid import compose_grid, save_sample
from ganengine.export.strip import strip_of_run
from ganengine.publish.base import formats
from ganengine.publish.formats.images import SingleImages
from ganengine.publish.source import Shown, Source
from ganengine.runs.directory import RunDirectory
from studio.messages import Messages
from studio.presenters.publish import PublishPresenter
from studio.views.publish_dialog import PublishDialog
from tests.ganengine.publishing import pixels, tiny_run

DIGITS = np.random.default_rng(0).integers(0, 256, (20, 6, 6, 1), dtype=np.uint8)
TIMEOUT = 30_000


class Stand:
    """A presenter without the rest of the studio.

    Attributes:
        presenter: what is tested.
        gallery, checkpoints, session: what it asks.
    """

    def __init__(self, window: QWidget, runs_dir: Path) -> None:
        self.window = window
        self.gallery: Any = SimpleNamespace(shown=None, samples_dir=None, inverted=False)
        self.checkpoints: Any = SimpleNamespace(newest=None, loaded=[], load=lambda path: None)
        self.session: Any = SimpleNamespace(is_active=False, run_path=None, runs_dir=runs_dir)
        self.messages = Messages(window)
        self.presenter = PublishPresenter(self.session, self.gallery, self.checkpoints, self.messages, window)

    @property
    def dialog(self) -> PublishDialog:
        assert self.presenter.dialog is not None
        return self.presenter.dialog

    def show(self, images: np.ndarray = DIGITS, **more: Any) -> PublishDialog:
        """Export these images."""
        values = {"step": 1200, "columns": 0, "checkpoint": None, **more}
        self.gallery.shown = SimpleNamespace(images=images, **values)
        self.presenter.export()
        return self.dialog

    def put(self, name: str, value: Any) -> None:
        """Give a setting a value, as the person would."""
        row = self.dialog.form.rows[name]
        row.editor.set_value(value)
        row.edited.emit(row.path)

    def part(self, kind: type[Any], name: str) -> Any:
        found = self.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def verdict(self) -> str:
        return str(self.part(QLabel, "publishSummary").text())

    @property
    def can_save(self) -> bool:
        return bool(self.part(QPushButton, "publishSave").isEnabled())


@pytest.fixture
def stand(qtbot: QtBot, runs_dir: Path) -> Iterator[Stand]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made = Stand(window, runs_dir)
    yield made
    made.presenter.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return tiny_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def choose_file(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], list[str]]:
    """Answer the file dialog; returns the names that it was opened with."""

    def answer(path: Path | None) -> list[str]:
        proposals: list[str] = []

        def asked(parent: object, title: str, proposal: str, *_: object) -> tuple[str, str]:
            proposals.append(Path(proposal).name)
            return (str(path) if path else "", "")

        monkeypatch.setattr(QFileDialog, "getSaveFileName", asked)
        return proposals

    return answer


def click(stand: Stand, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(stand.part(QPushButton, name), Qt.MouseButton.LeftButton)


# -- what is offered ---------------------------------------------------------------------------------------------------


def test_every_format_can_be_chosen_and_has_its_settings(stand: Stand, run: RunDirectory) -> None:
    stand.presenter.open(Source(run))
    listed = stand.part(QListWidget, "publishFormats")
    assert listed.count() == len(formats())
    for kind, cls in formats().items():
        stand.dialog.choose(kind)
        assert stand.dialog.kind == kind
        rows = stand.dialog.form.rows
        assert set(rows) == set(cls.model_fields) - {"kind"}
        for name, row in rows.items():
            assert row.editor.objectName() == f"publish.{name}"
            assert row.editor.accessibleName()
            assert row.editor.toolTip()
        assert stand.can_save, (kind, stand.verdict)
        assert stand.verdict


def test_the_grid_of_classes_keeps_its_shape(stand: Stand) -> None:
    form = stand.show(np.zeros((80, 4, 4, 1), np.uint8), columns=8).form
    assert (form.values()["rows"], form.values()["columns"]) == (10, 8)
    form = stand.show(np.zeros((64, 4, 4, 1), np.uint8)).form
    assert (form.values()["rows"], form.values()["columns"]) == (8, 8)


def test_dark_on_light_is_as_it_is_seen(stand: Stand) -> None:
    assert stand.show().form.values()["colormap"] == "none"
    stand.presenter.close()
    stand.gallery.inverted = True
    assert stand.show().form.values()["colormap"] == "inverted"


def test_only_what_has_an_effect_is_shown(stand: Stand, run: RunDirectory) -> None:
    stand.presenter.open(Source(run))
    rows = stand.dialog.form.rows
    assert not rows["seed"].isVisible()
    assert not rows["text"].isVisible()
    stand.put("images", "new")
    assert rows["seed"].isVisible()
    stand.put("seed", 7)
    stand.put("caption", "text")
    assert rows["text"].isVisible()
    assert stand.dialog.form.values()["seed"] == 7
    stand.put("images", "shown")
    assert stand.dialog.form.values()["seed"] == 0, "what is not seen must have no effect"


def test_what_cannot_be_made_says_why(stand: Stand) -> None:
    stand.show()
    stand.put("rows", 7)
    assert stand.verdict == "There are only 20: choose fewer rows or columns, or new images."
    assert not stand.can_save
    stand.put("rows", 4)
    assert (
        stand.verdict == "20 images, 72 × 58 pixels" if stand.dialog.form.values()["columns"] == 5 else stand.can_save
    )
    stand.put("images", "new")
    assert "no checkpoint" in stand.verdict
    stand.dialog.choose("strip")
    assert stand.verdict == "This needs a run, and there is only a checkpoint."
    assert not stand.can_save


def test_a_changed_value_can_be_put_back(stand: Stand, qtbot: QtBot) -> None:
    stand.show()
    stand.put("rows", 2)
    button = stand.part(QToolButton, "reset:publish.rows")
    assert (button.isVisible(), button.toolTip()) == (True, "Back to 4")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stand.dialog.form.values()["rows"] == 4
    assert not button.isVisible()


def test_a_value_that_cannot_be_used_is_marked(stand: Stand) -> None:
    stand.show()
    stand.put("scale", 99)
    assert stand.dialog.form.rows["scale"].error == "must be at most 32, not 99"
    assert not stand.can_save
    stand.put("scale", "two")
    assert "whole number" in stand.dialog.form.rows["scale"].error
    stand.put("scale", 3)
    assert not stand.dialog.form.rows["scale"].error
    assert stand.can_save


def test_settings_are_remembered_but_for_what_follows_from_the_images(stand: Stand) -> None:
    stand.show()
    stand.put("scale", 5)
    stand.put("rows", 1)
    stand.dialog.close()
    assert stand.presenter.dialog is None
    assert stand.show().form.values()["scale"] == 5
    assert stand.dialog.form.values()["rows"] == 4


def test_a_strip_suits_the_run(stand: Stand, runs_dir: Path) -> None:
    config = TrainConfig().with_changes({"recording.plot_against": "epochs"})
    run = RunDirectory.create(runs_dir, config)
    for step in (0, 10, 20):
        save_sample(run.sample_path(step), DIGITS[:3], step)
    stand.presenter.open(Source(run), "strip")
    values = stand.dialog.form.values()
    assert (values["rows"], values["columns"], values["captions"]) == (3, 3, "epoch")
    stand.put("rows", 4)
    assert stand.verdict == "Each sample has 3 images: choose fewer rows."


# -- the preview -------------------------------------------------------------------------------------------------------


def test_the_preview_is_what_will_be_written(stand: Stand, qtbot: QtBot) -> None:
    stand.show()
    stand.put("colormap", "inverted")
    stand.put("padding", 0)
    stand.put("scale", 1)
    expected = 255 - compose_grid(DIGITS, 4, 5, padding=0)[..., 0]
    qtbot.waitUntil(lambda: stand.dialog.preview.picture is not None, timeout=TIMEOUT)

    def is_there() -> bool:
        picture = stand.dialog.preview.picture
        return picture is not None and (picture.width(), picture.height()) == (30, 24)

    qtbot.waitUntil(is_there, timeout=TIMEOUT)
    picture = stand.dialog.preview.picture
    assert picture is not None
    found = [[picture.pixelColor(x, y).red() for x in range(30)] for y in range(24)]
    assert np.array_equal(found, expected)
    assert not stand.dialog.preview.grab().isNull()
    stand.put("rows", 50)
    assert stand.dialog.preview.picture is None


def test_a_preview_that_fails_says_why(stand: Stand, qtbot: QtBot, run: RunDirectory, tmp_path: Path) -> None:
    broken = tmp_path / "step-00000001.pt"
    broken.write_bytes(b"PK")
    stand.presenter.open(Source(checkpoint=broken))
    stand.put("images", "new")
    qtbot.waitUntil(lambda: "is damaged" in stand.verdict, timeout=TIMEOUT)
    assert not stand.can_save


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_grid_is_written(
    stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposals = choose_file(tmp_path / "mine")
    stand.show()
    stand.put("rows", 2)
    stand.put("columns", 3)
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: stand.presenter.dialog is None, timeout=TIMEOUT)
    assert proposals == ["grid-step-00001200-2x3.png"]
    assert (pixels(tmp_path / "mine.png") == compose_grid(DIGITS, 2, 3, padding=2, scale=2)[..., 0]).all()
    message = stand.messages.bar.messages()[-1]
    assert message.text == f"Exported mine.png to {tmp_path}."
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toLocalFile()))
    assert message.on_action is not None
    message.on_action()
    assert opened == [str(tmp_path)]


def test_a_strip_is_written_from_the_samples(
    stand: Stand, qtbot: QtBot, run: RunDirectory, tmp_path: Path, choose_file: Any
) -> None:
    choose_file(tmp_path / "strip.png")
    stand.presenter.open(Source(run, shown=Shown(DIGITS, 5)), "strip")
    stand.put("rows", 2)
    stand.put("columns", 3)
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: stand.presenter.dialog is None, timeout=TIMEOUT)
    assert (pixels(tmp_path / "strip.png") == strip_of_run(run, columns=3, rows=2)[..., 0]).all()


def test_nothing_is_written_without_a_name_or_over_a_file(
    stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.show()
    choose_file(None)
    click(stand, qtbot, "publishSave")
    assert stand.can_save
    (tmp_path / "mine.png").write_text("mine")
    choose_file(tmp_path / "mine")  # the file dialog saw no such name, but its ending is missing
    questions: list[str] = []
    monkeypatch.setattr("studio.presenters.publish.ask", lambda parent, title, *_: (questions.append(title), "keep")[1])
    click(stand, qtbot, "publishSave")
    assert questions == ["Replace mine.png?"]
    assert (tmp_path / "mine.png").read_text() == "mine"


def test_return_ends_the_typing_and_exports_nothing(stand: Stand, qtbot: QtBot, choose_file: Any) -> None:
    proposals = choose_file(None)
    stand.show()
    editor = stand.dialog.form.rows["rows"].editor
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert not proposals
    click(stand, qtbot, "publishSave")
    assert proposals


def test_what_fails_is_said_and_tried_again(stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any) -> None:
    choose_file(tmp_path / "no" / "such" / "folder" / "a.png")
    stand.show()
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: "Could not write" in stand.verdict, timeout=TIMEOUT)
    assert stand.dialog.isVisible()
    stand.put("scale", 4)
    assert stand.can_save


class Slow(QObject):
    """An export that goes on until it is stopped, and tells when it has ended."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.ended = False
        pace = threading.Event()

        def write(publication: SingleImages, source: Source, out: Path, tell: Any) -> Path:
            try:
                while not pace.wait(0.01):
                    tell("Making images", 30, 100)
                return out
            finally:
                self.ended = True

        patch.setattr(SingleImages, "write", write)


def test_a_long_export_can_be_stopped(
    stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    choose_file(tmp_path / "many")
    stand.show()
    stand.dialog.choose("images")
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: stand.verdict == "Making images: 30 of 100", timeout=TIMEOUT)
    bar = stand.part(QProgressBar, "publishProgress")
    assert bar.isVisible()
    assert bar.value() == 0.3 * bar.maximum()
    assert not stand.dialog.form.isEnabled()
    assert not stand.can_save
    stand.presenter.export()  # another one has to wait
    assert "being exported" in stand.messages.bar.messages()[-1].text
    qtbot.keyClick(stand.dialog, Qt.Key.Key_Escape)
    assert stand.dialog.isVisible(), "Escape stops first, and closes then"
    assert stand.can_save
    assert not bar.isVisible()
    assert "stopped" in stand.messages.bar.messages()[-1].text
    qtbot.waitUntil(lambda: slow.ended, timeout=TIMEOUT)


def test_closing_the_window_stops_an_export(
    stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    choose_file(tmp_path / "many")
    stand.show()
    stand.dialog.choose("images")
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: "30 of 100" in stand.verdict, timeout=TIMEOUT)
    stand.presenter.close()
    assert slow.ended
    assert stand.presenter.dialog is None


# -- bundles -----------------------------------------------------------------------------------------------------------


def test_a_bundle_goes_out_and_comes_in(
    stand: Stand, qtbot: QtBot, run: RunDirectory, tmp_path: Path, runs_dir: Path, choose_file: Any
) -> None:
    proposals = choose_file(tmp_path / "a.run.zip")
    stand.presenter.open_run(run.path, "bundle")
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: stand.presenter.dialog is None, timeout=TIMEOUT)
    assert proposals == [f"{run.name}.run.zip"]
    assert zipfile.is_zipfile(tmp_path / "a.run.zip")
    with qtbot.waitSignal(stand.presenter.imported, timeout=TIMEOUT) as found:
        stand.presenter.import_bundle(tmp_path / "a.run.zip")
    assert found.args == [runs_dir / "00001-tiny"]
    assert stand.messages.bar.messages()[-1].text == "Imported 00001-tiny."


def test_a_foreign_zip_is_not_imported(stand: Stand, qtbot: QtBot, tmp_path: Path, runs_dir: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.run.zip", "w") as archive:
        archive.writestr("../evil", "evil")
    stand.presenter.import_bundle(tmp_path / "a.run.zip")
    qtbot.waitUntil(lambda: stand.messages.bar.messages()[-1].severity == "error", timeout=TIMEOUT)
    assert "not a run bundle" in stand.messages.bar.messages()[-1].detail
    assert not [path for path in runs_dir.iterdir() if path.is_dir()]


def test_pictures_can_be_opened_with_pillow(stand: Stand, qtbot: QtBot, tmp_path: Path, choose_file: Any) -> None:
    """Single images of what is shown, in a folder of their own."""
    choose_file(tmp_path / "few")
    stand.show()
    stand.dialog.choose("images")
    click(stand, qtbot, "publishSave")
    qtbot.waitUntil(lambda: stand.presenter.dialog is None, timeout=TIMEOUT)
    assert len(list((tmp_path / "few").iterdir())) == 20
    with Image.open(tmp_path / "few" / "image-00007.png") as picture:
        assert np.array_equal(np.asarray(picture), DIGITS[7, :, :, 0])
