"""Several processes with one queue, and processes that are killed in the middle of it."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.queue.store import Queue
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.queue_helpers import filled, runs_of, states
from tests.ganengine.test_crash import Nursery, assert_same_end, wait_for

pytestmark = [pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"), pytest.mark.timeout(300)]

LONG = {
    "training.steps": 40,
    "training.cpu_threads": 1,
    "discriminator.dropout": 0.1,
    "recording.checkpoint_every": 3,
    "recording.sample_every": 4,
    "recording.keep_checkpoints": 2,
}

# Two processes that begin at the same moment, each with the whole queue.
TWO = """
import json, os, sys
from pathlib import Path
from ganengine import launch
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.optimizers.adam import Adam
from ganengine.queue.store import Queue
from ganengine.queue.worker import carry_out
from torch.nn import Linear
MNIST5k().load()
Adam().build(Linear(1, 1).parameters())
root = Path(sys.argv[1])
ready, go = os.pipe()
children = []
for number in range(3):
    pid = os.fork()
    if not pid:
        os.close(go)
        os.read(ready, 1)  # ends when the parent closes the other end
        outcome = carry_out(Queue(root), lambda claim: claim.launch().run())
        (root / f"worker-{number}.json").write_text(json.dumps([item.title for item in outcome.items]))
        os._exit(0)
    children.append(pid)
os.close(go)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))
"""


def test_processes_that_share_a_queue_do_nothing_twice_and_leave_nothing_out(runs_dir: Path) -> None:
    names = "abcdefghijkl"
    queue, items = filled(runs_dir, names, {"training.cpu_threads": 1})
    subprocess.run([sys.executable, "-c", TWO, str(runs_dir)], check=True, timeout=120)
    assert states(queue) == ["finished"] * len(names)
    done = [json.loads(path.read_text()) for path in sorted(runs_dir.glob("worker-*.json"))]
    assert sorted(title for titles in done for title in titles) == list(names)
    assert sum(1 for titles in done if titles) > 1, "more than one had something to do"
    runs = list_runs(runs_dir)
    assert len(runs) == len(names)
    assert [run.config().training.seed for run in runs_of(queue, items)] == list(range(len(names)))
    assert all(item.attempts == 1 for item in queue.items())


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


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_killed_again_and_again_the_queue_goes_on_as_if_nothing_had_been(
    nursery: Nursery, runs_dir: Path, tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)
    queue, items = filled(runs_dir, "abc", LONG)
    finished: dict[str, float] = {}
    for _ in range(7):
        nursery.begin("queue", "run", "--runs", runs_dir)
        progress = progress_of(queue)
        wait_for(lambda: progress_of(queue) > progress)  # noqa: B023
        time.sleep(moments.uniform(0.0, 0.1))
        nursery.kill()
        standing = queue.items()
        assert [item.interrupted for item in standing].count(True) <= 1
        for item in standing:
            if item.status == "finished":  # nothing touches it any more
                latest = RunDirectory(runs_dir / item.run).checkpoints.latest()
                assert latest is not None
                changed = latest.stat().st_mtime
                assert finished.setdefault(item.id, changed) == changed
        if all(item.has_ended for item in standing):
            break
    assert main(["queue", "run", "--runs", str(runs_dir)]) == 0
    assert states(queue) == ["finished"] * 3
    runs = runs_of(queue, items)
    assert list_runs(runs_dir) != []
    assert sorted(run.name for run in list_runs(runs_dir)) == sorted(run.name for run in runs), "and no others"

    calm = tmp_path / "calm"
    calm_queue, calm_items = filled(calm, "abc", LONG)
    assert main(["queue", "run", "--runs", str(calm)]) == 0
    for run, undisturbed in zip(runs, runs_of(calm_queue, calm_items), strict=True):
        assert_same_end(run, undisturbed)
    assert not list(runs_dir.glob(".queue/.*.tmp"))
    for run in runs:
        assert not list(run.path.glob("**/.*.tmp"))


def progress_of(queue: Queue) -> int:
    """Checkpointed steps of all items' runs."""
    runs = [RunDirectory(queue.root / item.run) for item in queue.items() if item.run]
    return sum(max(run.checkpoints.steps(), default=0) for run in runs)


def test_killed_while_an_item_begins_it_begins_again_in_the_same_run(nursery: Nursery, runs_dir: Path) -> None:
    moments = random.Random(3)
    queue, _ = filled(runs_dir, "a", {**LONG, "recording.checkpoint_every": 0})
    for _ in range(4):
        nursery.begin("queue", "run", "--runs", runs_dir)
        wait_for(lambda: any(item.is_running for item in queue.items()))
        time.sleep(moments.uniform(0.0, 0.1))
        nursery.kill()
    assert main(["queue", "run", "--runs", str(runs_dir)]) == 0
    assert states(queue) == ["finished"]
    (run,) = list_runs(runs_dir)
    assert [point.step for point in run.metrics()] == list(range(1, 41))
    assert run.sample_steps() == list(range(0, 41, 4))
