"""What stays on disk of a long run: the policy itself, and that a training follows it."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from ganengine.commands import SaveCheckpoint, Stop
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.launch import fork_run, resume_run
from ganengine.runs.checkpoints import CheckpointFolder, load_checkpoint
from ganengine.runs.thinning import kept
from tests.ganengine.helpers import Watcher, make_trainer, run_of, same


def test_few_steps_all_stay() -> None:
    assert kept([3, 1, 2], newest=1, spread=2) == {1, 2, 3}
    assert kept([], newest=3, spread=10) == set()
    assert kept([5], newest=0, spread=1) == {5}


def test_the_newest_stay_and_the_older_ones_are_spread_by_doubling_strides() -> None:
    steps = range(1000, 41_000, 1000)
    stay = kept(steps, newest=3, spread=10, unit=1000)
    assert stay == {1000, 4000, 8000, 12_000, 16_000, 20_000, 24_000, 28_000, 32_000, 36_000, 38_000, 39_000, 40_000}


def test_no_spread_is_what_was_done_before() -> None:
    assert kept(range(10), newest=3, spread=0) == {7, 8, 9}


@pytest.mark.parametrize("seed", range(8))
def test_what_was_dropped_is_never_wanted_again(seed: int) -> None:
    """Thinning as steps come keeps all that thinning at the end would, however irregular they are."""
    chance = random.Random(seed)
    newest, spread, unit = chance.randint(0, 4), chance.randint(1, 12), chance.choice([1, 7, 100])
    everything: list[int] = []
    on_disk: set[int] = set()
    for step in sorted(chance.sample(range(20_000), 300)):
        everything.append(step)
        before = on_disk
        on_disk = kept(on_disk | {step}, newest, spread, unit)
        assert on_disk <= before | {step}
        assert kept(everything, newest, spread, unit) <= on_disk
        assert len(on_disk) <= newest + spread
        assert everything[0] in on_disk
        assert set(everything[len(everything) - newest :]) <= on_disk


def test_the_older_ones_are_evenly_apart() -> None:
    for count in range(20, 400, 13):
        stay = sorted(kept(range(0, count * 50, 50), newest=1, spread=12, unit=50))
        gaps = [after - before for before, after in pairwise(stay[:-1])]
        assert len(stay) > 6
        assert max(gaps) == min(gaps)


def test_thinned_as_they_come_no_gap_is_wide() -> None:
    on_disk: set[int] = set()
    for step in range(0, 30_000, 50):
        on_disk = kept(on_disk | {step}, newest=3, spread=12, unit=50)
        gaps = [after - before for before, after in pairwise(sorted(on_disk))]
        assert max(gaps, default=0) <= max(50, 2 * step / 11)


def test_a_folder_keeps_what_the_user_saved_and_the_best(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    for step in range(100, 2100, 100):
        folder.path(step).write_bytes(b"x" * 10)
    folder.keep(300)
    folder.mark_best(1100)
    folder.prune(2, 3, 100)
    steps = folder.steps()
    assert {300, 1100, 1900, 2000} <= set(steps)
    assert len(steps) == 2 + 3 + 2
    assert folder.size() == 70


def test_the_nearest_checkpoint_is_the_one_before(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    assert folder.nearest(100) is None
    for step in (200, 400):
        folder.path(step).touch()
    assert [folder.nearest(step) for step in (0, 199, 200, 399, 400, 9999)] == [200, 200, 200, 200, 400, 400]


LONG = {
    "training.steps": 64,
    "recording.checkpoint_every": 1,
    "recording.keep_checkpoints": 2,
    "recording.spread_checkpoints": 4,
    "recording.sample_every": 1,
    "recording.keep_samples": 10,
}


def test_a_training_bounds_its_disk_and_says_what_went(runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, LONG, (13, SaveCheckpoint()), watcher=watcher)
    trainer.run()
    run = run_of(trainer)
    steps = run.checkpoints.steps()
    assert {1, 13, 63, 64} <= set(steps)
    assert len(steps) <= 2 + 4 + 1
    samples = run.sample_steps()
    assert len(samples) <= 10
    assert {0, 60, 61, 62, 63, 64} <= set(samples)
    told = [event for event in watcher.events if hasattr(event, "dropped")]
    assert {step for event in told for step in event.dropped} == set(range(65)) - set(samples)


def test_a_thinned_run_resumes_exactly_and_forks_at_an_old_step(runs_dir: Path) -> None:
    digits = MNIST5k().load()
    straight = make_trainer(runs_dir, LONG, dataset=digits)
    straight.run()

    stopped = make_trainer(runs_dir, LONG, (41, Stop()), dataset=digits)
    stopped.run()
    run = run_of(stopped)
    old = run.checkpoints.steps()[1]
    assert old < 30
    resume_run(run).run()
    newest = run.checkpoints.latest()
    assert newest is not None
    there, here = (load_checkpoint(path) for path in (newest, straight.directory.checkpoints.path(64)))
    assert same(there["players"], here["players"])
    assert len(run.checkpoints.steps()) <= 2 + 4 + 1
    assert len(run.sample_steps()) <= 10

    fork = fork_run(run.checkpoints.path(old), runs_dir, changes={"optimizer_g.lr": 1e-5})
    assert fork.directory.checkpoints.steps() == [old]
    fork.run()
    assert old in fork.directory.checkpoints.steps()
