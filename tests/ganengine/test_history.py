"""The settings that were in force at a step: live edits, resumes, crashes, forks of forks."""

import json
from pathlib import Path

import pytest

from ganengine.commands import Edit as Change
from ganengine.commands import Stop
from ganengine.data.dataset import ImageDataset
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import ConfigError
from ganengine.launch import fork_run, resume_run
from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint
from ganengine.runs.directory import Parent, RunDirectory
from ganengine.runs.history import SettingsHistory, config_at, edits_until, parent_of
from tests.ganengine.helpers import make_trainer, run_of

LR = "optimizer_g.lr"
STEPS = {"training.steps": 20, "recording.checkpoint_every": 5, "recording.keep_checkpoints": 99}


@pytest.fixture
def digits() -> ImageDataset:
    return MNIST5k().load()


def rate(run: RunDirectory, step: int) -> float:
    return config_at(run, step).optimizer_g.lr


@pytest.fixture
def edited(runs_dir: Path, digits: ImageDataset) -> RunDirectory:
    """A run of 20 steps whose learning rate becomes 0.1 after step 4 and 0.2 after step 12."""
    trainer = make_trainer(
        runs_dir, {**STEPS, LR: 0.05}, (4, Change({LR: 0.1})), (12, Change({LR: 0.2})), dataset=digits
    )
    trainer.run()
    return run_of(trainer)


def test_live_edits_hold_from_their_step_on(edited: RunDirectory) -> None:
    assert [rate(edited, step) for step in (0, 3, 4, 11, 12, 20)] == [0.05, 0.05, 0.1, 0.1, 0.2, 0.2]
    assert [(edit.step, edit.changes[LR]) for edit in edits_until(edited, 12)] == [(4, (0.05, 0.1)), (12, (0.1, 0.2))]
    assert edits_until(edited, 3) == []
    assert config_at(edited, 0) == edited.config()


def test_every_checkpoint_agrees(edited: RunDirectory) -> None:
    for step in edited.checkpoints.steps():
        assert config_at(edited, step) == checkpoint_config(load_checkpoint(edited.checkpoints.path(step)))


def test_changes_on_resuming_count(runs_dir: Path, digits: ImageDataset) -> None:
    trainer = make_trainer(runs_dir, {**STEPS, LR: 0.05}, (4, Change({LR: 0.1})), (10, Stop()), dataset=digits)
    trainer.run()
    resume_run(run_of(trainer), changes={LR: 0.3, "training.steps": 30}).run()
    run = run_of(trainer)
    assert [rate(run, step) for step in (0, 4, 9, 10, 30)] == [0.05, 0.1, 0.1, 0.3, 0.3]
    assert config_at(run, 9).training.steps == 20
    assert config_at(run, 10).training.steps == 30


def test_an_edit_that_went_with_a_crash_is_taken_back(runs_dir: Path, digits: ImageDataset) -> None:
    """Saved at step 10, edited at step 10, killed: the run goes on from the checkpoint, without the edit."""
    trainer = make_trainer(
        runs_dir, {**STEPS, LR: 0.05}, (10, Change({LR: 0.1})), (13, Stop(save=False)), dataset=digits
    )
    trainer.run()
    run = run_of(trainer)
    assert run.checkpoints.steps() == [5, 10]
    assert rate(run, 10) == 0.1

    resumed = resume_run(run)
    assert resumed.config.optimizer_g.lr == 0.05
    resumed.run()
    assert [rate(run, step) for step in (9, 10, 20)] == [0.05, 0.05, 0.05]
    assert [edit.changes[LR] for edit in edits_until(run, 20)] == [(0.05, 0.1), (0.1, 0.05)]


def test_a_fork_knows_its_own_settings_and_its_parents(edited: RunDirectory, runs_dir: Path) -> None:
    fork = fork_run(edited.checkpoints.path(10), runs_dir, changes={LR: 0.7, "optimizer_d.kind": "sgd"})
    fork.run()
    run = run_of(fork)
    assert parent_of(run) == Parent(edited.name, 10, edited.info()["id"])
    assert [rate(run, step) for step in (0, 4, 9, 10, 20)] == [0.05, 0.1, 0.1, 0.7, 0.7]
    assert config_at(run, 9).optimizer_d.kind == "adam"
    assert config_at(run, 10).optimizer_d.kind == "sgd"
    assert [(edit.step, edit.forked_from) for edit in edits_until(run, 20)] == [(4, ""), (10, edited.name)]
    assert edits_until(run, 20)[1].changes[LR] == (0.1, 0.7)


def test_a_fork_without_its_parent_undoes_the_changes(edited: RunDirectory, runs_dir: Path) -> None:
    fork = fork_run(edited.checkpoints.path(15), runs_dir, changes={LR: 0.7, "optimizer_d.kind": "sgd"})
    fork.run()
    again = fork_run(fork.directory.checkpoints.path(20), runs_dir, changes={"training.steps": 25, LR: 0.9})
    again.run()
    expected = [rate(run_of(again), step) for step in (0, 4, 12, 14, 15, 19, 20, 25)]
    assert expected == [0.05, 0.1, 0.2, 0.2, 0.7, 0.7, 0.9, 0.9]

    for name in (edited.name, fork.directory.name):
        (runs_dir / name).rename(runs_dir / f"gone-{name}")
    run = run_of(again)
    assert [rate(run, step) for step in (0, 4, 12, 14, 15, 19, 20, 25)] == expected
    assert config_at(run, 14).optimizer_d.kind == "adam"


def test_a_fork_of_before_forks_were_written_down(edited: RunDirectory, runs_dir: Path) -> None:
    fork = fork_run(edited.checkpoints.path(10), runs_dir, changes={LR: 0.7})
    fork.run()
    run = run_of(fork)
    lines = [json.loads(line) for line in (run.path / "events.jsonl").read_text().splitlines()]
    early = [{**line, "time": "2020-01-01T00:00:00+00:00"} if line["event"] == "edit" else line for line in lines]
    kept = [line for line in early if line["event"] != "fork"]
    (run.path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    assert [rate(run, step) for step in (0, 4, 10, 20)] == [0.05, 0.1, 0.7, 0.7]


def test_a_run_that_calls_itself_its_parent_ends(edited: RunDirectory) -> None:
    edited.update_info({"parent": {"run": edited.name, "step": 3}})
    assert SettingsHistory.read(edited).at(20).optimizer_g.lr == 0.2
    assert rate(edited, 0) == 0.05


def test_an_edit_made_just_now_counts(edited: RunDirectory) -> None:
    from ganengine.runs.history import Edit

    history = SettingsHistory.read(edited)
    history.add(Edit(20, {LR: (0.2, 0.4)}))
    assert history.at(20).optimizer_g.lr == 0.4
    assert history.at(19).optimizer_g.lr == 0.2


def test_settings_that_cannot_be_read_say_so(edited: RunDirectory) -> None:
    (edited.path / "config.toml").write_text("loss = 3 4")
    with pytest.raises(ConfigError):
        config_at(edited, 5)
    resume_run(edited, changes={"training.steps": 22}).run()  # a checkpoint has them too
    assert edited.info()["status"] == "finished"
