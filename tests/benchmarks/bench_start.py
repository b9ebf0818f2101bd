"""From Start to the first step, with the engine imported and the data cached: half a second is asked for.

    python tests/benchmarks/bench_start.py [--runs 5] [--limits]

Headless: from the call that Start makes to the end of the first step. In the studio (offscreen, the real window): from
the action to the first news of a step in the window. A fresh process each time; its first training is the one
measured. `--limits` fails where a median is above what is asked for.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT_S = 0.5
PRESETS = ("digits-best", "mnist-simple")


class _FirstStep:
    """Notes when the first step was told of."""

    at = 0.0

    def notify(self, event: object) -> None:
        """Take note."""
        if not self.at and getattr(event, "step", 0) >= 1:
            self.at = time.perf_counter()


def headless(preset: str, folder: Path) -> float:
    """Seconds."""
    import torch

    from ganengine.commands import StepOnce, Stop
    from ganengine.launch import new_run
    from ganengine.presets import find_preset

    config = find_preset(preset).config
    config.data.load()
    # The first optimizer of a process makes torch import for a second; the window has done so before anybody clicks.
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    first = _FirstStep()
    began = time.perf_counter()
    trainer = new_run(config, folder, [first])
    trainer.commands.send(StepOnce())  # so that the very first step is told of, and not the tenth
    trainer.commands.send(Stop(save=False))
    trainer.run()
    return first.at - began


def in_the_studio(preset: str, folder: Path) -> float:
    """Seconds."""
    from PySide6.QtCore import QEventLoop, QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from ganengine.presets import find_preset
    from studio.main_window import MainWindow
    from studio.theme import apply_theme

    app = QApplication([])
    apply_theme(app, "light")
    window = MainWindow(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat), folder / "runs")
    loop = QEventLoop()
    window.ready.connect(loop.quit)
    window.show()
    loop.exec()
    assert window.workspace is not None
    window.workspace.use(preset=preset, config=None)
    find_preset(preset).config.data.load()
    QTimer.singleShot(1500, loop.quit)  # what the window does on its own after it is ready
    loop.exec()
    first = _FirstStep()

    def told(event: object) -> None:
        is_news = not first.at
        first.notify(event)
        if is_news and first.at:
            loop.quit()

    problems: list[object] = []
    window.session.failed.connect(lambda error: problems.append(error) or loop.quit())
    window.session.progressed.connect(told)
    window.session.metricsArrived.connect(lambda events: [told(event) for event in events])
    began = time.perf_counter()
    window.actions_.start.trigger()
    loop.exec()
    if problems:
        raise RuntimeError(f"the training failed: {problems[0]}")
    window.session.ended.connect(loop.quit)
    window.session.stop(save=False)
    loop.exec()
    window.close()
    return first.at - began


KINDS = {"headless": headless, "in the studio": in_the_studio}


def measured(kind: str, preset: str, runs: int) -> list[float]:
    """Of as many processes; one before them, which compiles the sources, does not count."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, __file__, "--once", kind, preset]
    times = []
    for _ in range(runs + 1):
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        times.append(float(done.stdout.split()[-1]))
    return times[1:]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--limits", action="store_true", help="exit with 1 where the limit is not kept")
    parser.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        kind, preset = options.once
        with tempfile.TemporaryDirectory() as folder:
            print(KINDS[kind](preset, Path(folder)))
        return
    print("| start to first step | preset | median s | slowest s | asked for |\n|---|---|---|---|---|")
    medians = []
    for kind in KINDS:
        for preset in PRESETS:
            times = measured(kind, preset, options.runs)
            medians.append(statistics.median(times))
            print(f"| {kind} | `{preset}` | {medians[-1]:.2f} | {max(times):.2f} | {LIMIT_S} |", flush=True)
    if options.limits and max(medians) > LIMIT_S:
        sys.exit(1)


if __name__ == "__main__":
    main()
