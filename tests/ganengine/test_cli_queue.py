"""`ganengine queue` and what `sweep` leaves in it."""

import os
import signal
from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.cli.carrying_out import CarryingOut
from ganengine.cli.running import Interrupts
from ganengine.judge import Judge
from ganengine.queue.claims import Claim
from ganengine.queue.store import Queue
from ganengine.runs.directory import list_runs
from tests.ganengine.queue_helpers import states, train
from tests.ganengine.test_cli import SMALL, Cli, cli

__all__ = ["cli"]

QUICK = [*SMALL, "--steps", "2"]
SEEDS = [*QUICK, "--vary", "training.seed=5,6,7"]


def rows(cli: Cli) -> list[list[str]]:
    """The list's rows, their cells by the header's columns."""
    assert cli("queue", "list") == 0, cli.err
    header, *lines = cli.out.splitlines()
    starts = [header.index(name) for name in ("number", "place", "run", "plan", "status", "folder", "step", "note")]
    ends = [*starts[1:], None]
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines]


def test_later_is_not_now(cli: Cli, runs_dir: Path) -> None:
    assert cli("sweep", *SEEDS, "--later") == 0, cli.err
    assert cli.out.split() == ["1", "2", "3"]
    assert "3 runs wait" in cli.err
    assert list_runs(runs_dir) == []
    assert [row[:5] for row in rows(cli)] == [
        ["1", "1", "seed 5", "seed 5, seed 6 and seed 7 (1 of 3)", "waiting"],
        ["2", "2", "seed 6", "seed 5, seed 6 and seed 7 (2 of 3)", "waiting"],
        ["3", "3", "seed 7", "seed 5, seed 6 and seed 7 (3 of 3)", "waiting"],
    ]
    assert cli("queue", "run") == 0, cli.err
    assert [Path(line).name for line in cli.out.splitlines()] == [run.name for run in list_runs(runs_dir)]
    assert [run.config().training.seed for run in list_runs(runs_dir)] == [5, 6, 7]
    assert [row[4:7] for row in rows(cli)] == [["finished", f"0000{n}-mnist-simple", "2 of 2"] for n in (1, 2, 3)]
    assert cli("queue", "run") == 0
    assert "nothing waits" in cli.err
    assert cli("queue", "clear") == 0
    assert cli("queue", "list") == 0
    assert "empty" in cli.err
    assert len(list_runs(runs_dir)) == 3


def test_order_skip_retry_remove_and_pause(cli: Cli, runs_dir: Path) -> None:
    queue = Queue(runs_dir)
    assert cli("sweep", *SEEDS, "--later") == 0
    assert cli("queue", "add", *QUICK) == 0
    assert cli.out == "4\n"
    assert cli("queue", "move", "4", "1") == 0
    assert [item.number for item in queue.items()] == [4, 1, 2, 3]
    assert cli("queue", "move", "4", "3") == 0
    assert [item.number for item in queue.items()] == [1, 2, 4, 3]
    assert cli("queue", "move", "1", "9") == 0
    assert [item.number for item in queue.items()] == [2, 4, 3, 1]
    assert cli("queue", "skip", "2", "3") == 0
    assert states(queue) == ["skipped", "waiting", "skipped", "waiting"]
    assert cli("queue", "move", "1", "1") == 0
    assert [item.number for item in queue.items() if item.is_due] == [1, 4], "places count what waits"
    assert "does not wait" in cli.fails("queue", "move", "2", "1")
    assert cli("queue", "retry", "2") == 0
    assert cli("queue", "remove", "3", "1") == 0
    assert [item.number for item in queue.items()] == [2, 4]
    assert cli("queue", "pause") == 0
    assert "paused" in cli.fails("queue", "run")
    assert cli("queue", "list") == 0
    assert "paused" in cli.err
    assert cli("queue", "go-on") == 0
    assert cli("queue", "run") == 0
    assert states(queue) == ["finished", "finished"]
    assert "no run '3'" in cli.fails("queue", "remove", "3")
    assert "ACTION" in cli.fails("queue")


def test_repeats_over_seeds(cli: Cli, runs_dir: Path) -> None:
    assert cli("sweep", *QUICK, "--vary", "loss.kind=hinge,lsgan", "--repeat", "2", "--set", "training.seed=3") == 0
    configs = [run.config() for run in list_runs(runs_dir)]
    assert [(config.loss.kind, config.training.seed) for config in configs] == [
        ("hinge", 3), ("hinge", 4), ("lsgan", 3), ("lsgan", 4)
    ]  # fmt: skip
    assert [item.title for item in Queue(runs_dir).items()][1] == "Hinge, seed 4"
    assert cli("queue", "add", *QUICK, "--repeat", "2") == 0
    assert cli.out.split() == ["5", "6"]
    assert "varied already" in cli.fails("sweep", *SEEDS, "--repeat", "2")


