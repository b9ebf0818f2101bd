"""Several processes on one runs root: no number twice, no half-made run, no run that another process spoilt."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ganengine.errors import ConfigError, StorageError
from ganengine.launch import new_run, resume_run
from ganengine.runs import creation
from ganengine.runs.about import RunAbout, change_about, read_about, write_about
from ganengine.runs.damage import damages
from ganengine.runs.directory import RunDirectory, list_runs
from ganengine.runs.index import RunIndex, RunSummary
from tests.ganengine.helpers import quick_config

ROOT = Path(__file__).parents[2]
RUNS_EACH = 4
CHANGES = {"recording.checkpoint_every": 2, "recording.sample_every": 3, "training.batch_size": 8}

TRAIN = f"""
import sys
from pathlib import Path
from ganengine.config import TrainConfig
from ganengine.launch import fork_run, new_run

root, config = Path(sys.argv[1]), TrainConfig.load(Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for number in range({RUNS_EACH}):
    trainer = new_run(config, root)
    trainer.run()
fork_run(trainer.directory.checkpoints.path(4), root, changes={{"optimizer_g.lr": 0.01}}).run()
print("done", flush=True)
"""


class Worker:
    """A Python process that says "ready", and goes on when it is told to."""

    def __init__(self, code: str, *arguments: object) -> None:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )

    def is_ready(self) -> None:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line == "ready\n", self._process.stderr.read() if self._process.stderr else ""

    def go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        out, complaints = self._process.communicate()
        assert self._process.returncode == 0, complaints
        assert out == "done\n"


def together(*workers: Worker) -> None:
    for worker in workers:
        worker.is_ready()
    for worker in workers:
        worker.go()


def test_two_processes_that_train_under_one_root_do_not_get_in_each_others_way(runs_dir: Path) -> None:
    """Each makes and trains runs and a fork, while a third, as the studio does, asks all the time how they are."""
    workers = [Worker(TRAIN, runs_dir, settings(runs_dir.parent / f"{seed}.toml", seed)) for seed in (1, 2)]
    together(*workers)
    index, seen = RunIndex(runs_dir), dict[str, list[RunSummary]]()
    while any(worker.is_running for worker in workers):
        changes = index.refresh()
        for run in (*changes.added, *changes.changed):
            seen.setdefault(run.name, []).append(run)
        assert changes.removed == ()
    for worker in workers:
        worker.end()
    index.refresh()

    count = 2 * (RUNS_EACH + 1)
    assert [run.number for run in index.runs] == list(range(count, 0, -1)), "each number once, and none left out"
    assert not [run for history in seen.values() for run in history if run.damage], "not even for a moment"
    for history in seen.values():
        steps = [run.step for run in history]
        assert steps == sorted(steps), "no row went back"
    assert {(run.status, run.step, run.is_active) for run in index.runs} == {("finished", 6, False)}
    assert len({run.id for run in index.runs}) == count
    assert [run for run in index.runs if damages(run.path)] == []

    alone = {seed: make_alone(runs_dir.parent / "alone", seed) for seed in (1, 2)}
    for run in list_runs(runs_dir):
        if not run.info()["parent"]:
            expected = alone[run.config().training.seed]
            assert history_of(run) == history_of(expected), f"{run.name} learned as if it had been alone"
    assert not list(runs_dir.glob(".new-*"))


def settings(path: Path, seed: int) -> Path:
    path.write_text(quick_config(CHANGES | {"training.seed": seed}).to_toml(), encoding="utf-8")
    return path


def make_alone(root: Path, seed: int) -> RunDirectory:
    trainer = new_run(quick_config(CHANGES | {"training.seed": seed}), root)
    trainer.run()
    return trainer.directory


def history_of(run: RunDirectory) -> list[tuple[int, dict[str, float]]]:
    return [
        (point.step, {key: value for key, value in point.values.items() if not key.startswith("speed/")})
        for point in run.metrics()
    ]


RESUME = """
import sys
from pathlib import Path
from ganengine.errors import RunError
from ganengine.launch import resume_run
from ganengine.runs.directory import RunDirectory

run = RunDirectory.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    trainer = resume_run(run, changes={"training.steps": 300})
except RunError as error:
    assert "is being trained already" in str(error), error
else:
    trainer.run()
    (run.path / f"trained-by-{sys.argv[2]}").touch()
print("done", flush=True)
"""


def test_of_two_processes_that_go_on_with_one_run_one_does(runs_dir: Path) -> None:
    run = make_alone(runs_dir, 3)
    workers = [Worker(RESUME, run.path, name) for name in "ab"]
    together(*workers)
    for worker in workers:
        worker.end()
    assert len(list(run.path.glob("trained-by-*"))) == 1
    steps = [point.step for point in run.metrics()]
    assert steps == sorted(set(steps)), "no line is written twice"
    assert steps[-1] == 300
    assert damages(run.path) == []


TAG = """
import sys
from dataclasses import replace
from pathlib import Path
from ganengine.runs.about import change_about

print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    tag = f"{sys.argv[2]}{number}"
    change_about(Path(sys.argv[1]), lambda about: replace(about, tags=(*about.tags, tag)))
print("done", flush=True)
"""


def test_tags_of_two_processes_are_all_kept(runs_dir: Path) -> None:
    run = RunDirectory.create(runs_dir, quick_config())
    workers = [Worker(TAG, run.path, name) for name in "ab"]
    together(*workers)
    for worker in workers:
        worker.end()
    assert sorted(read_about(run).tags) == sorted(f"{name}{number}" for name in "ab" for number in range(25))


# -- how a run comes into being ----------------------------------------------------------------------------------------


def test_a_run_is_not_seen_before_it_is_complete(runs_dir: Path) -> None:
    seen: list[object] = []

    def fill(folder: Path) -> None:
        (folder / "run.json").write_text("{}", encoding="utf-8")
        index = RunIndex(runs_dir)
        index.refresh()
        seen.extend([len(index), list_runs(runs_dir)])

    path = creation.new_folder(runs_dir, "A run!", fill)
    assert seen == [0, []]
    assert path == runs_dir / "00001-a-run"
    assert [run.path for run in list_runs(runs_dir)] == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "killed"])
def test_a_run_that_could_not_be_made_leaves_nothing(error: BaseException, runs_dir: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "config.toml").write_text("half", encoding="utf-8")
        raise error

    with pytest.raises((StorageError, KeyboardInterrupt)):
        creation.new_folder(runs_dir, "x", fill)
    assert [path.name for path in runs_dir.iterdir()] == [".lock"]


def test_what_a_crash_left_of_a_new_run_is_cleared_away_by_the_next(runs_dir: Path) -> None:
    left = runs_dir / ".new-00001-custom"
    (left / "samples").mkdir(parents=True)
    (left / "config.toml").write_text("half", encoding="utf-8")
    assert list_runs(runs_dir) == []
    assert RunDirectory.create(runs_dir, quick_config()).name == "00001-custom"
    assert not left.exists()


def test_the_number_of_a_run_in_the_trash_is_not_given_again(runs_dir: Path, tmp_path: Path) -> None:
    """Forks name their parent by it, and so does the queue; and the run may come back."""
    RunDirectory.create(runs_dir, quick_config())
    newest = RunDirectory.create(runs_dir, quick_config())
    newest.path.rename(tmp_path / "trash")
    assert RunDirectory.create(runs_dir, quick_config()).name == "00003-custom"
    (tmp_path / "trash").rename(newest.path)
    assert [run.name for run in list_runs(runs_dir)] == ["00001-custom", "00002-custom", "00003-custom"]


@pytest.mark.parametrize("text", ["", "many", "-5", "9" * 40, "\x00", "1"])
def test_a_damaged_note_of_the_last_number_does_no_harm(text: str, runs_dir: Path) -> None:
    RunDirectory.create(runs_dir, quick_config())
    (runs_dir / ".last-number").write_text(text, encoding="utf-8")
    assert RunDirectory.create(runs_dir, quick_config()).name == "00002-custom"


def test_a_training_that_cannot_be_built_leaves_no_run(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool] = []

    def fail(*_: object, **__: object) -> None:
        (run,) = list_runs(runs_dir)
        taken.append(run.is_active())
        raise ConfigError("", "no")

    monkeypatch.setattr("ganengine.launch.Trainer", fail)
    with pytest.raises(ConfigError):
        new_run(quick_config(), runs_dir)
    assert taken == [True]
    assert list_runs(runs_dir) == []
    assert RunDirectory.create(runs_dir, quick_config()).name == "00001-custom", "it has left no gap"


def test_a_run_that_is_discarded_takes_no_number_from_a_newer_one(runs_dir: Path) -> None:
    first, second = (RunDirectory.create(runs_dir, quick_config()) for _ in range(2))
    creation.discard_folder(first.path)
    assert RunDirectory.create(runs_dir, quick_config()).name == "00003-custom"
    assert list_runs(runs_dir)[0].path == second.path


# -- what is asked and said from outside while a run is trained --------------------------------------------------------


def test_many_who_ask_whether_a_run_is_active_hinder_nobody(runs_dir: Path) -> None:
    run, stop = RunDirectory.create(runs_dir, quick_config()), threading.Event()
    run.acquire()
    run.release()

    def ask() -> None:
        while not stop.is_set():
            RunDirectory.open(run.path).is_active()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(30):
            run.acquire()
            run.release()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_nobody_who_asks_takes_a_free_run_for_taken(runs_dir: Path) -> None:
    run, answers, start = RunDirectory.create(runs_dir, quick_config()), set[bool](), threading.Barrier(4)
    (run.path / ".lock").touch()

    def ask() -> None:
        start.wait()
        answers.update(RunDirectory.open(run.path).is_active() for _ in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {False}


def test_what_is_said_of_a_run_while_it_goes_on_stays(runs_dir: Path) -> None:
    run = make_alone(runs_dir, 4)
    half = run.path / ".about.json.4711.tmp"  # another process is just writing it
    half.write_text("{}", encoding="utf-8")
    write_about(run, RunAbout("Mine"))
    resume_run(run, changes={"training.steps": 8}).run()
    assert read_about(run).title == "Mine"
    assert half.exists()
    assert not [path for path in run.path.rglob("*.tmp") if path != half]


def test_a_fork_of_a_run_that_thins_out_its_samples_meanwhile(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, fork = make_alone(runs_dir, 5), RunDirectory.create(runs_dir, quick_config())
    steps = run.sample_steps()
    monkeypatch.setattr(RunDirectory, "sample_steps", lambda self: [*steps, 5] if self is run else [])
    fork.copy_history(run, 6)
    monkeypatch.undo()
    assert fork.sample_steps() == steps


@pytest.mark.parametrize("change", [lambda about: about, lambda about: RunAbout(archived=True)], ids=["same", "new"])
def test_nothing_can_be_said_of_a_run_that_is_gone(
    change: Callable[[RunAbout], RunAbout], runs_dir: Path, tmp_path: Path
) -> None:
    run = RunDirectory.create(runs_dir, quick_config())
    run.path.rename(tmp_path / "trash")
    with pytest.raises(StorageError):
        change_about(run, change)
    assert not run.path.exists()
