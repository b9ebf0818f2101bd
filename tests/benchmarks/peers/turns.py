"""How a contestant takes its turns: it trains while it is told to, and waits without a thread that spins else.

The program writes ``go SECONDS LEAD`` on stdin; the contestant trains for LEAD seconds that do not count and for
SECONDS that do, and answers with one line of JSON. At ``end``, or where stdin ends, the process ends.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from works import as_json


class Turns:
    """Counts steps and blocks between turns; a training loop calls `step` after each of its steps."""

    def __init__(self, wait_for_device: Callable[[], object] = lambda: None) -> None:
        """`wait_for_device` returns when all that was asked of the device is done."""
        self._wait_for_device = wait_for_device
        self._began_process = time.perf_counter()
        # What libraries print must not come between the answers.
        self._out = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)
        self._seconds = self._lead = self._began = self._counted_from = self._processor = 0.0
        self._steps = -1  # not counting yet

    def ready(self, parameters: Sequence[int], versions: dict[str, str]) -> None:
        """Built, and the first steps done: say so and wait for the first turn."""
        seconds = time.perf_counter() - self._began_process
        self.answer({"parameters": list(parameters), "versions": versions, "seconds_to_ready": seconds})
        self._wait()

    def step(self) -> None:
        """One step was done; returns when the next may begin."""
        now = time.perf_counter()
        if self._steps < 0:
            if now - self._began >= self._lead:
                self._wait_for_device()
                self._counted_from, self._steps = time.perf_counter(), 0
                self._processor = processor_seconds()
            return
        self._steps += 1
        if now - self._counted_from >= self._seconds:
            self._wait_for_device()
            seconds = time.perf_counter() - self._counted_from
            processor = processor_seconds() - self._processor
            self.answer({"steps": self._steps, "seconds": seconds, "processor_seconds": processor})
            self._wait()

    def answer(self, values: dict[str, Any]) -> None:
        """One line to the program."""
        print(as_json(values), file=self._out, flush=True)

    def _wait(self) -> None:
        wanted = next_turn()
        if wanted is None:
            # Frameworks in whose loop this is called would take an exception for an error.
            self._out.flush()
            os._exit(0)
        self._seconds, self._lead = wanted
        self._began, self._steps = time.perf_counter(), -1


def next_turn() -> tuple[float, float] | None:
    """Seconds that count and seconds that do not, when the next turn comes; None at the end."""
    words = sys.stdin.readline().split()
    return (float(words[1]), float(words[2])) if words[:1] == ["go"] else None


def processor_seconds() -> float:
    """Used so far by all threads of this process."""
    used = os.times()
    return used.user + used.system
