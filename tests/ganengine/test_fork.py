"""A fork: a new run that goes on from any checkpoint with other settings, and leaves its parent alone."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from ganengine.errors import CheckpointError, ConfigError
from ganengine.events import RunStatus
from ganengine.export.grid import load_sample
from ganengine.launch import fork_run, new_run, resume_run
from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.helpers import quick_config, run_of, same


@pytest.fixture
def parent(runs_dir: Path) -> RunDirectory:
    """Six steps with checkpoints and samples at 2, 4 and 6."""
    config = quick_config({"recording.checkpoint_every": 2, "recording.sample_every": 2, "preset": "parent"})
    trainer = new_run(config, runs_dir)
    trainer.run()
    return run_of(trainer)


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_fork_goes_on_with_another_rate(parent: RunDirectory, runs_dir: Path) -> None:
    before = contents(parent.path)
    trainer = fork_run(parent.checkpoints.path(4), runs_dir, changes={"optimizer_g.lr": 0.125})
    fork = run_of(trainer)
    assert fork.name == "00002-parent"
    assert fork.info()["parent"] == {"run": "00001-parent", "step": 4}
    assert trainer.step == 4
    assert trainer.players.optimizer_g.param_groups[0]["lr"] == 0.125
    assert trainer.players.optimizer_d.param_groups[0]["lr"] == 0.0002
    assert fork.config().get("optimizer_g.lr") == 0.125
    assert [event.step for event in fork.metrics()] == [1, 2, 3, 4]
    assert fork.sample_steps() == [0, 2, 4]
    assert all(event["step"] <= 4 for event in fork.events())
    assert trainer.run() is RunStatus.FINISHED
    assert [event.step for event in fork.metrics()] == [1, 2, 3, 4, 5, 6]
    assert [event.values["lr/g"] for event in fork.metrics()] == [0.0002] * 4 + [0.125] * 2
    assert fork.metrics()[4].values["loss/g"] == parent.metrics()[4].values["loss/g"], "the rate acts after this step"
    assert fork.metrics()[5].values["loss/g"] != parent.metrics()[5].values["loss/g"]
    assert contents(parent.path) == before, "the parent is as it was"


def test_a_fork_without_changes_does_what_its_parent_did(parent: RunDirectory, runs_dir: Path) -> None:
    trainer = fork_run(parent.checkpoints.path(2), runs_dir)
    trainer.run()
    expected = load_checkpoint(parent.checkpoints.path(6))
    found = load_checkpoint(run_of(trainer).checkpoints.path(6))
    for key in ("players", "generator", "rng", "batches", "meter", "step", "images"):
        assert same(found[key], expected[key]), key


def test_a_fork_is_whole_by_itself(parent: RunDirectory, runs_dir: Path) -> None:
    """It goes on though it was killed before its first checkpoint and its parent is gone."""
    trainer = fork_run(parent.checkpoints.path(4), runs_dir, changes={"optimizer_g.lr": 0.125})
    fork = run_of(trainer)
    trainer.directory.release()
    shutil.rmtree(parent.path)
    assert checkpoint_config(load_checkpoint(fork.checkpoints.path(4))).get("optimizer_g.lr") == 0.125
    again = resume_run(fork)
    assert again.step == 4
    assert again.run() is RunStatus.FINISHED


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer_g.amsgrad": True},
        {"optimizer_g.betas": [0.0, 0.9]},
        {"optimizer_g.kind": "rmsprop"},
        {"optimizer_g.kind": "sgd", "optimizer_g.momentum": 0.9, "optimizer_g.nesterov": True},
        {"training.batch_size": 7},
        {"training.d_steps": 3},
        {"training.seed": 9},
        {"training.ema_halflife_images": 0},
        {"loss.real_label": 0.9},
        {"recording.sample_count": 9},
    ],
    ids=str,
)
def test_what_may_change_in_a_fork(changes: dict[str, Any], parent: RunDirectory, runs_dir: Path) -> None:
    trainer = fork_run(parent.checkpoints.path(4), runs_dir, changes=changes)
    for path, value in changes.items():
        assert trainer.config.get(path) == (tuple(value) if isinstance(value, list) else value)
    kept = "exp_avg" in trainer.players.optimizer_g.state_dict()["state"].get(0, {})
    assert kept == ("optimizer_g.kind" not in changes and "optimizer_g.amsgrad" not in changes)
    assert "exp_avg" in trainer.players.optimizer_d.state_dict()["state"][0], "the other optimizer goes on"
    assert trainer.run() is RunStatus.FINISHED
    assert run_of(trainer).metrics()[-1].step == 6


@pytest.mark.parametrize("changes", [{"optimizer_d.centered": True}, {"optimizer_d.momentum": 0.5}], ids=str)
def test_an_rmsprop_that_remembers_more_starts_afresh(changes: dict[str, Any], runs_dir: Path) -> None:
    trainer = new_run(quick_config({"optimizer_d.kind": "rmsprop"}), runs_dir)
    trainer.run()
    fork = fork_run(run_of(trainer).checkpoints.path(6), runs_dir, changes={**changes, "training.steps": 8})
    assert fork.run() is RunStatus.FINISHED


def test_the_average_can_be_turned_on(runs_dir: Path) -> None:
    trainer = new_run(quick_config({"training.ema_halflife_images": 0}), runs_dir)
    trainer.run()
    changes = {"training.ema_halflife_images": 100, "training.steps": 8}
    fork = fork_run(run_of(trainer).checkpoints.path(6), runs_dir, changes=changes)
    assert fork.players.G_ema is not None
    assert same(fork.players.G_ema.state_dict(), trainer.players.G.state_dict()), "it begins from G"
    assert fork.run() is RunStatus.FINISHED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"generator.widths": [9]}, CheckpointError),
        ({"generator.latent_dim": 9}, CheckpointError),
        ({"data.resolution": 32}, CheckpointError),
        ({"training.batch_size": 5001}, ConfigError),
        ({"training.device": "cuda:77"}, ConfigError),
        ({"optimizer_g.lr": -1}, ConfigError),
        ({"nonsense": 1}, ConfigError),
    ],
    ids=str,
)
def test_a_fork_that_cannot_be_made_leaves_nothing(
    changes: dict[str, Any], error: type[Exception], parent: RunDirectory, runs_dir: Path
) -> None:
    before = contents(runs_dir)
    with pytest.raises(error):
        fork_run(parent.checkpoints.path(4), runs_dir, changes=changes)
    assert contents(runs_dir) == before
    assert [run.name for run in list_runs(runs_dir)] == [parent.name]
    assert [path.name for path in runs_dir.iterdir() if path.is_dir()] == [parent.name]


def test_a_checkpoint_file_from_elsewhere(parent: RunDirectory, tmp_path: Path, runs_dir: Path) -> None:
    alone = tmp_path / "from a friend.pt"
    shutil.copyfile(parent.checkpoints.path(4), alone)
    trainer = fork_run(alone, runs_dir)
    fork = run_of(trainer)
    assert fork.info()["parent"] == {"run": "from a friend.pt", "step": 4}
    assert fork.metrics() == []
    assert trainer.run() is RunStatus.FINISHED
    assert fork.metrics()[-1].step == 6


def test_a_fork_that_was_killed_at_once_goes_on_as_if_it_had_not_been(runs_dir: Path) -> None:
    """The first checkpoint of a fork holds the parent's random numbers, not those that building it used up."""
    changes = {"discriminator.dropout": 0.4, "recording.checkpoint_every": 2}
    parent = new_run(quick_config(changes), runs_dir)
    parent.run()
    killed = fork_run(run_of(parent).checkpoints.path(4), runs_dir)
    killed.directory.release()
    again = resume_run(run_of(killed))
    again.run()
    assert same(again.players.state_dict(), parent.players.state_dict())


