"""Who takes part in the speed benchmark, and one of them as a process that trains in turns."""

import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peer_environment import PEERS, python_of


@dataclass(frozen=True)
class Entry:
    """One way to do some works.

    Attributes:
        name: for the table.
        works: letters of the works that it is measured on.
        script: in the peers' folder.
        environment: whose Python runs it; "" is ours.
        options: of the script.
        variables: of the process, besides threads.
        is_extra: takes part only when all are wanted.
    """

    name: str
    works: str
    script: str
    environment: str = ""
    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    is_extra: bool = False


_PATIENCE_S = 300  # to be built, compiled and settled
EAGER, SHIPPED = "GAN Studio, eager", "GAN Studio"
ENTRIES = (
    Entry(SHIPPED, "abcd", "gan_studio.py"),
    Entry(EAGER, "abcd", "gan_studio.py", variables={"GANENGINE_TUNING": "off"}),
    Entry("Keras tutorial", "a", "keras_tutorial.py", "tensorflow"),
    Entry("Keras tutorial, quiet", "a", "keras_tutorial.py", "tensorflow", ("--quiet",), is_extra=True),
    Entry("Keras tf.function", "abc", "keras_best.py", "tensorflow"),
    Entry("Keras tf.function, XLA", "abc", "keras_best.py", "tensorflow", ("--xla",)),
    Entry("Keras tf.function, shared", "abc", "keras_best.py", "tensorflow", ("--order", "shared"), is_extra=True),
    Entry("Keras XLA, shared", "abc", "keras_best.py", "tensorflow", ("--xla", "--order", "shared"), is_extra=True),
    Entry("plain PyTorch loop", "abd", "plain_torch.py"),
    Entry("Lightning", "a", "lightning_gan.py", "torch"),
    Entry("torchgan", "c", "torchgan_dcgan.py", "torch"),
)


class Contestant:
    """A process that trains when it is its turn.

    Attributes:
        entry: what it is.
        ready: what it said of itself when it was built: parameters, versions.
        speeds: steps a second of each turn.
        cores: processor seconds a second of each turn.
    """

    def __init__(self, entry: Entry, work: str, images: Path, threads: int, cache: Path) -> None:
        self.entry = entry
        self.ready: dict[str, Any] = {}
        self.speeds: list[float] = []
        self.cores: list[float] = []
        python = python_of(entry.environment) if entry.environment else Path(sys.executable)
        root = str(PEERS.parents[2])
        count = str(threads)
        environment = {
            **os.environ,
            "PYTHONPATH": root,
            "GAN_STUDIO_CACHE": str(cache),
            "OMP_NUM_THREADS": count,
            "MKL_NUM_THREADS": count,
            **entry.variables,
        }
        self._log = images.parent / f"{work}-{threads}-{entry.name}.log"
        command = [python, PEERS / entry.script, work, images, *entry.options]
        with self._log.open("w") as log:  # a pipe that nobody reads would fill up
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def wait_until_ready(self) -> None:
        """It is built, and has done its first steps."""
        self.ready = self._answer()

    def take_turn(self, seconds: float, lead: float) -> None:
        """Train for that long; nobody else does."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"go {seconds} {lead}\n")
        self._process.stdin.flush()
        turn = self._answer()
        self.speeds.append(turn["steps"] / turn["seconds"])
        self.cores.append(turn["processor_seconds"] / turn["seconds"])

    @property
    def speed(self) -> float:
        """Median steps a second."""
        return statistics.median(self.speeds)

    def end(self) -> None:
        """The process is gone when this returns."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watchdog = threading.Timer(_PATIENCE_S, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            self._process.kill()
            raise RuntimeError(f"{self.entry.name} ended:\n{self._log.read_text()[-3000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def take_turns(
    contestants: Sequence[Contestant], rounds: int, seconds: float, lead: float, tell: Callable[[str], None]
) -> None:
    """Everybody once a round, one at a time, so that a machine whose speed drifts drifts for all."""
    for number in range(rounds):
        # To and fro, so that nobody always follows the same one.
        order = contestants if number % 2 == 0 else list(reversed(contestants))
        for contestant in order:
            contestant.take_turn(seconds, lead)
            tell(f"round {number + 1}: {contestant.entry.name} {contestant.speeds[-1]:.2f} steps/s")
