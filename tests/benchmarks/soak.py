"""Half an hour of the real studio: does it grow, and does its window become slower?

    python tests/benchmarks/soak.py [--minutes 30]

It trains with samples and checkpoints, the timeline is scrubbed up and down all the time, the training is paused and
continued, and now and then stopped and begun anew. Each minute it writes down memory, Qt objects, threads, open files
and how late the event loop was. The first minutes do not count: caches fill. Ends with 1 where something grows.
"""

import argparse
import gc
import os
import sys
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from lateness import Lateness, real_window, row, start, stop, wait_for
from PySide6.QtWidgets import QSlider

PRESETS = ("digits-best", "mnist-simple")
NEW_RUN_S, PAUSE_S = 75, 20
MIB_A_MINUTE = 2.0
"""More than that, by the straight line through all minutes, is growth: 60 MiB in half an hour."""
MS_A_MINUTE = 0.25
"""The same for the 99th percentile of lateness."""


@dataclass(frozen=True)
class Minute:
    """What was found at the end of a minute."""

    number: float
    mib: float
    qt_objects: int
    python_objects: int
    threads: int
    files: int
    late: list[float]


def resident_mib() -> float:
    """Memory of this process; where the system does not tell, the most it ever was."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def qt_objects(window: Any) -> int:
    """All objects that belong to the window."""
    from PySide6.QtCore import QObject

    return len(window.findChildren(QObject))


def open_files() -> int:
    """What this process has open."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def threads() -> int:
    """Of the system where it tells, else of Python."""
    folder = Path("/proc/self/task")
    return len(list(folder.iterdir())) if folder.exists() else threading.active_count()


def begin(window: Any, preset: str) -> None:
    """A new run that makes many samples and checkpoints."""
    start(
        window,
        preset,
        training__length_in="steps",
        training__steps=10_000_000,
        recording__sample_every=20,
        recording__checkpoint_every=100,
    )


def scrub(window: Any, place: int) -> None:
    """Move the slider one step of a long way up and down."""
    slider = window.timeline.findChild(QSlider)
    last = slider.maximum()
    if last > 0:
        there = place % (2 * last)
        slider.setValue(min(there, 2 * last - there))


def live(window: Any, minutes: float) -> list[Minute]:
    """Use it, and write down each minute."""
    from PySide6.QtCore import QTimer

    found: list[Minute] = []
    presets, places = count(), count()
    scrubbing = QTimer()
    scrubbing.timeout.connect(lambda: scrub(window, next(places)))
    lateness = Lateness()
    began = time.monotonic()
    begin(window, PRESETS[next(presets) % len(PRESETS)])
    scrubbing.start(50)
    lateness.start()
    next_run, next_pause, next_minute = began + NEW_RUN_S, began + PAUSE_S, began + 60
    while time.monotonic() - began < 60 * minutes + 1:
        wait_for(500)
        now = time.monotonic()
        if now >= next_run:
            scrubbing.stop()
            stop(window)
            begin(window, PRESETS[next(presets) % len(PRESETS)])
            scrubbing.start(50)
            next_run = time.monotonic() + NEW_RUN_S
        elif now >= next_pause:
            window.session.pause()
            wait_for(1000)
            window.session.go_on()
            next_pause = now + PAUSE_S
        if now >= next_minute:
            late = lateness.take()
            gc.collect()
            found.append(
                Minute(
                    (now - began) / 60,
                    resident_mib(),
                    qt_objects(window),
                    len(gc.get_objects()),
                    threads(),
                    open_files(),
                    row(late),
                )
            )
            tell(found[-1])
            next_minute += 60
            lateness.take()
    scrubbing.stop()
    lateness.stop()
    return found


def tell(minute: Minute) -> None:
    """A line of the table."""
    counts = f"{minute.mib:.0f} | {minute.qt_objects} | {minute.python_objects} | {minute.threads} | {minute.files}"
    print(
        f"| {minute.number:.0f} | {counts} | " + " | ".join(f"{value:.1f}" for value in minute.late) + " |", flush=True
    )


def slope(minutes: list[Minute], values: list[float]) -> float:
    """How much a value grows a minute, by the straight line through all."""
    return float(np.polyfit([minute.number for minute in minutes], values, 1)[0])


def verdict(minutes: list[Minute]) -> list[str] | None:
    """What grows; nothing where all is well, None where it was too short to tell."""
    settled = minutes[max(1, len(minutes) // 4) :]
    if len(settled) < 4:
        print("\nToo short to say whether anything grows: at least 6 minutes are needed.")
        return None
    memory = slope(settled, [minute.mib for minute in settled])
    late = slope(settled, [minute.late[2] for minute in settled])
    objects = slope(settled, [float(minute.qt_objects) for minute in settled])
    files = slope(settled, [float(minute.files) for minute in settled])
    print(f"\nA minute: memory {memory:+.2f} MiB, p99 {late:+.3f} ms, Qt objects {objects:+.1f}, files {files:+.2f}.")
    grows = {
        "memory": memory > MIB_A_MINUTE,
        "lateness": late > MS_A_MINUTE,
        "Qt objects": objects > 1,
        "open files": files > 0.2,
    }
    return [name for name, too_fast in grows.items() if too_fast]


def main() -> None:
    """Run, print the table and a verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    print("| minute | MiB | Qt objects | Python objects | threads | files | median ms late | p95 | p99 | worst |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    with real_window() as window:
        wait_for(3000)
        minutes = live(window, options.minutes)
        grows = verdict(minutes)
    if grows is not None:
        print(f"It grows: {', '.join(grows)}." if grows else "Nothing grows.")
    sys.exit(1 if grows else 0)


if __name__ == "__main__":
    main()