def test_what_is_interrupted_waits_and_the_queue_goes_on(
    cli: Cli, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_instead = Interrupts.stop_instead

    def interrupted(self: Interrupts, trainer: object) -> None:
        stop_instead(self, trainer)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Interrupts, "stop_instead", interrupted)
        assert cli("sweep", *SEEDS) == 130
        assert "3 of 3 runs wait" in cli.err
        assert cli("queue", "run") == 130
    assert states(Queue(runs_dir)) == ["waiting"] * 3
    assert cli("queue", "run") == 0
    assert states(Queue(runs_dir)) == ["finished"] * 3
    assert len(list_runs(runs_dir)) == 3


def test_a_sweep_trains_only_its_own_and_also_while_the_queue_is_paused(cli: Cli, runs_dir: Path) -> None:
    assert cli("queue", "add", *QUICK) == 0
    assert cli("queue", "pause") == 0
    assert cli("sweep", *SEEDS) == 0, cli.err
    assert states(Queue(runs_dir)) == ["waiting", "finished", "finished", "finished"]


def test_a_sweep_waits_for_what_another_program_trains_of_it(
    cli: Cli, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: list[Claim] = []
    slept: list[float] = []
    first_run = CarryingOut.run

    def run(self: CarryingOut) -> None:
        if not other:
            claim = Queue(runs_dir).claim_next()
            assert claim is not None
            other.append(claim)
        first_run(self)

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            other[0].done(train(other[0]))

    monkeypatch.setattr(CarryingOut, "run", run)
    monkeypatch.setattr("ganengine.cli.carrying_out.time.sleep", sleep)
    assert cli("sweep", *SEEDS) == 0, cli.err
    assert len(slept) == 2
    assert "another program trains seed 5" in cli.err
    assert [line.split()[1] for line in cli.out.splitlines()[1:-1]] == ["6", "7", "5"], "in the order of their numbers"


def test_one_that_stays_trains_what_is_added_later(cli: Cli, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        if Queue(runs_dir).items():
            raise KeyboardInterrupt
        assert main(["queue", "add", *QUICK]) == 0

    monkeypatch.setattr("ganengine.cli.carrying_out.time.sleep", sleep)
    assert cli("queue", "run", "--wait") == 130
    assert states(Queue(runs_dir)) == ["finished"]


def test_a_failed_run_shows_why(cli: Cli, runs_dir: Path) -> None:
    assert cli("queue", "add", *SMALL, "--steps", "60", "--set", "loss.kind=lsgan",
               "--set", "optimizer_g.kind=sgd", "--set", "optimizer_g.lr=10.0",
               "--set", "optimizer_d.kind=sgd", "--set", "optimizer_d.lr=10.0") == 0  # fmt: skip
    assert cli("queue", "add", *QUICK) == 0
    assert cli("queue", "run") == 1
    first, second = rows(cli)
    assert first[4] == "failed"
    assert "blew up" in first[7]
    assert second[4] == "finished"


def test_damage_is_told_once(cli: Cli, runs_dir: Path) -> None:
    assert cli("queue", "add", *QUICK) == 0
    (runs_dir / ".queue" / "queue.json").write_text("[")
    assert cli("queue", "list") == 0
    assert "damaged" in cli.err
    assert len(cli.err.splitlines()) == 1
    assert cli("queue", "list") == 0
    assert cli.err == ""


def test_a_rule_that_ended_a_run_is_told_and_can_be_lifted(
    cli: Cli, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Judge, "measure", lambda self, config: {"eval/fid_own": 3.0})
    rules = ["--set", "evaluation.every=2", "--set", "stopping.metric=fid", "--set", "stopping.target=4"]
    assert cli("train", *SMALL, "--steps", "6", *rules) == 0
    assert "Stopped because FID reached 3 at step 2" in cli.err
    (run,) = list_runs(runs_dir)
    assert run.info()["status"] == "finished"
    assert run.checkpoints.steps() == [2]
    assert cli("resume", "1") == 0
    assert run.checkpoints.steps() == [2]
    assert cli("resume", "1", "--set", "stopping.target=0") == 0, cli.err
    assert run.checkpoints.steps()[-1] == 6
    assert "cannot change when a run goes on" in cli.fails("resume", "1", "--set", "loss.kind=hinge")
