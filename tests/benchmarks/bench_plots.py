"""How long one redraw of the loss plots takes: full history, all five curves, measured and smoothed.

python tests/benchmarks/bench_plots.py
"""

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.views.loss_plots import LossPlots
from studio.views.plot_pane import Drawing

SIZES = (1_000, 20_000, 200_000)
KEYS = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")
BUDGET_MS = 33.0
REPEATS = 15


def milliseconds_per_redraw(points: int, drawing: Drawing) -> float:
    """The median processor time to take in one new row, update all curves and paint both plots."""
    rng = np.random.default_rng(0)
    steps = np.arange(points, dtype=np.float64)
    columns = {key: np.clip(0.3 + 0.1 * place + rng.normal(0, 0.08, points), 0.01, 1) for place, key in enumerate(KEYS)}
    plots = LossPlots()
    plots.set_drawing(drawing)
    plots.resize(700, 800)
    plots.set_history_columns(steps, steps / 156, columns)
    plots.show()
    QTest.qWaitForWindowExposed(plots)
    plots.redraw_now()
    times = []
    for extra in range(REPEATS):
        step = points + extra
        start = time.process_time()
        plots.history.append(step, step / 156, dict.fromkeys(KEYS, 0.5))
        plots.redraw_now()
        for pane in plots.panes:
            pane.plot.viewport().repaint()
        times.append(1000 * (time.process_time() - start))
    plots.close()
    return statistics.median(times)


def main() -> None:
    """Print a table; processor time, so that a busy machine does not count."""
    app = QApplication.instance() or QApplication([])
    print(f"{'points':>8}  {'smoothed':>9}  {'measured':>9}  {'log scale':>9}   ms per redraw, budget {BUDGET_MS:g}")
    for points in SIZES:
        drawings = (Drawing(0.9), Drawing(0.0), Drawing(0.9, log=True))
        times = [milliseconds_per_redraw(points, drawing) for drawing in drawings]
        print(f"{points:>8,}  " + "  ".join(f"{value:9.1f}" for value in times))
    del app


if __name__ == "__main__":
    main()
