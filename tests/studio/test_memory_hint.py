"""The form says how much memory the chosen settings need, warns where it is short, and finds a batch that fits."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ganengine.devices import GIB, Memory

if TYPE_CHECKING:
    from studio.main_window import MainWindow

TIMEOUT = 30_000


def parts(window: "MainWindow") -> tuple[QLabel, QPushButton]:
    hint = window.findChild(QLabel, "hint:training")
    button = window.findChild(QPushButton, "hintAction:training")
    assert hint is not None
    assert button is not None
    return hint, button


def test_the_need_follows_the_settings(qtbot: QtBot, window: "MainWindow") -> None:
    hint, button = parts(window)
    qtbot.waitUntil(lambda: "Needs about" in hint.text(), timeout=TIMEOUT)
    assert "GiB are free" in hint.text()
    assert "activations" in hint.toolTip()
    assert not button.isVisibleTo(hint.window()), "there is room for more than anybody wants"
    before = hint.text()
    assert window.workspace is not None
    window.workspace.form.put({"training.batch_size": 2048})
    qtbot.waitUntil(lambda: hint.text() != before, timeout=TIMEOUT)


def test_where_memory_is_short_it_warns_once_and_the_button_helps(
    qtbot: QtBot, window: "MainWindow", monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, button = parts(window)
    qtbot.waitUntil(lambda: "Needs about" in hint.text(), timeout=TIMEOUT)
    assert window.workspace is not None
    form = window.workspace.form
    monkeypatch.setattr("ganengine.devices.memory", lambda device: Memory(GIB // 10, GIB))
    form.put({"training.batch_size": 4096, "generator.width": 64})
    qtbot.waitUntil(lambda: "Choose a smaller batch" in hint.text(), timeout=TIMEOUT)
    (warning,) = window.messages.bar.messages()
    assert warning.severity == "warning"
    assert warning.text == "This may need more memory than is free."
    assert window.actions_.start.isEnabled(), "it is no error"
    assert button.isVisibleTo(hint.window())
    button.click()
    qtbot.waitUntil(lambda: form.config().training.batch_size < 4096, timeout=TIMEOUT)
    assert form.config().training.batch_size.bit_count() == 1
    qtbot.waitUntil(lambda: "Choose a smaller batch" not in hint.text(), timeout=TIMEOUT)
    assert not button.isVisibleTo(hint.window())
