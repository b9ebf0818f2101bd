"""The window: how soon it is there, and how late its event loop is while a training runs at full speed.

    python tests/benchmarks/bench_window.py [--seconds 20] [--preset digits-best]

Start: a fresh process each time, measured from before the interpreter starts; one before them, which compiles the
sources, does not count. Lateness: a 10 ms timer in the real
window, first idle, then with a training, 200,000 points in the plots, and the grid live.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_START = """
import os, sys, time
began = float(sys.argv[1])
from PySide6.QtCore import QObject, QEvent, QTimer
from PySide6.QtWidgets import QApplication
import studio.main_window as module
painted = []
paint = module.MainWindow.paintEvent
def painting(self, event):
    if not painted:
        painted.append(time.time() - began)
    paint(self, event)
module.MainWindow.paintEvent = painting
make = module.MainWindow.__init__
def making(self, *arguments):
    make(self, *arguments)
    self.ready.connect(lambda: (print(painted[0], time.time() - began), self.close()))
module.MainWindow.__init__ = making
from studio.app import main
sys.exit(main([]))
"""


def start_times(runs: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of the process to the first paint, and until a training can start."""
    painted, ready = [], []
    compiled = tempfile.TemporaryDirectory()
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs + 1):
        with tempfile.TemporaryDirectory() as home:
            places = {"HOME": home, "XDG_CONFIG_HOME": home, "GAN_STUDIO_RUNS": f"{home}/runs"}
            places["PYTHONPYCACHEPREFIX"] = compiled.name
            command = [sys.executable, "-c", _START, str(time.time())]
            result = subprocess.run(command, env=kept | places, capture_output=True, text=True, check=True)
        first, second = map(float, result.stdout.split())
        painted.append(first)
        ready.append(second)
    compiled.cleanup()
    return painted[1:], ready[1:]


def lateness(seconds: float, preset: str) -> dict[str, list[float]]:
    """Milliseconds by which each tick of a 10 ms timer came too late, in an idle window and in a training one."""
    import numpy as np
    from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from studio.main_window import MainWindow
    from studio.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")

    def measure() -> list[float]:
        late: list[float] = []
        clock, loop, timer = QElapsedTimer(), QEventLoop(), QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: late.append(max(0.0, clock.nsecsElapsed() / 1e6 - 10.0)) or clock.start())
        clock.start()
        timer.start(10)
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()
        timer.stop()
        return late

    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(settings, Path(folder) / "runs")
        loop = QEventLoop()
        window.ready.connect(loop.quit)
        window.show()
        loop.exec()
        assert window.workspace is not None
        window.workspace.use(preset=preset, config=None)
        found = {"idle": measure()}
        window.actions_.start.trigger()
        window.session.samplesArrived.connect(loop.quit)
        loop.exec()
        window.session.samplesArrived.disconnect(loop.quit)
        steps = np.arange(200_000, dtype=float)
        noise = np.random.default_rng(0).random((5, 200_000))
        keys = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")
        columns = dict(zip(keys, noise, strict=True))
        window.workspace.plots.set_history_columns(steps - 200_000, steps / 156, columns)
        found["training"] = measure()
        assert window.workspace.plots.point_count > 200_000, "the plots were not live"
        window.session.ended.connect(loop.quit)
        window.session.stop(save=False)
        loop.exec()
        window.close()
    return found


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--preset", default="digits-best")
    options = parser.parse_args()
    painted, ready = start_times(options.runs)
    print("| start of the process to | median s | slowest s |\n|---|---|---|")
    for name, times in {"first paint": painted, "ready to train": ready}.items():
        print(f"| {name} | {statistics.median(times):.2f} | {max(times):.2f} |")
    print(f"\n| event loop, {options.preset} | ticks | median ms late | p95 | p99 | worst |\n|---|---|---|---|---|---|")
    for name, late in lateness(options.seconds, options.preset).items():
        points = statistics.quantiles(late, n=100)
        print(f"| {name} | {len(late)} | {points[49]:.1f} | {points[94]:.1f} | {points[98]:.1f} | {max(late):.1f} |")


if __name__ == "__main__":
    main()
