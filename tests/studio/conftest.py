"""Fixtures of the studio's tests, and the check that a test leaves nothing running behind."""

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths, QThread, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from studio.main_window import MainWindow

READY_MS = 60_000

QStandardPaths.setTestModeEnabled(True)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings in a file of this test's own."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, runs_dir: Path) -> "Iterator[MainWindow]":
    """The real window, ready to train; what it trains is stopped in the end."""
    from studio.main_window import MainWindow

    shown = MainWindow(settings, runs_dir)
    with qtbot.waitSignal(shown.ready, timeout=READY_MS):
        shown.show()
    yield shown
    if shown.session.is_active:
        with qtbot.waitSignal(shown.session.ended, timeout=READY_MS):
            shown.session.stop(save=False)
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents()


@pytest.fixture(autouse=True)
def _own_default_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A plain `QSettings()` writes into a temporary folder, not over the person's own."""
    folder = str(tmp_path_factory.mktemp("qsettings"))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def _nothing_left_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a running QThread, one of our timers, a window or a Python thread behind.

    pytest-qt closes what `qtbot.addWidget` was given before fixtures are torn down, so this looks afterwards.
    """
    started: list[tuple[weakref.ref[Any], str]] = []
    monkeypatch.setattr(QThread, "start", _recording(QThread.start, started, only_ours=False))
    monkeypatch.setattr(QTimer, "start", _recording(QTimer.start, started, only_ours=True))
    windows_before = _windows()
    threads_before = set(threading.enumerate())

    yield

    gc.collect()
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [f"{what} of {where}" for ref, where in started if (what := _still_running(ref()))]
    left += [f"window {window!r}" for window in _windows() if not any(window is old for old in windows_before)]
    left += [f"Python thread {thread.name!r}" for thread in _lasting_threads(threads_before)]
    if left:
        pytest.fail("the test left behind: " + "; ".join(left), pytrace=False)


def _recording(
    start: Callable[..., Any], started: list[tuple[weakref.ref[Any], str]], only_ours: bool
) -> Callable[..., Any]:
    """Wrap a `start` method so that it notes what was started, and by which module."""

    def noting_start(self: Any, *args: Any) -> Any:
        where = str(sys._getframe(1).f_globals.get("__name__"))
        if not only_ours or where.partition(".")[0] in {"studio", "tests"}:
            started.append((weakref.ref(self), where))
        return start(self, *args)

    return noting_start


def _still_running(thing: Any) -> str:
    """What is still active, in words; empty if it was deleted or has stopped."""
    if thing is None or not shiboken6.isValid(thing):
        return ""
    if isinstance(thing, QThread):
        return "running QThread" if thing.isRunning() and not thing.wait(500) else ""
    return "active QTimer" if thing.isActive() else ""


def _windows() -> list[QWidget]:
    """Top-level widgets, apart from hidden menus: those of pyqtgraph have no parent."""
    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [w for w in QApplication.topLevelWidgets() if w.isVisible() or not isinstance(w, QMenu)]


def _lasting_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Python threads that are new and do not end within half a second."""
    new = [
        thread
        for thread in set(threading.enumerate()) - before
        # What Python shows of a QThread, which is checked as such; and tqdm's one monitor for the process.
        if not isinstance(thread, threading._DummyThread) and type(thread).__name__ != "TMonitor"
    ]
    deadline = time.monotonic() + 0.5
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in new if thread.is_alive()]
