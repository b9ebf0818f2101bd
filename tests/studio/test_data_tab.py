"""The Data tab of the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from ganengine.data.dataset import ImageDataset
from ganengine.data.named import files, published
from ganengine.data.progress import Tell, silent
from ganengine.data.sources.folder import FolderSource
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.events import Preparing
from studio.main_window import MainWindow
from studio.views.dataset_preview import DatasetPreview
from tests.studio.data_helpers import (
    Endless,
    cells,
    choose_messy,
    combo,
    named,
    press,
    published_in,
    put,
    real_images,
    shown,
    text_of,
)
from tests.studio.pictures import make_pictures

TIMEOUT = 30_000


@pytest.fixture(autouse=True)
def data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for named sets."""
    root = tmp_path / "data"
    monkeypatch.setenv("GAN_STUDIO_DATA", str(root))
    return root


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> Iterator[MainWindow]:
    shown = MainWindow(settings, runs_dir)
    shown.resize(1280, 800)
    with qtbot.waitSignal(shown.ready, timeout=TIMEOUT):
        shown.show()
    shown.tabs.setCurrentWidget(shown.dataset_view)
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents()


@pytest.fixture
def view(window: MainWindow, qtbot: QtBot) -> DatasetPreview:
    """The tab with the digits of the first preset."""
    qtbot.waitUntil(lambda: window.dataset_view.facts is not None, timeout=TIMEOUT)
    return window.dataset_view


def test_the_first_data_are_loaded_once_for_both_tabs(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, settings: QSettings, runs_dir: Path
) -> None:
    loads: list[object] = []
    load = MNIST5k.load

    def counting(source: MNIST5k, tell: Tell = silent) -> ImageDataset:
        loads.append(source)
        return load(source, tell)

    monkeypatch.setattr(MNIST5k, "load", counting)
    window = MainWindow(settings, runs_dir)
    qtbot.addWidget(window, before_close_func=lambda window: window.close())
    with qtbot.waitSignal(window.ready, timeout=TIMEOUT):
        window.show()
    qtbot.waitUntil(lambda: window.dataset_view.facts is not None, timeout=TIMEOUT)
    assert text_of(window.dataset_view, "datasetSummary") == "5,000 images · 28×28 pixels, grey · 10 classes"
    assert real_images(window) > 0
    assert "These are the real images" in window.grid.message
    assert len(loads) == 1


def test_pages_and_classes(view: DatasetPreview, qtbot: QtBot) -> None:
    capacity = view.grid.capacity
    assert shown(view) == capacity > 10
    assert text_of(view, "datasetPlace") == f"1–{capacity} of 5,000 images"
    first = view.grid.composed_image()
    press(qtbot, named(view, "datasetNext"))
    assert text_of(view, "datasetPlace") == f"{capacity + 1}–{2 * capacity} of 5,000 images"
    assert view.grid.composed_image() != first
    press(qtbot, named(view, "datasetPrevious"))
    assert view.grid.composed_image() == first
    assert not named(view, "datasetPrevious").isEnabled()

    combo(view, "datasetClass").setCurrentIndex(4)
    assert combo(view, "datasetClass").currentText() == "3 (500)"
    assert text_of(view, "datasetPlace").endswith("of 500 images")


def test_a_smaller_window_shows_fewer_images_at_the_same_size(window: MainWindow, view: DatasetPreview) -> None:
    before, zoom = view.grid.capacity, view.grid.zoom
    window.resize(1280, 560)
    QApplication.processEvents()
    assert shown(view) == view.grid.capacity < before
    assert view.grid.zoom == zoom