def test_another_seed_or_number_of_samples_takes_effect_in_a_fork(parent: RunDirectory, runs_dir: Path) -> None:
    path = parent.checkpoints.path(4)
    same_seed, other_seed = fork_run(path, runs_dir), fork_run(path, runs_dir, changes={"training.seed": 5})
    same_seed.run()
    other_seed.run()
    assert not same(same_seed.players.state_dict()["G"], other_seed.players.state_dict()["G"])
    more = fork_run(path, runs_dir, changes={"recording.sample_count": 9})
    assert len(more.state.fixed.z) == 9
    more.run()
    assert len(load_sample(run_of(more).sample_path(6))) == 9


def test_dropout_may_be_switched_on_in_a_fork(parent: RunDirectory, runs_dir: Path) -> None:
    trainer = fork_run(parent.checkpoints.path(4), runs_dir, changes={"discriminator.dropout": 0.5})
    assert trainer.run() is RunStatus.FINISHED


def test_another_architecture_is_refused_with_what_was_changed(parent: RunDirectory, runs_dir: Path) -> None:
    with pytest.raises(CheckpointError, match=r"another architecture.*generator\.widths.*start a new run"):
        fork_run(parent.checkpoints.path(4), runs_dir, changes={"generator.widths": [3, 5, 7]})
    assert [run.name for run in list_runs(runs_dir)] == [parent.name]
