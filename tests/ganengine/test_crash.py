"""`kill -9` at any moment loses nothing that was complete: the run opens, and goes on from its last checkpoint."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ganengine.cli import main
from ganengine.errors import CheckpointError
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
    pytest.mark.timeout(300),
]

SMALL = [
    *("--preset", "mnist-simple", "--device", "cpu", "--set", "training.batch_size=8"),
    *("--set", "generator.widths=[8]", "--set", "discriminator.widths=[8]", "--set", "discriminator.dropout=0.1"),
    *("--set", "recording.log_every=1", "--set", "recording.sample_every=2", "--set", "recording.sample_count=4"),
    *("--set", "recording.keep_checkpoints=2"),
]
ENDLESS = "1000000"

# A process that has imported torch already, and forks a child for each line of arguments: importing takes seconds. It
# computes nothing itself, so it has one thread, and forking it is safe.
NURSERY = """
import json, os, sys
from ganengine import launch
from ganengine.cli import main, running
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.optimizers.adam import Adam
from torch.nn import Linear
MNIST5k().load()
Adam().build(Linear(1, 1).parameters())  # the first one of a process imports torch's compiler
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        log = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(log, stream)
        os._exit(main(json.loads(line)))
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


class Nursery:
    """Begins trainings in processes of their own, one at a time.

    Attributes:
        is_busy: whether one was begun and not killed.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"
        self.is_busy = False

    def begin(self, *arguments: str | Path) -> None:
        """Run a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self.process.stdin.flush()
        self._child = int(self._line())
        self.is_busy = True

    def kill(self) -> None:
        """`kill -9` the command; returns when it is gone, and fails if it had ended before."""
        os.kill(self._child, signal.SIGKILL)
        self.is_busy = False
        assert os.WTERMSIG(int(self._line())) == signal.SIGKILL

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture(scope="module")
def _nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.process.communicate()
    assert nursery.process.returncode == 0


@pytest.fixture
def nursery(_nursery: Nursery) -> Iterator[Nursery]:
    yield _nursery
    if _nursery.is_busy:  # a test failed
        _nursery.kill()


def wait_for(what: Any, seconds: float = 60.0) -> None:
    """Look at the files until they show what is waited for."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.001)


def assert_whole(run: RunDirectory) -> int:
    """A killed run opens, tells the truth, and all its checkpoints load; returns the last one's step."""
    run = RunDirectory.open(run.path)
    assert run.info()["status"] == "stopped"
    assert run.config().training.steps == int(ENDLESS)
    steps = run.checkpoints.steps()
    for step in steps:
        assert load_checkpoint(run.checkpoints.path(step))["step"] == step
    logged = [event.step for event in run.metrics()]
    assert logged == list(range(1, len(logged) + 1))
    assert len(logged) >= steps[-1]
    return steps[-1]


def assert_same_end(one: RunDirectory, other: RunDirectory) -> None:
    """Both runs ended with the same networks and optimizers, bit for bit, and the same history."""
    ends = []
    for run in (one, other):
        latest = run.checkpoints.latest()
        assert latest is not None
        ends.append(load_checkpoint(latest))
    flat, other_flat = (dict(_flat(end["players"])) for end in ends)
    assert flat.keys() == other_flat.keys()
    assert [key for key in flat if not torch.equal(flat[key], other_flat[key])] == []
    histories = ([(event.step, event.values["loss/g"]) for event in run.metrics()] for run in (one, other))
    assert next(histories) == next(histories)
    # Going on shows a sample of the step where it begins, too.
    assert set(one.sample_steps()) >= set(other.sample_steps())


def _flat(state: Any, path: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(state, torch.Tensor):
        yield path, state
    elif isinstance(state, dict):
        for key, value in state.items():
            yield from _flat(value, f"{path}/{key}")


@pytest.mark.parametrize("every", [1, 3])
def test_killed_again_and_again_it_goes_on_as_if_nothing_had_been(
    nursery: Nursery, runs_dir: Path, capsys: pytest.CaptureFixture[str], every: int
) -> None:
    moments = random.Random(every)
    arguments = ["train", *SMALL, "--set", f"recording.checkpoint_every={every}", "--runs", str(runs_dir)]
    nursery.begin(*arguments, "--steps", ENDLESS)
    wait_for(lambda: (runs := list_runs(runs_dir)) and runs[0].checkpoints.steps())
    (run,) = list_runs(runs_dir)
    reached = 0
    for _ in range(12):
        # One checkpoint more than before, then any moment: a step with its writing takes some 20 ms.
        wait_for(lambda: run.checkpoints.steps()[-1:] > [reached])  # noqa: B023
        time.sleep(moments.uniform(0.0, 0.06))
        nursery.kill()
        step = assert_whole(run)
        assert step > reached
        reached = step
        nursery.begin("resume", run.path)
    nursery.kill()
    reached = assert_whole(run)
    end = str(reached + every)
    assert main(["resume", str(run.path), "--steps", end]) == 0
    assert run.info()["status"] == "finished"
    assert not list(run.checkpoints.directory.glob(".*"))
    assert main([*arguments, "--steps", end]) == 0
    assert_same_end(run, RunDirectory.open(Path(capsys.readouterr().out.splitlines()[-1])))


def test_killed_while_it_begins_it_is_no_run_or_one_that_opens(
    nursery: Nursery, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = random.Random(0)
    for attempt in range(1, 11):
        nursery.begin("train", *SMALL, "--set", "recording.checkpoint_every=1", "--runs", runs_dir, "--steps", ENDLESS)
        wait_for(lambda: list(runs_dir.glob(f"{attempt:05d}-*")))  # noqa: B023
        time.sleep(moments.uniform(0.0, 0.12))
        nursery.kill()
    found = list_runs(runs_dir)
    assert found
    for run in found:
        status, steps = run.info()["status"], run.checkpoints.steps()
        assert status in {"queued", "stopped"}
        if steps:
            assert main(["resume", str(run.path), "--steps", str(steps[-1] + 1)]) == 0
        else:
            assert main(["resume", str(run.path)]) == 2
            assert "has no checkpoint to go on from" in capsys.readouterr().err


def test_a_checkpoint_damaged_later_is_passed_over(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *SMALL, "--set", "recording.checkpoint_every=2", "--steps", "4"]) == 0
    (run,) = list_runs(runs_dir)
    damaged = run.checkpoints.path(4)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(CheckpointError):
        load_checkpoint(damaged)
    assert main(["resume", str(run.path), "--steps", "6"]) == 0
    assert "from step 2 to 6" in capsys.readouterr().err
    for step in run.checkpoints.steps():
        assert load_checkpoint(run.checkpoints.path(step))["step"] == step