def test_what_was_left_out_is_counted_listed_and_copied(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.tabs.tabText(window.tabs.indexOf(view)) == "Data"
    assert not named(view, "datasetLeftOut").isEnabled()
    choose_messy(window, view, qtbot, tmp_path)
    assert window.tabs.tabText(window.tabs.indexOf(view)) == "Data · 3 files left out"
    button = named(view, "datasetLeftOut")
    assert isinstance(button, QPushButton)
    assert button.text() == "3 files left out"
    press(qtbot, button)
    dialog = window.findChild(QDialog, "leftOutDialog")
    assert dialog is not None
    table = dialog.findChild(QTableView, "leftOutTable")
    assert table is not None
    assert cells(table) == {
        "cats/zero.jpg": "empty file (0 bytes)",
        "dogs/cut.png": "cut off: the end of the file is missing",
        "dogs/letter.png": "not an image: it is a text",
    }
    press(qtbot, named(dialog, "leftOutCopy"))
    copied = dict(line.split("\t") for line in QGuiApplication.clipboard().text().splitlines())
    assert copied == cells(table)
    table.selectRow(0)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "cats/zero.jpg\tempty file (0 bytes)"
    dialog.close()


def test_the_check_finds_copies_and_blank_images(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, tmp_path: Path
) -> None:
    choose_messy(window, view, qtbot, tmp_path)
    groups = combo(view, "datasetGroup")
    assert not groups.isEnabled()
    press(qtbot, named(view, "datasetCheckButton"))
    qtbot.waitUntil(groups.isEnabled, timeout=TIMEOUT)
    assert "1 image is a copy of another one." in view.findings.text
    assert "1 image shows nearly nothing." in view.findings.text
    assert [groups.itemText(row) for row in range(groups.count())] == [
        "All images",
        "Nearly blank (1)",
        "Duplicates (2)",
    ]
    groups.setCurrentIndex(2)
    assert shown(view) == 2
    combo(view, "datasetClass").setCurrentIndex(2)  # the copies are cats, and so there is no such dog
    assert shown(view) == 0
    assert view.grid.empty_text
    assert text_of(view, "datasetPlace") == "no images"


def test_a_check_can_be_cancelled(view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless()
    monkeypatch.setattr("ganengine.data.check.check", endless)
    check = named(view, "datasetCheckButton")
    press(qtbot, check)
    qtbot.waitUntil(lambda: view.findings.text.startswith("Preparing for ever"), timeout=TIMEOUT)
    assert view.findings.action == "Cancel"
    press(qtbot, check)
    qtbot.waitUntil(lambda: endless.cancelled == 1, timeout=TIMEOUT)
    assert view.findings.action == "Check data"
    assert view.facts is not None


def test_a_set_that_is_not_there_is_offered_not_fetched(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data_root: Path
) -> None:
    monkeypatch.setattr(files, "download", lambda *_: pytest.fail("downloads without being asked"))
    put(window, {"data.source": "fashion-mnist"})
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)
    assert "Fashion-MNIST is not on this computer yet (26 MB)." in view.notice.text
    assert view.notice.isVisible()
    assert "not on this computer" in window.grid.canvas.empty_text
    assert real_images(window) == 0
    assert window.grid.message == ""
    assert not data_root.exists()
    assert window.messages.bar.messages() == []


def test_a_set_is_downloaded_on_request(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(published, "of_mnist_kind", lambda _: published_in(tmp_path / "server"))
    put(window, {"data.source": "kmnist"})
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)
    press(qtbot, named(view, "datasetNoticeButton"))
    qtbot.waitUntil(lambda: view.facts is not None, timeout=TIMEOUT)
    assert view.facts is not None
    assert (view.facts.name, view.facts.count) == ("Kuzushiji-MNIST", 40)
    assert real_images(window) == 40


def test_a_download_can_be_cancelled_and_is_offered_again(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = Endless()
    monkeypatch.setattr(published, "of_mnist_kind", lambda _: published_in(tmp_path / "server"))
    monkeypatch.setattr(files, "download", lambda _file, _folder, tell: endless(None, tell))
    put(window, {"data.source": "kmnist"})
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)
    button = named(view, "datasetNoticeButton")
    press(qtbot, button)
    qtbot.waitUntil(lambda: view.notice.action == "Cancel", timeout=TIMEOUT)
    qtbot.waitUntil(lambda: "Preparing for ever" in text_of(window, "statusPlace"), timeout=TIMEOUT)
    press(qtbot, button)
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)
    assert endless.cancelled == 1
    assert text_of(window, "statusPlace") == ""


