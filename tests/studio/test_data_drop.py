"""What happens to files and folders that are dropped onto the window."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.dropping import Dropped, kind_of
from studio.main_window import MainWindow
from studio.session import SessionState
from studio.workspace import Workspace
from tests.studio.pictures import make_pictures

TIMEOUT = 30_000


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> Iterator[MainWindow]:
    shown = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(shown.ready, timeout=TIMEOUT):
        shown.show()
    yield shown
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents()


@pytest.mark.parametrize("ending", ["", ".zip", ".tar", ".tar.gz", ".tgz", ".npy", ".npz"])
def test_pictures_are_taken_into_the_form_and_shown(
    ending: str, qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    place = made(tmp_path, ending)
    assert enters(window, place)
    drop(window, place)
    config = workspace(window).form.config()
    assert (config.get("data.source"), config.get("data.path")) == ("folder", str(place))
    assert any(place.name in message.text for message in window.messages.bar.messages())
    assert window.tabs.currentWidget() is window.dataset_view
    qtbot.waitUntil(lambda: window.dataset_view.facts is not None and window.dataset_view.facts.count == 12)


def test_a_second_drop_replaces_the_first(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    make_pictures(first, 3)
    make_pictures(second, 5)
    drop(window, first)
    drop(window, second)
    qtbot.waitUntil(lambda: window.dataset_view.facts is not None and window.dataset_view.facts.name == "second")
    assert window.dataset_view.facts is not None
    assert window.dataset_view.facts.count == 5


def test_while_a_training_runs_nothing_is_changed(window: MainWindow, tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures", 3)
    before = workspace(window).form.config()
    window.session.state = SessionState.RUNNING
    drop(window, tmp_path / "pictures")
    window.session.state = SessionState.IDLE
    assert workspace(window).form.config() == before
    assert any("running" in message.text for message in window.messages.bar.messages())


def test_runs_and_settings_are_opened_as_ever(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(workspace(window).checkpoints, "load", opened.append)
    run = tmp_path / "00001-run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    checkpoint = tmp_path / "step-00000001.pt"
    checkpoint.write_bytes(b"")
    before = workspace(window).form.config().data
    for path in (run, checkpoint):
        drop(window, path)
    assert opened == [run, checkpoint]
    assert workspace(window).form.config().data == before


def test_what_is_of_no_use_is_refused(window: MainWindow, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear studio,")
    assert not enters(window, letter)
    assert kind_of(letter) == Dropped.OTHER
    assert kind_of(tmp_path / "missing.zip") == Dropped.OTHER


def made(tmp_path: Path, ending: str) -> Path:
    """Twelve pictures in a folder, an archive or an array."""
    folder, place = tmp_path / "pictures", tmp_path / f"pictures{ending}"
    make_pictures(folder, 12)
    images = np.random.default_rng(0).integers(0, 256, (12, 28, 28), dtype=np.uint8)
    if ending == ".zip":
        with zipfile.ZipFile(place, "w") as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
    elif ending == ".npy":
        np.save(place, images)
    elif ending == ".npz":
        np.savez(place, images=images)
    elif ending:
        with tarfile.open(place, "w" if ending == ".tar" else "w:gz") as tar:
            tar.add(folder, "pictures")
    return place


def workspace(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def mime(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def enters(window: MainWindow, path: Path) -> bool:
    data = mime(path)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    event.ignore()
    window.dragEnterEvent(event)
    return event.isAccepted()


def drop(window: MainWindow, path: Path) -> None:
    data = mime(path)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def test_pictures_without_classes_turn_the_classes_off(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    make_pictures(tmp_path / "holiday", 12)
    form = workspace(window).form
    assert form.config().training.class_conditional, "as the default preset has it"
    drop(window, tmp_path / "holiday")
    qtbot.waitUntil(lambda: not form.config().training.class_conditional, timeout=TIMEOUT)
    assert any("has no classes" in message.text for message in window.messages.bar.messages())
