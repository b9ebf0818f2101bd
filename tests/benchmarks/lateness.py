"""How late the window's event loop is, measured with a timer of 10 ms, and the real window to measure it in."""

import gc
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, Qt, QTimer

PERIOD_MS = 10


class Lateness:
    """A timer of 10 ms, and the milliseconds by which each of its ticks came too late."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        self.late.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - PERIOD_MS))
        self._clock.start()

    def start(self) -> None:
        """Begin to listen."""
        self._clock.start()
        self._timer.start(PERIOD_MS)

    def take(self) -> list[float]:
        """What was heard since the last time."""
        taken, self.late = self.late, []
        return taken

    def stop(self) -> None:
        """Hear no more."""
        self._timer.stop()


def wait_for(milliseconds: float) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(int(milliseconds), loop.quit)
    loop.exec()


def wait_until(signal: Any) -> None:
    """Let the window live until a signal comes."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()
    signal.disconnect(loop.quit)


def measured(seconds: float) -> list[float]:
    """Milliseconds late of each tick during so many seconds."""
    lateness = Lateness()
    lateness.start()
    wait_for(1000 * seconds)
    lateness.stop()
    return lateness.late


def row(late: list[float]) -> list[float]:
    """Median, p95, p99 and worst."""
    points = statistics.quantiles(late, n=100)
    return [points[49], points[94], points[98], max(late)]


@contextmanager
def real_window() -> Iterator[Any]:
    """The studio's window with a folder of its own, ready to train; closed at the end."""
    from PySide6.QtWidgets import QApplication

    from studio.app import SWITCH_INTERVAL_S
    from studio.main_window import MainWindow
    from studio.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(settings, Path(folder) / "runs")
        window.show()
        wait_until(window.ready)
        gc.freeze()  # as the program does, like the next
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        try:
            yield window
        finally:
            stop(window)
            window.close()


def start(window: Any, preset: str, **changes: Any) -> None:
    """Start a training from a preset with other settings, and wait for its first images."""
    window.workspace.use(preset=preset, config=None)
    if changes:
        config = window.workspace.experiment.settings().with_changes(
            {path.replace("__", "."): value for path, value in changes.items()}
        )
        window.workspace.experiment.show_settings(config)
    window.actions_.start.trigger()
    wait_until(window.session.samplesArrived)


def stop(window: Any) -> None:
    """End the training, if there is one."""
    if window.session.is_active:
        window.session.stop(save=False)
        wait_until(window.session.ended)