def test_another_choice_gives_up_the_one_before(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = Endless()
    monkeypatch.setattr(FolderSource, "load", endless.load())
    put(window, {"data.source": "folder", "data.path": str(tmp_path)})
    qtbot.waitUntil(lambda: "Preparing for ever" in view.notice.text, timeout=TIMEOUT)
    assert view.facts is None
    put(window, {"data.source": "mnist-5k"})
    qtbot.waitUntil(lambda: view.facts is not None, timeout=TIMEOUT)
    assert endless.cancelled == 1
    assert window.messages.bar.messages() == []


def test_a_preparation_can_be_cancelled_and_begun_again(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = Endless()
    with monkeypatch.context() as patched:
        patched.setattr(FolderSource, "load", endless.load())
        make_pictures(tmp_path / "pictures", 6)
        put(window, {"data.source": "folder", "data.path": str(tmp_path / "pictures")})
        qtbot.waitUntil(lambda: "Preparing for ever" in view.notice.text, timeout=TIMEOUT)
        button = named(view, "datasetNoticeButton")
        press(qtbot, button)
        qtbot.waitUntil(lambda: endless.cancelled == 1, timeout=TIMEOUT)
    assert "Cancelled" in view.notice.text
    assert "Cancelled" in window.grid.canvas.empty_text
    press(qtbot, button)
    qtbot.waitUntil(lambda: view.facts is not None, timeout=TIMEOUT)


def test_closing_the_window_gives_up_a_preparation(
    qtbot: QtBot, window: MainWindow, view: DatasetPreview, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = Endless()
    monkeypatch.setattr(FolderSource, "load", endless.load())
    put(window, {"data.source": "folder", "data.path": str(tmp_path)})
    qtbot.waitUntil(lambda: "Preparing for ever" in view.notice.text, timeout=TIMEOUT)
    window.close()
    assert endless.cancelled == 1


def test_without_a_path_the_tab_says_what_to_do(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(window, {"data.source": "folder"})
    qtbot.waitUntil(lambda: view.notice.action == "Choose folder…", timeout=TIMEOUT)
    assert "Drop a folder" in view.notice.text
    assert window.messages.bar.messages() == []
    make_pictures(tmp_path / "pictures", 6)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "pictures"))
    press(qtbot, named(view, "datasetNoticeButton"))
    qtbot.waitUntil(lambda: view.facts is not None, timeout=TIMEOUT)
    assert view.facts is not None
    assert view.facts.name == "pictures"


def test_a_path_is_looked_at_when_the_typing_ends(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[str] = []
    load = FolderSource.load

    def noting(source: FolderSource, tell: Tell = silent) -> ImageDataset:
        tried.append(source.path)
        return load(source, tell)

    monkeypatch.setattr(FolderSource, "load", noting)
    put(window, {"data.source": "folder"})
    qtbot.waitUntil(lambda: view.notice.action == "Choose folder…", timeout=TIMEOUT)
    make_pictures(tmp_path / "p", 6)
    qtbot.keyClicks(named(window, "data.path"), str(tmp_path / "p"))
    qtbot.waitUntil(lambda: view.facts is not None, timeout=TIMEOUT)
    assert tried == [str(tmp_path / "p")]


def test_a_wrong_path_is_explained_without_a_message(window: MainWindow, view: DatasetPreview, qtbot: QtBot) -> None:
    put(window, {"data.source": "folder", "data.path": "/there/is/no/such/place"})
    qtbot.waitUntil(lambda: "There is nothing at /there/is/no/such/place" in view.notice.text, timeout=TIMEOUT)
    assert view.notice.action == "Choose folder…"
    assert "There is nothing at" in window.grid.canvas.empty_text
    assert window.messages.bar.messages() == []


def test_the_data_follow_the_form_though_another_setting_is_wrong(
    window: MainWindow, view: DatasetPreview, qtbot: QtBot
) -> None:
    put(window, {"training.batch_size": "many"})
    put(window, {"data.resolution": 32})
    qtbot.waitUntil(lambda: view.facts is not None and view.facts.side == 32, timeout=TIMEOUT)


def test_looking_again_finds_new_files(window: MainWindow, view: DatasetPreview, qtbot: QtBot, tmp_path: Path) -> None:
    choose_messy(window, view, qtbot, tmp_path)
    make_pictures(tmp_path / "messy" / "mice", 3, seed=5)
    press(qtbot, named(view, "datasetReload"))
    qtbot.waitUntil(lambda: view.facts is not None and view.facts.count == 17, timeout=TIMEOUT)
    assert view.facts is not None
    assert view.facts.classes == (("cats", 10), ("dogs", 4), ("mice", 3))


def test_a_training_that_downloads_is_followed(window: MainWindow, view: DatasetPreview, qtbot: QtBot) -> None:
    put(window, {"data.source": "kmnist"})
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)
    window.session.preparing.emit(Preparing("Downloading letters.gz", 2_000_000, 8_000_000))
    assert view.notice.text == "Downloading letters.gz: 2.0 of 8.0 MB"
    assert view.notice.action == ""  # Stop cancels it
    window.session.ended.emit()
    qtbot.waitUntil(lambda: view.notice.action == "Download", timeout=TIMEOUT)


def test_everything_has_a_name_for_screen_readers(view: DatasetPreview) -> None:
    for name in ("datasetClass", "datasetGroup", "datasetPrevious", "datasetNext", "datasetReload", "datasetLeftOut"):
        widget = named(view, name)
        assert widget.accessibleName(), name
        assert widget.toolTip(), name
    assert view.objectName() == "datasetPreview"
    assert "0: 500" in named(view, "datasetClasses").accessibleDescription()
    assert named(view, "datasetBrightness").accessibleDescription().startswith("Mean ")
