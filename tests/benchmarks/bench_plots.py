"""How long one redraw of the loss plots takes: full history, all five curves, measured and smoothed.

python tests/benchmarks/bench_plots.py

A frame of a 60 Hz screen has 16 ms. The window draws one plot after the other; these are both together. Scrolling: the
view, a tenth of the history, is pushed on by a fifth of itself, and zooming: it is made half as wide.
"""

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.views.loss_plots import LossPlots
from studio.views.plot_curves import Drawing

SIZES = (1_000, 20_000, 200_000, 1_000_000, 10_000_000)
KEYS = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")
BUDGET_MS = 16.0
REPEATS = 15
PORTION = 500_000


def filled(points: int, drawing: Drawing) -> LossPlots:
    """Plots in a window, with a history of so many rows."""
    rng = np.random.default_rng(0)
    plots = LossPlots()
    plots.set_drawing(drawing)
    plots.resize(700, 800)
    plots.clear()
    for start in range(0, points, PORTION):
        count = min(PORTION, points - start)
        steps = np.arange(start, start + count, dtype=np.float64)
        noise = {key: rng.normal(0.3 + 0.1 * place, 0.08, count) for place, key in enumerate(KEYS)}
        columns = {key: np.clip(values, 0.01, 1) for key, values in noise.items()}
        plots.history.extend_columns(steps, steps / 156, columns)
    plots.show()
    QTest.qWaitForWindowExposed(plots)
    plots.redraw_now()
    return plots


def median_ms(plots: LossPlots, change: Callable[[], None]) -> float:
    """The median processor time of a change, drawn and painted."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        change()
        plots.redraw_now()
        for pane in plots.panes:
            pane.plot.viewport().repaint()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def appended(plots: LossPlots) -> None:
    """One new row."""
    span = plots.history.span()
    assert span is not None
    step = int(span[1]) + 1
    plots.history.append(step, step / 156, dict.fromkeys(KEYS, 0.5))


def moved(plots: LossPlots, by: float, zoom: float) -> None:
    """The view elsewhere, by a share of its width."""
    left, right = plots.panes[0].view.viewRange()[0]
    width = right - left
    plots.panes[0].view.setXRange(left + by * width, left + by * width + zoom * width, padding=0)


def figures(points: int, drawing: Drawing) -> tuple[float, float, float, float]:
    """Milliseconds to take in a row, to scroll and to zoom, and MiB of the history."""
    plots = filled(points, drawing)
    row = median_ms(plots, lambda: appended(plots))
    plots.set_following(False)
    plots.panes[0].view.setXRange(0, points / 10, padding=0)
    scroll = median_ms(plots, lambda: moved(plots, 0.2, 1.0))
    zoom = median_ms(plots, lambda: moved(plots, 0.25, 0.5))
    mib = plots.history.nbytes / 2**20
    plots.close()
    return row, scroll, zoom, mib


def main() -> None:
    """Print a table; processor time, so that a busy machine does not count."""
    app = QApplication.instance() or QApplication([])
    print(f"ms of processor time, budget {BUDGET_MS:g}\n")
    print("| points | curves | a new row | scroll | zoom | MiB of the history |\n|---|---|---|---|---|---|")
    for points in SIZES:
        for name, drawing in {
            "smoothed": Drawing(0.9),
            "measured": Drawing(0.0),
            "log scale": Drawing(0.9, log=True),
        }.items():
            *times, mib = figures(points, drawing)
            shown = " | ".join(f"{value:.1f}" for value in times)
            print(f"| {points:,} | {name} | {shown} | {mib:.1f} |", flush=True)
    del app


if __name__ == "__main__":
    main()
