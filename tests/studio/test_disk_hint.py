"""The form says how much room the chosen settings will take."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.form.section import FormSection
from studio.main_window import MainWindow

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


def test_the_room_follows_the_settings(qtbot: QtBot, window: MainWindow) -> None:
    workspace = window.workspace
    assert workspace is not None
    section, hint = window.findChild(FormSection, "section:recording"), window.findChild(QLabel, "hint:recording")
    assert section is not None
    assert hint is not None
    assert hint.text() == "", "nobody looks: nothing is worked out"
    section.header.setChecked(True)
    qtbot.waitUntil(lambda: "13 checkpoints of about" in hint.text(), timeout=TIMEOUT)
    assert hint.isVisibleTo(section)
    before = hint.text()
    workspace.form.put({"recording.spread_checkpoints": 2, "recording.keep_samples": 50})
    qtbot.waitUntil(lambda: hint.text() != before, timeout=TIMEOUT)
    assert "5 checkpoints of about" in hint.text()
    assert "50 samples" in hint.text()
