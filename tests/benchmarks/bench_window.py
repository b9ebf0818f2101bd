"""The window: how soon it is there, how late its event loop is while trainings run at full speed, and what it costs.

    python tests/benchmarks/bench_window.py [--seconds 15] [--only start|lateness|speed]

Start: a fresh process each time, measured from before the interpreter starts; one before them, which compiles the
sources, does not count. Lateness: a 10 ms timer in the real window, with 200,000 points in the plots and the grid live,
in several phases. Speed: the same training in the window and in a process without one, by turns, with as many threads.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

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


# Works as hard as a compiler does, in a process of its own that is as polite as the studio's.
_COMPILER = "import os; os.nice(10)\nwhile True: sum(i * i for i in range(100_000))"


@contextmanager
def compiling() -> Iterator[None]:
    """Somebody else compiles."""
    process = subprocess.Popen([sys.executable, "-c", _COMPILER])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def lateness(seconds: float, presets: Sequence[str], report: Callable[[str, list[float]], None]) -> None:
    """Milliseconds by which each tick of a 10 ms timer came too late, in an idle window and in training ones."""
    import numpy as np
    from lateness import measured, real_window, start, stop, wait_for

    steps = np.arange(200_000, dtype=float)
    noise = np.random.default_rng(0).random((5, 200_000))
    keys = ("loss/d_real", "loss/d_fake", "loss/g", "prob/real", "prob/fake")

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache, real_window() as window:
        os.environ["GAN_STUDIO_CACHE"] = cache  # the compiler is at work in the first phases
        wait_for(3000)  # the last imports of the engine
        report("idle", measured(seconds))

        def phase(name: str, preset: str, **changes: object) -> None:
            start(window, preset, **{"training__steps": 10_000_000, "training__length_in": "steps", **changes})
            window.workspace.plots.set_history_columns(
                steps - 200_000, steps / 156, dict(zip(keys, noise, strict=True))
            )
            wait_for(1500)
            report(name, measured(seconds))
            assert window.workspace.plots.point_count > 200_000, "the plots were not live"
            stop(window)

        for preset in presets:
            phase(preset, preset)
            phase(f"{preset}, samples every 20 steps", preset, recording__sample_every=20)
            phase(f"{preset}, a checkpoint every 50 steps", preset, recording__checkpoint_every=50)
            with compiling():
                phase(f"{preset}, beside a compiler", preset)


_COMPILED = os.environ | {"GANENGINE_TUNING": "compiled"}
_HEADLESS = """
import os, sys, time
from pathlib import Path
from ganengine.events import Progress
from ganengine.launch import new_run
from ganengine.presets import find_preset
preset, seconds, runs = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
class Clock:
    def __init__(self): self.marks = []
    def notify(self, event):
        if isinstance(event, Progress):
            self.marks.append((time.monotonic(), event.step))
            if self.marks[-1][0] - self.marks[0][0] > seconds + 2: trainer.commands.send(Stop(False))
from ganengine.commands import Stop
clock = Clock()
changes = {"training.length_in": "steps", "training.steps": 10_000_000, "training.cpu_threads": int(sys.argv[4])}
config = find_preset(preset).config.with_changes(changes)
trainer = new_run(config, runs, [clock])
trainer.run()
counted = [mark for mark in clock.marks if mark[0] - clock.marks[0][0] > 2]
print((counted[-1][1] - counted[0][1]) / (counted[-1][0] - counted[0][0]))
"""


def headless_speed(preset: str, seconds: float, threads: int) -> float:
    """Steps a second of a training without a window."""
    with tempfile.TemporaryDirectory() as runs:
        command = [sys.executable, "-c", _HEADLESS, preset, str(seconds), runs, str(threads)]
        result = subprocess.run(command, env=_COMPILED, capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def studio_speed(preset: str, seconds: float, threads: int) -> float:
    """Steps a second of the same training in the window."""
    command = [sys.executable, __file__, "--one-speed", preset, str(threads), "--seconds", str(seconds)]
    result = subprocess.run(command, env=_COMPILED, capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def one_speed(preset: str, threads: int, seconds: float) -> float:
    """Steps a second in this process's window."""
    from lateness import real_window, start, stop, wait_for

    with real_window() as window:
        marks: list[tuple[float, int]] = []
        changes = {"training__steps": 10_000_000, "training__cpu_threads": threads}
        start(window, preset, training__length_in="steps", **changes)
        wait_for(2000)
        window.session.progressed.connect(lambda event: marks.append((time.monotonic(), event.step)))
        wait_for(1000 * seconds)
        stop(window)
    # The last comes when it is stopped.
    return (marks[-2][1] - marks[0][1]) / (marks[-2][0] - marks[0][0])


def speeds(seconds: float, presets: Sequence[str], rounds: int) -> None:
    """Print what the window costs: by turns, so that a busier minute counts for both."""
    print("\n| steps a second | threads | headless | in the studio | share | least |\n|---|---|---|---|---|---|")
    for preset, threads in itertools.product(presets, (1, 2)):
        headless_speed(preset, 3, threads)  # compiles
        pairs = []
        for turn in range(rounds):
            both = [headless_speed, studio_speed]
            found = {way: way(preset, seconds, threads) for way in (both if turn % 2 else both[::-1])}
            pairs.append((found[headless_speed], found[studio_speed]))
        alone, beside = (statistics.median(column) for column in zip(*pairs, strict=True))
        shares = [inside / outside for outside, inside in pairs]
        share = f"{100 * statistics.median(shares):.0f} % | {100 * min(shares):.0f} %"
        print(f"| {preset} | {threads} | {alone:.1f} | {beside:.1f} | {share} |", flush=True)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("start", "lateness", "speed"))
    parser.add_argument("--presets", nargs="+", default=["digits-best", "mnist-simple"])
    parser.add_argument("--one-speed", nargs=2, metavar=("PRESET", "THREADS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_speed:
        print(one_speed(options.one_speed[0], int(options.one_speed[1]), options.seconds))
        return
    if options.only in {None, "start"}:
        painted, ready = start_times(options.runs)
        print("| start of the process to | median s | slowest s |\n|---|---|---|")
        for name, times in {"first paint": painted, "ready to train": ready}.items():
            print(f"| {name} | {statistics.median(times):.2f} | {max(times):.2f} |")
    if options.only in {None, "lateness"}:
        from lateness import row

        print("\n| event loop | ticks | median ms late | p95 | p99 | worst |\n|---|---|---|---|---|---|")

        def report(name: str, late: list[float]) -> None:
            print(f"| {name} | {len(late)} | " + " | ".join(f"{value:.1f}" for value in row(late)) + " |", flush=True)

        lateness(options.seconds, options.presets, report)
    if options.only in {None, "speed"}:
        speeds(options.seconds, options.presets, options.rounds)


if __name__ == "__main__":
    main()
