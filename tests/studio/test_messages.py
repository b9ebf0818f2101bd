"""Messages are logged, shown, and go or stay as they should; questions give the key that was chosen."""

import logging
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio import message_bar
from studio.message_bar import MessageRow
from studio.messages import Messages, ask


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(420, 400)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def messages(qtbot: QtBot, window: QWidget) -> Messages:
    made = Messages(window)
    layout = QVBoxLayout(window)
    layout.addWidget(made.bar)
    layout.addStretch(1)
    with qtbot.waitExposed(window):
        window.show()
    return made


@pytest.fixture
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_bar, "SECONDS", {"info": 0.02, "warning": 0.03})
    monkeypatch.setattr(message_bar, "FADE_MS", 10)


def shown(messages: Messages) -> list[tuple[str, str]]:
    return [(message.severity, message.text) for message in messages.bar.messages()]


def rows(messages: Messages) -> list[MessageRow]:
    return [row for row in messages.bar.findChildren(MessageRow) if row.isVisible()]


def test_bar_takes_no_room_while_empty(messages: Messages) -> None:
    assert messages.bar.objectName() == "messageBar"
    assert not messages.bar.isVisible()


def test_each_kind_is_logged_and_shown(messages: Messages, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="studio"):
        messages.info("100 % saved.")
        messages.warning("Some files were left out.", "notes.txt")
        messages.error("It failed.", "Free some space.")
    assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [
        ("studio", "INFO", "100 % saved."),
        ("studio", "WARNING", "Some files were left out. notes.txt"),
        ("studio", "ERROR", "It failed. Free some space."),
    ]
    assert messages.bar.isVisible()
    texts = [label.text() for row in rows(messages) for label in row.findChildren(QLabel) if label.text()]
    assert texts == ["100 % saved.", "Some files were left out.", "notes.txt", "It failed.", "Free some space."]


@pytest.mark.usefixtures("_brief")
def test_info_and_warning_go_by_themselves_and_an_error_stays(messages: Messages, qtbot: QtBot) -> None:
    messages.error("It failed.", "Try again.")
    messages.info("Saved.")
    messages.warning("Beware.")
    qtbot.waitUntil(lambda: shown(messages) == [("error", "It failed.")], timeout=3000)
    assert messages.bar.isVisible()
    QTest.mouseClick(rows(messages)[0].findChild(QToolButton, "messageClose"), Qt.MouseButton.LeftButton)
    assert shown(messages) == []
    assert not messages.bar.isVisible()


@pytest.mark.usefixtures("_brief")
def test_message_waits_under_the_pointer(messages: Messages, qtbot: QtBot) -> None:
    messages.info("Read me.")
    here = QPointF(3, 3)
    QApplication.sendEvent(rows(messages)[0], QEnterEvent(here, here, here))
    messages.info("Do not mind me.")
    qtbot.waitUntil(lambda: len(shown(messages)) == 1, timeout=3000)
    assert shown(messages) == [("info", "Read me.")]
    messages.clear()


def test_action_is_called_once_and_closes_the_message(messages: Messages) -> None:
    called: list[str] = []
    messages.info("Exported.", action="Open folder", on_action=lambda: called.append("open"))
    button = rows(messages)[0].findChild(QPushButton, "messageAction")
    assert button.text() == "Open folder"
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert called == ["open"]
    assert shown(messages) == []


def test_same_message_is_shown_once(messages: Messages) -> None:
    for _ in range(5):
        messages.warning("The disk is nearly full.")
    assert len(shown(messages)) == 1


def test_errors_are_the_last_to_make_room(messages: Messages) -> None:
    messages.error("First.", "a")
    messages.info("Second.")
    messages.error("Third.", "b")
    messages.error("Fourth.", "c")
    assert [text for _, text in shown(messages)] == ["First.", "Third.", "Fourth."]
    messages.info("Fifth.")
    assert [text for _, text in shown(messages)] == ["Third.", "Fourth.", "Fifth."]


def test_long_text_wraps_and_is_not_taken_for_markup(messages: Messages, window: QWidget, qtbot: QtBot) -> None:
    messages.error("It failed.", "<b>no</b> " + "a rather long explanation " * 12)
    label = rows(messages)[0].findChild(QLabel, "messageDetail")
    qtbot.waitUntil(lambda: label.height() >= 3 * label.fontMetrics().height(), timeout=1000)
    assert label.text().startswith("<b>no</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert rows(messages)[0].width() <= window.width()
    assert label.height() >= label.heightForWidth(label.width())


def test_controls_have_names(messages: Messages) -> None:
    messages.error("It failed.", "Try again.", action="Retry", on_action=lambda: None)
    row = rows(messages)[0]
    assert row.accessibleName() == "Error: It failed. Try again."
    for button in (row.findChild(QPushButton, "messageAction"), row.findChild(QToolButton, "messageClose")):
        assert button.accessibleName()
        assert button.toolTip()


def answer(act: Callable[[QMessageBox], object]) -> None:
    """Once the question is up, do `act` with its box."""

    def find_and_act() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        act(box)

    QTimer.singleShot(0, find_and_act)


CHOICES = {"save": "Save and quit", "discard": "Quit without saving", "keep": "Keep training"}


@pytest.mark.parametrize("key", list(CHOICES))
def test_ask_returns_the_key(window: QWidget, key: str) -> None:
    answer(lambda box: box.findChild(QPushButton, f"choice_{key}").click())
    assert ask(window, "A training is still running.", "What now?", CHOICES) == key


def test_ask_takes_return_for_the_first_and_escape_for_the_last(window: QWidget) -> None:
    answer(lambda box: QTest.keyClick(box, Qt.Key.Key_Return))
    assert ask(window, "Really?", "", CHOICES) == "save"
    answer(lambda box: QTest.keyClick(box, Qt.Key.Key_Escape))
    assert ask(window, "Really?", "", CHOICES) == "keep"


def test_ask_takes_escape_for_what_is_named(window: QWidget) -> None:
    answer(lambda box: QTest.keyClick(box, Qt.Key.Key_Escape))
    assert ask(window, "Really?", "", CHOICES, cancel="discard") == "discard"


def test_question_shows_what_is_asked(window: QWidget) -> None:
    seen: list[str] = []

    def look(box: QMessageBox) -> None:
        seen.extend([box.objectName(), box.text(), box.informativeText()])
        seen.extend(button.text() for button in box.buttons())
        box.reject()

    answer(look)
    ask(window, "Delete <this> run?", "It cannot be undone.", {"delete": "Delete", "keep": "Keep it"})
    assert seen[:3] == ["question", "Delete <this> run?", "It cannot be undone."]
    assert set(seen[3:]) == {"Delete", "Keep it"}
