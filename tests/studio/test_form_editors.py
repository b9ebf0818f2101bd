"""The editors of the form, driven as a person does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from ganengine.config import TrainConfig, all_declarations
from ganengine.fields import Declaration
from studio.form.editors import Editor, editor_for
from studio.form.editors.device import DeviceEditor

DECLARED = {found.path: found for found in all_declarations(TrainConfig())}


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def _editor(qtbot: QtBot, declaration: Declaration) -> Editor:
    editor = editor_for(declaration)
    qtbot.addWidget(editor)
    editor.set_value(declaration.default)
    editor.show()
    return editor


def _type(editor: QWidget, text: str) -> None:
    editor.setFocus()
    editor.selectAll()  # type: ignore[attr-defined]
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClicks(editor, text)


@pytest.mark.parametrize("path", DECLARED)
def test_an_editor_shows_its_default_and_says_nothing_of_it(qtbot: QtBot, path: str) -> None:
    declaration = DECLARED[path]
    editor = editor_for(declaration)
    qtbot.addWidget(editor)
    said: list[str] = []
    editor.edited.connect(lambda: said.append("edited"))
    editor.committed.connect(lambda: said.append("committed"))
    editor.set_value(declaration.default)
    assert editor.value() == declaration.default
    assert editor.objectName() == path
    assert editor.accessibleName() == declaration.title
    assert "Default" in editor.toolTip()
    assert editor.complaint() == ""
    assert said == []


@pytest.mark.parametrize(("text", "value"), [("1e-4", 1e-4), ("0.0003", 3e-4), (" .5 ", 0.5), ("-1", -1), ("1e", "1e")])
@pytest.mark.usefixtures("german")
def test_numbers_are_read_in_the_c_locale(qtbot: QtBot, text: str, value: object) -> None:
    editor = _editor(qtbot, DECLARED["optimizer_g.lr"])
    _type(editor, text)
    assert editor.value() == value


@pytest.mark.usefixtures("german")
def test_numbers_are_written_in_the_c_locale(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["training.steps"])
    editor.set_value(1_234_567)
    assert editor.lineEdit().text() == "1234567"  # type: ignore[union-attr]


def test_a_number_out_of_bounds_is_kept_when_the_focus_leaves(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["training.batch_size"])
    with qtbot.waitSignal(editor.committed):
        _type(editor, "99999999")
        QTest.keyClick(editor, Qt.Key.Key_Return)
    editor.clearFocus()
    assert editor.value() == 99_999_999


def test_arrow_keys_step_and_commit(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["optimizer_g.lr"])
    editor.setFocus()
    with qtbot.waitSignals([editor.edited, editor.committed]):
        QTest.keyClick(editor, Qt.Key.Key_Up)
    assert editor.value() == pytest.approx(2.5e-4)
    _type(editor, "rubbish")
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.value() == pytest.approx(2.5e-4), "a text that is no number goes back to the last number"


def _turn_wheel(widget: QWidget) -> QWheelEvent:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


@pytest.mark.parametrize("path", ["training.batch_size", "optimizer_g.kind", "optimizer_g.betas.0", "training.device"])
def test_the_wheel_changes_nothing_without_focus_and_goes_to_the_scroll_area(qtbot: QtBot, path: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    owner = path.removesuffix(".0")
    editor = editor_for(DECLARED[owner])
    editor.setParent(window)
    editor.set_value(DECLARED[owner].default)
    window.show()
    target = window.findChild(QWidget, path)
    assert target is not None
    before = editor.value()
    assert not target.hasFocus()
    event = _turn_wheel(target)
    assert editor.value() == before
    assert not event.isAccepted()
    assert not target.hasFocus()


def test_the_wheel_steps_a_focused_number(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["training.batch_size"])
    qtbot.waitExposed(editor)
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    _turn_wheel(editor)
    assert editor.value() == 32


def test_widths_are_a_line_of_whole_numbers(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["generator.widths"])
    _type(editor, "64, 128  256;")
    assert editor.value() == (64, 128, 256)
    _type(editor, "64, big")
    assert editor.value() == (64, "big")
    assert editor.complaint() == "must be a whole number, not 'big'"
    _type(editor, " ")
    assert editor.complaint().startswith("is empty")


def test_each_beta_has_a_box_with_its_own_bounds(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["optimizer_g.betas"])
    second = editor.findChild(QWidget, "optimizer_g.betas.1")
    assert second is not None
    with qtbot.waitSignal(editor.edited):
        _type(second, "0.99")
    assert editor.value() == (0.5, 0.99)
    QTest.keyClick(second, Qt.Key.Key_Up)
    assert editor.value() == (0.5, 0.99), "1 is excluded"


def test_a_choice_explains_each_alternative(qtbot: QtBot) -> None:
    editor = editor_for(DECLARED["optimizer_g.kind"], {"sgd": "Plain gradient descent"})
    qtbot.addWidget(editor)
    assert isinstance(editor, QComboBox)
    row = editor.findData("sgd")
    assert editor.itemText(row) == "SGD"
    assert "Plain gradient descent" in editor.itemData(row, Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(editor.committed):
        QTest.keyClicks(editor, "S")
    assert editor.value() == "sgd"


def test_a_device_that_is_not_here_stays_chosen_and_says_so(qtbot: QtBot) -> None:
    editor = _editor(qtbot, DECLARED["training.device"])
    assert isinstance(editor, DeviceEditor)
    editor.set_value("cuda:7")
    assert editor.currentText() == "cuda:7 (not on this machine)"
    editor.set_devices([("auto", "auto (best available)"), ("cpu", "cpu"), ("cuda:7", "cuda:7 — Big, 24 GB")])
    assert editor.value() == "cuda:7"
    assert editor.currentText() == "cuda:7 — Big, 24 GB"


@pytest.mark.parametrize("annotation", [int, float, str])
def test_an_empty_text_is_none_where_that_is_allowed(qtbot: QtBot, annotation: type) -> None:
    made = Declaration("data.path", "Path", "Where.", annotation, None, optional=True)
    editor = _editor(qtbot, made)
    assert editor.value() is None
    assert editor.complaint() == ""
    _type(editor, "12")
    assert editor.value() is not None


def test_no_choice_is_a_choice_where_that_is_allowed(qtbot: QtBot) -> None:
    made = replace(DECLARED["generator.activation"], annotation=Literal["relu"], optional=True, default=None)
    editor = _editor(qtbot, made)
    assert editor.value() is None
    assert isinstance(editor, QComboBox)
    assert editor.currentText() == "None"
