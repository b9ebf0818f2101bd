"""The studio is killed with -9 in the middle of a queue: after the next start it goes on, and nothing is lost."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from ganengine.launch import new_run
from ganengine.queue.items import Item
from ganengine.queue.store import Queue
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs
from tests.studio.queue_helpers import TIMEOUT, close_window, dock_of, fill, open_window, press_offer, tiny, told

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills"),
    pytest.mark.timeout(300),
]
# The checkpoints are more often than the samples, so that the kill falls between a checkpoint and the end.
SAVING = {"recording.checkpoint_every": 20, "recording.log_every": 5, "recording.sample_every": 200}
LENGTH = 3000


@contextmanager
def studio(runs_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real program, on the offscreen platform, with the settings of this test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.app", "--runs", str(runs_dir)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], Any], process: subprocess.Popen[bytes]) -> None:
    """Look at the files until they show what is waited for."""
    end = time.monotonic() + 120
    while not what():
        assert process.poll() is None, "the studio ended by itself"
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)  # to look locks the list for a moment


def go_on_at_start() -> None:
    """As the box in the dock does."""
    home = Path(os.environ["XDG_CONFIG_HOME"]) / "GAN Studio"
    home.mkdir(parents=True)
    store = QSettings(str(home / "studio.ini"), QSettings.Format.IniFormat)
    store.setValue("queue/automatic", "yes")
    store.sync()


def content(run: RunDirectory) -> dict[str, str]:
    """All files of a run, by what is in them."""
    files = sorted(path for path in run.path.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def steps_of(run: RunDirectory) -> list[int]:
    return [event.step for event in run.metrics()]


def weights(run: RunDirectory) -> dict[str, torch.Tensor]:
    latest = run.checkpoints.latest()
    assert latest is not None

    def flat(state: Any, path: str = "") -> Iterator[tuple[str, torch.Tensor]]:
        if isinstance(state, torch.Tensor):
            yield path, state
        elif isinstance(state, dict):
            for key, value in state.items():
                yield from flat(value, f"{path}/{key}")

    return dict(flat(load_checkpoint(latest)["players"]))


def newest(runs_dir: Path, item: Item) -> int:
    """Step of the newest checkpoint of an item's run."""
    run = run_of(runs_dir, item)
    return max(run.checkpoints.steps(), default=0) if run else 0


def run_of(runs_dir: Path, item: Item) -> RunDirectory | None:
    now = next(found for found in Queue(runs_dir).items() if found.id == item.id)
    return RunDirectory.open(runs_dir / now.run) if now.run else None


def test_killed_twice_in_the_middle_the_queue_goes_on_exactly(
    qtbot: QtBot, settings: QSettings, runs_dir: Path, tmp_path: Path
) -> None:
    go_on_at_start()
    long = tiny(LENGTH, SAVING)
    first, second, third = fill(runs_dir, tiny(100, SAVING), long, tiny(60, SAVING))
    reached = 0
    kept: dict[str, str] = {}
    for _ in range(2):  # the second time it went on by itself
        with studio(runs_dir) as process:
            wait_for(lambda: newest(runs_dir, second) > reached, process)  # noqa: B023
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        reached = newest(runs_dir, second)
        assert 0 < reached < LENGTH
        assert [(item.status.value, item.interrupted) for item in Queue(runs_dir).items()] == [
            ("finished", False), ("running", True), ("waiting", False)
        ]  # fmt: skip
        finished = run_of(runs_dir, first)
        assert finished is not None
        kept = kept or content(finished)
    interrupted = run_of(runs_dir, second)
    assert interrupted is not None

    # The next start offers to go on; these settings do not ask it to do so by itself.
    window = open_window(qtbot, settings, runs_dir)
    assert f"{interrupted.name} was interrupted and goes on exactly from step {reached:,}" in told(window)
    assert "1 run waits" in told(window)
    begins: list[tuple[Path, int]] = []
    window.session.runStarted.connect(lambda event: begins.append((event.directory, event.step)))
    with qtbot.waitSignal(dock_of(window).queue.halted, timeout=2 * TIMEOUT):
        press_offer(window, "Go on with the queue")
    close_window(qtbot, window)
    assert [item.status.value for item in Queue(runs_dir).items()] == ["finished"] * 3
    assert begins[0] == (interrupted.path, reached)
    assert len(list_runs(runs_dir)) == 3
    assert content(finished) == kept
    last = run_of(runs_dir, third)
    assert last is not None
    assert steps_of(last)[-1] == 60

    # The interrupted one ended as if nothing had been.
    straight = new_run(long, tmp_path / "straight")
    straight.run()
    one, other = weights(interrupted), weights(straight.directory)
    assert one.keys() == other.keys()
    assert [name for name in one if not torch.equal(one[name], other[name])] == []
    assert steps_of(interrupted) == steps_of(straight.directory)
