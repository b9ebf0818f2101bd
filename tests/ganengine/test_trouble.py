"""What goes wrong in a training: it blows up, memory runs out, the disk is full. Each ends well or goes on."""

import math
import threading
from pathlib import Path

import pytest
import torch

from ganengine.commands import Continue, Edit, SaveCheckpoint, Stop
from ganengine.errors import OutOfMemory, StorageError, TrainingDiverged
from ganengine.events import (
    AlertEvent,
    Event,
    MetricsEvent,
    RunStatus,
    StatusChanged,
)
from ganengine.launch import new_run
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.trainer import Trainer
from tests.ganengine.helpers import FullDisk, Watcher, make_trainer, quick_config, run_of, same


def statuses(watcher: Watcher) -> list[str]:
    return [event.status.value for event in watcher.of(StatusChanged)]


def broken_from(trainer: Trainer, step: int) -> None:
    """Let the weights of G become infinite after a step, as a much too high learning rate does."""
    real = trainer._train_step

    def train_step() -> None:
        real()
        if trainer.step == step:
            with torch.no_grad():
                next(trainer.players.G.parameters()).fill_(math.inf)

    trainer._train_step = train_step  # type: ignore[method-assign]


def test_a_rate_that_is_much_too_high_ends_as_diverged(runs_dir: Path) -> None:
    watcher = Watcher()
    changes = {
        "optimizer_g.kind": "sgd",
        "optimizer_d.kind": "sgd",
        "recording.checkpoint_every": 1,
        "training.steps": 400,
    }
    explode = Edit({"optimizer_g.lr": 10.0, "optimizer_d.lr": 10.0})
    trainer = make_trainer(
        runs_dir, {**changes, "discriminator.widths": [64] * 8}, (3, SaveCheckpoint()), (3, explode), watcher=watcher
    )
    with pytest.raises(TrainingDiverged) as caught:
        trainer.run()
    message = str(caught.value)
    assert "blew up" in message
    assert "they were 10 for the generator and 10 for the discriminator" in message
    run = run_of(trainer)
    good = run.checkpoints.steps()[-1]
    assert f"The checkpoint of step {good} is good." in message
    assert statuses(watcher) == ["running", "failed"]
    assert watcher.of(StatusChanged)[-1].message == message
    assert run.info()["status"] == "failed"
    assert run.info()["message"] == message
    assert not run.is_active()
    for step in run.checkpoints.steps():
        players = load_checkpoint(run.checkpoints.path(step))["players"]
        assert all(bool(tensor.isfinite().all()) for tensor in players["G"].values())
    assert all(math.isfinite(value) for event in run.metrics() for value in event.values.values())


@pytest.mark.parametrize("log_every", [1, 1000])
@pytest.mark.parametrize("last", [3, 4, 6])
def test_broken_weights_never_reach_a_checkpoint(log_every: int, last: int, runs_dir: Path) -> None:
    """Also where the losses did not show it yet: the step that broke them was the last."""
    changes = {"recording.log_every": log_every, "recording.checkpoint_every": 2}
    trainer = make_trainer(runs_dir, changes)
    broken_from(trainer, last)
    with pytest.raises(TrainingDiverged):
        trainer.run()
    steps = run_of(trainer).checkpoints.steps()
    assert steps == [step for step in (2, 4) if step < last]


def test_before_the_first_checkpoint_divergence_says_that_there_is_none(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    broken_from(trainer, 1)
    with pytest.raises(TrainingDiverged, match="There is no checkpoint yet"):
        trainer.run()


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate"
        ),
    ],
    ids=["cuda", "cpu"],
)
def test_out_of_memory_names_the_batch_size_and_the_figures(error: Exception, runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, {"training.batch_size": 5}, watcher=watcher)

    def fail() -> None:
        raise error

    trainer._train_step = fail  # type: ignore[method-assign]
    with pytest.raises(OutOfMemory, match=r"batch of 5 images.*\d+\.\d of \d+\.\d GiB are free") as caught:
        trainer.run()
    assert caught.value.__cause__ is error
    assert statuses(watcher) == ["running", "failed"]
    assert run_of(trainer).info()["status"] == "failed"
    assert not trainer.directory.is_active()


