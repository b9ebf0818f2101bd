"""Where the docks go as the window gets narrow."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow

TIMEOUT = 30_000


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, tmp_path: Path) -> MainWindow:
    shown = MainWindow(settings, tmp_path)
    qtbot.addWidget(shown, before_close_func=lambda window: window.close())
    with qtbot.waitSignal(shown.ready, timeout=TIMEOUT):
        shown.show()
    return shown


def test_in_a_narrow_window_plots_and_log_share_a_place(window: MainWindow) -> None:
    window.resize(1400, 780)
    QApplication.processEvents()
    assert not window.tabifiedDockWidgets(window.plots_dock)
    window.resize(1024, 700)
    QApplication.processEvents()
    window.log_dock.toggleViewAction().trigger()
    assert window.tabifiedDockWidgets(window.plots_dock) == [window.log_dock]


def test_a_dock_behind_another_comes_to_the_front_before_it_closes(window: MainWindow) -> None:
    window.resize(1400, 780)
    runs, log = window.runs_dock, window.log_dock
    for dock in (runs, log):
        dock.toggleViewAction().trigger()
        QApplication.processEvents()
        assert not dock.visibleRegion().isEmpty()
    assert runs.visibleRegion().isEmpty()
    runs.toggleViewAction().trigger()
    QApplication.processEvents()
    assert (runs.isHidden(), runs.visibleRegion().isEmpty()) == (False, False)
    runs.toggleViewAction().trigger()
    QApplication.processEvents()
    assert runs.isHidden()


def test_a_message_leaves_the_images_where_they_are(window: MainWindow, qtbot: QtBot) -> None:
    place = window.grid.geometry()
    window.messages.error("The checkpoint was not loaded", "holiday.pt is not a checkpoint.")
    qtbot.waitUntil(lambda: window.messages.bar.height() > 20)
    assert window.grid.geometry() == place
