"""The field for a folder or a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig
from studio.form.editors.path import PathEditor
from studio.form.form import ExperimentForm


@pytest.fixture
def form(qtbot: QtBot) -> ExperimentForm:
    shown = ExperimentForm(TrainConfig.parse({"data": {"source": "folder"}}))
    qtbot.addWidget(shown)
    shown.resize(320, 800)
    shown.show()
    return shown


@pytest.fixture
def editor(form: ExperimentForm) -> PathEditor:
    found = form.findChild(PathEditor, "data.path")
    assert isinstance(found, PathEditor)
    return found


def path_in(form: ExperimentForm) -> object:
    return form.config().get("data.path")


def test_typing_reaches_the_settings(form: ExperimentForm, editor: PathEditor, qtbot: QtBot) -> None:
    assert editor.accessibleName() == "Path"
    qtbot.keyClicks(editor, "holiday")
    assert path_in(form) == "holiday"


def test_the_buttons_ask_for_a_folder_or_a_file(
    form: ExperimentForm, editor: PathEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def folder(_parent: object, _title: str, start: str) -> str:
        begun.append(start)
        return str(tmp_path)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", folder)
    button = editor.findChild(QToolButton, "data.path.choose")
    assert button is not None
    assert button.accessibleName()
    actions = {action.objectName(): action for action in button.menu().actions()}
    actions["data.path.chooseFolder"].trigger()
    assert path_in(form) == str(tmp_path)

    archive = tmp_path / "pictures.zip"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(archive), ""))
    actions["data.path.chooseFile"].trigger()
    assert path_in(form) == str(archive)
    # The next question begins where the chosen file is, and no answer changes nothing.
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda _p, _t, start: begun.append(start) or "")
    actions["data.path.chooseFolder"].trigger()
    assert begun == ["", str(tmp_path)]
    assert path_in(form) == str(archive)


def test_the_tab_key_reaches_the_button(editor: PathEditor, qtbot: QtBot) -> None:
    editor.window().activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is editor.findChild(QToolButton, "data.path.choose")


def test_a_folder_can_be_dropped_on_it_but_a_run_is_for_the_window(
    form: ExperimentForm, editor: PathEditor, tmp_path: Path
) -> None:
    pictures, run = tmp_path / "pictures", tmp_path / "00001-run"
    pictures.mkdir()
    run.mkdir()
    (run / "run.json").write_text("{}")
    assert drag(editor, pictures)
    assert drop(editor, pictures)
    assert path_in(form) == str(pictures)
    assert not drag(editor, run)
    assert not drop(editor, run)
    assert path_in(form) == str(pictures)


def test_a_complaint_marks_the_row(form: ExperimentForm, editor: PathEditor, qtbot: QtBot) -> None:
    assert form.show_problem("data.path", "there is nothing at /nowhere")
    assert editor.property("invalid") is True
    qtbot.keyClicks(editor, "x")
    assert editor.property("invalid") is False


def test_the_text_stays_clear_of_the_button(editor: PathEditor) -> None:
    button = editor.findChild(QToolButton, "data.path.choose")
    assert button is not None
    editor.set_value("/a/very/long/path/that/does/not/fit/into/a/narrow/field/pictures.tar.gz")
    assert editor.rect().contains(button.geometry())
    editor.grab()  # a line is scrolled as it is painted
    assert editor.cursorRect().center().x() <= button.x() + 4  # its end is what is shown


def drag(editor: PathEditor, path: Path) -> bool:
    data = mime(path)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    editor.dragEnterEvent(event)
    return event.isAccepted()


def drop(editor: PathEditor, path: Path) -> bool:
    data = mime(path)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys, QEvent.Type.Drop)
    editor.dropEvent(event)
    return event.isAccepted()


def mime(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data