def test_out_of_memory_while_building_leaves_no_run(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr("ganengine.players.Players.build", fail)
    with pytest.raises(OutOfMemory):
        new_run(quick_config(), runs_dir)
    assert [path for path in runs_dir.iterdir() if path.is_dir()] == []


def test_an_unexpected_error_marks_the_run_as_failed_and_comes_out_as_it_is(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    trainer._train_step = lambda: {}["nothing"]  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyError):
        trainer.run()
    assert run_of(trainer).info()["status"] == "failed"


# -- a full disk -------------------------------------------------------------------------------------------------------


class Disk(Watcher):
    """Fills the disk at a step, and makes room when the training has paused."""

    def __init__(self, patch: pytest.MonkeyPatch, full_at: int) -> None:
        super().__init__(self.fill_or_free)
        self.disk = FullDisk(patch)
        self.full_at = full_at

    def fill_or_free(self, event: Event) -> None:
        if isinstance(event, MetricsEvent) and event.step == self.full_at:
            self.disk.room = 0
        if isinstance(event, StatusChanged) and event.status is RunStatus.PAUSED:
            self.disk.room = math.inf


@pytest.mark.parametrize("full_at", [1, 2, 3, 5])
def test_on_a_full_disk_a_patient_training_waits_and_loses_nothing(
    full_at: int, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Disk(monkeypatch, full_at)
    changes = {"recording.checkpoint_every": 3, "recording.sample_every": 2}
    waits = full_at if full_at in {2, 3} else full_at + 1  # a sample or a checkpoint is due at once, a metric next
    trainer = make_trainer(runs_dir, changes, (waits, Continue()), (6, Continue()), watcher=watcher, patient=True)
    assert trainer.run() is RunStatus.FINISHED
    alerts = watcher.of(AlertEvent)
    assert alerts
    assert all("No space left on device" in alert.message for alert in alerts)
    assert alerts[0].message.endswith("The training is paused.")
    assert statuses(watcher)[:3] == ["running", "paused", "running"]
    run = run_of(trainer)
    assert [event.step for event in run.metrics()] == [1, 2, 3, 4, 5, 6]
    assert run.info()["status"] == "finished"
    assert {3, 6} <= set(run.checkpoints.steps())
    assert not list(run.path.rglob("*.tmp"))
    plain = make_trainer(runs_dir, changes)
    plain.run()
    assert same(plain.players.state_dict(), trainer.players.state_dict())


def test_on_a_full_disk_one_can_still_stop_without_saving(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Watcher()
    disk = FullDisk(monkeypatch)
    trainer = make_trainer(runs_dir, {"recording.checkpoint_every": 3}, watcher=watcher, patient=True)
    watcher.react = lambda event: setattr(disk, "room", 0) if isinstance(event, MetricsEvent) else None
    trainer.commands.send(Edit({}))
    threading.Timer(0.3, lambda: trainer.commands.send(Stop(save=False))).start()
    assert trainer.run() is RunStatus.STOPPED
    assert trainer.step == 2
    assert not trainer.directory.is_active()


@pytest.mark.parametrize("full_at", [2, 3, 6])
def test_on_a_full_disk_an_impatient_training_fails_and_says_so(
    full_at: int, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Disk(monkeypatch, full_at)
    trainer = make_trainer(runs_dir, {"recording.checkpoint_every": 1}, watcher=watcher)
    with pytest.raises(StorageError, match="No space left on device"):
        trainer.run()
    assert statuses(watcher) == ["running", "failed"], "the observers hear of it though it cannot be written"
    assert not trainer.directory.is_active()
    watcher.disk.room = math.inf
    run = run_of(trainer)
    assert run.info()["status"] in {"stopped", "failed"}
    assert run.checkpoints.steps() == list(range(1, full_at)), "the newest, and those spread over the way there"
    for step in run.checkpoints.steps():
        load_checkpoint(run.checkpoints.path(step))


def test_a_checkpoint_that_fails_alone_marks_the_run_as_failed(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make_trainer(runs_dir, {"recording.checkpoint_every": 2})

    def fail(path: Path, content: object) -> None:
        raise StorageError("the checkpoint", path, OSError(28, "No space left on device"))

    monkeypatch.setattr("ganengine.trainer.save_checkpoint", fail)
    with pytest.raises(StorageError):
        trainer.run()
    info = RunDirectory.open(trainer.directory.path).info()
    assert info["status"] == "failed"
    assert "No space left on device" in info["message"]
