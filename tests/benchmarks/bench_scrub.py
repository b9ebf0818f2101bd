"""Scrubbing through 500 samples: how many are shown each second, how late each is, and how late the window is.

    python tests/benchmarks/bench_scrub.py [--samples 500] [--rate 30]

The real window with a synthetic run: 500 samples, 20,000 points in the plots. The slider is moved at the given rate
from the first to the last sample, then to places at random, as somebody does who drags it.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

KINDS = {"64 grey images of 28×28": (64, 28, 1), "64 colour images of 64×64": (64, 64, 3)}


def make_run(root: Path, samples: int, shape: tuple[int, int, int]) -> Path:
    """A finished run with samples of noise that is hard to compress."""
    import numpy as np

    from ganengine.config import TrainConfig
    from ganengine.events import MetricsEvent
    from ganengine.export.grid import save_sample
    from ganengine.runs.directory import RunDirectory

    run = RunDirectory.create(root, TrainConfig())
    chance = np.random.default_rng(0)
    count, size, channels = shape
    for index in range(samples):
        images = chance.integers(0, 256, (count, size, size, channels), dtype=np.uint8)
        save_sample(run.sample_path(index * 100), images, index * 100)
    lines = []
    for step in range(samples * 100 // 20_000 or 1, samples * 100, samples * 100 // 20_000 or 1):
        point = MetricsEvent(step, step / 78, step * 64, step / 50, {})
        keys = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")
        values = ", ".join(f'"{key}": {value:.4f}' for key, value in zip(keys, chance.random(5), strict=True))
        lines.append(f'{{"step": {point.step}, "epoch": {point.epoch}, "seconds": {point.seconds}, {values}}}\n')
    (run.path / "metrics.jsonl").write_text("".join(lines))
    run.update_info({"status": "finished", "step": samples * 100})
    return run.path


class Scrub:
    """Moves the slider through places at a rate, and notes when each sample is painted."""

    def __init__(self, window: object, places: Sequence[int], rate: float) -> None:
        from PySide6.QtCore import QEventLoop, Qt, QTimer

        self.asked: dict[int, float] = {}
        self.waits: list[float] = []
        self.painted: list[float] = []
        self.late: list[float] = []
        self._window, self._places, self._loop = window, list(places), QEventLoop()
        self._tick = QTimer()
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._move)
        self._tick.setInterval(round(1000 / rate))
        self._pulse = QTimer()
        self._pulse.setTimerType(Qt.TimerType.PreciseTimer)
        self._pulse.timeout.connect(self._beat)
        self._pulse.setInterval(10)
        self._last_beat = 0.0
        self._shown = -1

    def run(self) -> float:
        """Returns the seconds that it took."""
        window = self._window
        canvas = window.grid.canvas  # type: ignore[attr-defined]
        paint = canvas.paintEvent

        def painting(event: object) -> None:
            paint(event)
            step = window.grid.step  # type: ignore[attr-defined]
            if step != self._shown:
                self._shown = step
                now = time.perf_counter()
                self.painted.append(now)
                if step in self.asked:
                    self.waits.append(1000 * (now - self.asked.pop(step)))

        canvas.paintEvent = painting
        began = self._last_beat = time.perf_counter()
        self._pulse.start()
        self._tick.start()
        self._loop.exec()
        self._tick.stop()
        self._pulse.stop()
        canvas.paintEvent = paint
        return time.perf_counter() - began

    def _move(self) -> None:
        if not self._places:
            self._loop.quit()
            return
        step = self._places.pop(0) * 100
        self.asked[step] = time.perf_counter()
        self._window.timeline.select(step)  # type: ignore[attr-defined]

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1000 * (now - self._last_beat) - 10))
        self._last_beat = now


def measure(samples: int, rate: float) -> None:
    """Print a row of the table for each kind of sample and of movement."""
    import psutil
    from PySide6.QtCore import QEventLoop, QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from studio.main_window import MainWindow
    from studio.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    chance = random.Random(0)
    for kind, shape in KINDS.items():
        with tempfile.TemporaryDirectory() as home:
            root = Path(home)
            run = make_run(root, samples, shape)
            window = MainWindow(QSettings(f"{home}/s.ini", QSettings.Format.IniFormat), root)
            window.resize(1440, 900)
            loop = QEventLoop()
            window.ready.connect(loop.quit)
            window.show()
            loop.exec()
            assert window.workspace is not None
            window.workspace.watch(run)
            QTimer.singleShot(3000, loop.quit)
            loop.exec()
            before = psutil.Process().memory_info().rss
            ways = {
                "from first to last": range(samples - 1),
                "to and fro at random": [chance.randrange(samples - 1) for _ in range(samples)],
            }
            for way, places in ways.items():
                scrub = Scrub(window, places, rate)
                used = time.process_time()
                took = scrub.run()
                used = 1000 * (time.process_time() - used) / len(places)
                beats = statistics.quantiles(scrub.late, n=100)
                grown = (psutil.Process().memory_info().rss - before) / 2**20
                print(
                    f"| {kind} | {way} | {len(scrub.painted)} of {len(places)} | {len(scrub.painted) / took:.1f} "
                    f"| {statistics.median(scrub.waits):.0f} | {statistics.quantiles(scrub.waits, n=20)[18]:.0f} "
                    f"| {beats[49]:.1f} | {beats[94]:.1f} | {used:.0f} | {grown:.0f} |",
                    flush=True,
                )
            window.close()
            window.deleteLater()
            app.processEvents()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--rate", type=float, default=30, help="samples a second")
    options = parser.parse_args()
    titles = ["samples", "slider", "shown", "a second", "ms to paint, median", "p95"]
    titles += ["event loop ms late, median", "p95", "CPU ms a sample", "MiB more"]
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    measure(options.samples, options.rate)


if __name__ == "__main__":
    main()
