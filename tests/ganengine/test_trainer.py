"""The training loop: what can be asked of it, and what it tells."""

import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganengine.commands import Continue, Edit, MakeSamples, Pause, SaveCheckpoint, StepOnce, Stop
from ganengine.errors import CheckpointError, ConfigError
from ganengine.events import (
    AlertEvent,
    CheckpointEvent,
    EditEvent,
    Event,
    FreshSamplesEvent,
    MetricsEvent,
    Progress,
    RunStarted,
    RunStatus,
    SamplesEvent,
    StatusChanged,
)
from ganengine.export.grid import load_sample
from ganengine.launch import new_run, resume_run
from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint
from ganengine.trainer import Trainer
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, random_digits, run_of, same

METRIC_KEYS = {
    *("loss/d_real", "loss/d_fake", "loss/d", "loss/g", "prob/real", "prob/fake"),
    *("grad/g", "grad/d", "lr/g", "lr/d", "speed/images_per_s"),
}


def statuses(watcher: Watcher) -> list[str]:
    return [event.status.value for event in watcher.of(StatusChanged)]


def final_state(trainer: Trainer) -> dict[str, Any]:
    return trainer.players.state_dict() | {
        "generator": trainer.state.generator.get_state(),
        "cpu": torch.get_rng_state(),
    }


# -- from beginning to end ---------------------------------------------------------------------------------------------


def test_a_whole_training_tells_and_writes_everything(runs_dir: Path) -> None:
    watcher = Watcher()
    changes = {"recording.sample_every": 2, "recording.checkpoint_every": 3, "recording.log_every": 2}
    trainer = make_trainer(runs_dir, changes, watcher=watcher)
    assert trainer.run() is RunStatus.FINISHED
    (started,) = watcher.of(RunStarted)
    assert (started.step, started.total_steps, started.device) == (0, 6, "CPU")
    assert started.parameters == {"generator": 4 * 6 + 6 + 6 * 784 + 784, "discriminator": 784 * 6 + 6 + 6 + 1}
    assert statuses(watcher) == ["running", "finished"]
    assert [event.step for event in watcher.of(MetricsEvent)] == [2, 4, 6]
    assert [event.step for event in watcher.of(SamplesEvent)] == [0, 2, 4, 6]
    assert [event.step for event in watcher.of(CheckpointEvent)] == [3, 6]
    assert watcher.of(Progress)[-1].step == 6
    run = run_of(trainer)
    assert run.info()["status"] == "finished"
    assert run.info()["step"] == 6
    assert run.info()["parameters"] == started.parameters
    assert run.metrics() == [
        MetricsEvent(e.step, e.epoch, e.images, round(e.seconds, 3), e.values) for e in watcher.of(MetricsEvent)
    ]
    assert run.checkpoints.steps() == [3, 6]
    assert [event["event"] for event in run.events()] == ["start", "checkpoint", "checkpoint"]
    assert not list(run.path.rglob("*.tmp"))
    for event in watcher.of(SamplesEvent):
        assert event.images.shape == (4, 28, 28, 1)
        assert event.images.dtype == np.uint8
        assert np.array_equal(load_sample(event.path), event.images)


def test_metrics_are_complete_and_plausible(runs_dir: Path) -> None:
    watcher = Watcher()
    make_trainer(runs_dir, {"training.d_steps": 2, "optimizer_d.lr": 0.5}, watcher=watcher).run()
    for number, event in enumerate(watcher.of(MetricsEvent), start=1):
        assert set(event.values) == METRIC_KEYS
        assert all(math.isfinite(value) for value in event.values.values())
        assert event.step == number
        assert event.images == number * 2 * 4
        assert event.epoch == pytest.approx(event.images / 20)
        assert event.values["loss/d"] == pytest.approx(event.values["loss/d_real"] + event.values["loss/d_fake"])
        assert 0.0 <= event.values["prob/real"] <= 1.0
        assert event.values["lr/d"] == 0.5
        assert event.values["grad/d"] >= 0.0


def test_each_point_is_the_mean_since_the_last(runs_dir: Path) -> None:
    single, pairs = Watcher(), Watcher()
    make_trainer(runs_dir, {"recording.log_every": 1}, watcher=single).run()
    make_trainer(runs_dir, {"recording.log_every": 2}, watcher=pairs).run()
    values = [event.values["loss/g"] for event in single.of(MetricsEvent)]
    assert [event.values["loss/g"] for event in pairs.of(MetricsEvent)] == pytest.approx(
        [(values[i] + values[i + 1]) / 2 for i in (0, 2, 4)]
    )


@pytest.mark.parametrize(("d_steps", "expected"), [(1, 15), (2, 8), (5, 3)])
def test_length_in_epochs(d_steps: int, expected: int, runs_dir: Path) -> None:
    changes = {"training.length_in": "epochs", "training.epochs": 3, "training.d_steps": d_steps}
    trainer = make_trainer(runs_dir, changes)
    assert trainer.total_steps == expected
    trainer.run()
    assert trainer.step == expected


def test_equal_seeds_give_equal_runs_and_others_do_not(runs_dir: Path) -> None:
    changes = {"discriminator.dropout": 0.3}
    first, second, third = (make_trainer(runs_dir, {**changes, "training.seed": seed}) for seed in (3, 3, 4))
    states = []
    for trainer in (first, second, third):
        trainer.run()
        states.append(final_state(trainer))
    assert same(states[0], states[1])
    assert not same(states[0]["G"], states[2]["G"])


def test_without_an_average_samples_come_from_g_itself(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"training.ema_halflife_images": 0})
    trainer.run()
    assert trainer.players.G_ema is None
    assert "G_ema" not in load_checkpoint(trainer.directory.checkpoints.path(6))["players"]


def test_sampling_does_not_touch_the_batch_norm_of_g(runs_dir: Path) -> None:
    often, never = (
        make_trainer(
            runs_dir, {"recording.sample_every": n, "generator.norm": "batch", "training.ema_halflife_images": 0}
        )
        for n in (1, 100)
    )
    often.run()
    never.run()
    assert same(often.players.state_dict(), never.players.state_dict())


def test_g_learns_on_in_training_mode_after_a_sample(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"generator.norm": "batch", "training.ema_halflife_images": 0})
    trainer.players.sample(trainer.state.fixed.z)
    assert all(module.training for module in trainer.players.G.modules())
    average = trainer.players.G.eval()
    trainer.players.sample(trainer.state.fixed.z)
    assert not any(module.training for module in average.modules()), "and one that was not stays as it is"


# -- requests ----------------------------------------------------------------------------------------------------------


def test_pause_and_continue(runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, None, (2, Pause()), (2, Pause()), (2, Continue()), watcher=watcher)
    assert trainer.run() is RunStatus.FINISHED
    assert statuses(watcher) == ["running", "paused", "running", "finished"]
    assert watcher.of(StatusChanged)[1].step == 2
    assert trainer.commands.waits == [2, 2]  # type: ignore[attr-defined]


def test_a_step_is_exactly_one_and_then_it_is_paused(runs_dir: Path) -> None:
    watcher = Watcher()
    script = ((2, Pause()), (2, StepOnce()), (3, StepOnce()), (4, Stop()))
    changes = {"recording.log_every": 100}
    trainer = make_trainer(runs_dir, changes, *script, watcher=watcher)
    assert trainer.run() is RunStatus.STOPPED
    assert trainer.step == 4
    assert trainer.commands.waits == [2, 3, 4]  # type: ignore[attr-defined]
    assert statuses(watcher) == ["running", "paused", "paused", "paused", "stopped"], "each step is answered"
    assert [event.step for event in watcher.of(MetricsEvent)] == [3, 4], "each single step is shown at once"
    assert [event.step for event in watcher.of(SamplesEvent)] == [0, 3, 4]


def test_a_step_of_a_running_training_pauses_it_after_one(runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, None, (2, StepOnce()), (3, Continue()), watcher=watcher)
    assert trainer.run() is RunStatus.FINISHED
    assert trainer.commands.waits == [3]  # type: ignore[attr-defined]


def test_stop_saves_and_the_run_goes_on_from_there(runs_dir: Path) -> None:
    config = quick_config()
    trainer = new_run(config, runs_dir)
    trainer.commands.send(Stop())
    assert trainer.run() is RunStatus.STOPPED
    run = run_of(trainer)
    assert run.info()["status"] == "stopped"
    assert run.checkpoints.steps() == [0]
    again = resume_run(run)
    assert again.step == 0
    assert again.run() is RunStatus.FINISHED
    assert run.info()["status"] == "finished"
    whole = new_run(config, runs_dir)
    whole.run()
    assert same(whole.players.state_dict(), again.players.state_dict())


def test_stop_without_saving(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, None, (3, Stop(save=False)))
    assert trainer.run() is RunStatus.STOPPED
    assert run_of(trainer).checkpoints.steps() == []


def test_stop_ends_a_pause(runs_dir: Path) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, None, (1, Pause()), (1, Stop()), watcher=watcher)
    assert trainer.run() is RunStatus.STOPPED
    assert statuses(watcher) == ["running", "paused", "stopped"]


def test_what_the_user_saved_stays(runs_dir: Path) -> None:
    watcher = Watcher()
    changes = {
        "recording.checkpoint_every": 1,
        "recording.keep_checkpoints": 2,
        "recording.spread_checkpoints": 0,
    }
    trainer = make_trainer(runs_dir, changes, (2, SaveCheckpoint()), watcher=watcher)
    trainer.run()
    assert run_of(trainer).checkpoints.steps() == [2, 5, 6]
    assert [event.step for event in watcher.of(CheckpointEvent) if event.kept] == [2]
    assert [event["step"] for event in run_of(trainer).events() if event.get("kept")] == [2]


def test_a_live_edit_acts_from_the_next_step_and_is_recorded(runs_dir: Path) -> None:
    watcher = Watcher()
    edit = Edit({"optimizer_g.lr": 0.5, "recording.log_every": 2, "training.steps": 4})
    trainer = make_trainer(runs_dir, None, (2, edit), watcher=watcher)
    trainer.run()
    (event,) = watcher.of(EditEvent)
    assert event.step == 2
    assert event.changes["optimizer_g.lr"] == (0.0002, 0.5)
    assert event.config == trainer.config
    assert [(e.step, e.values["lr/g"]) for e in watcher.of(MetricsEvent)] == [(1, 0.0002), (2, 0.0002), (4, 0.5)]
    assert trainer.step == 4, "a shorter length ends the training"
    assert trainer.players.optimizer_g.param_groups[0]["lr"] == 0.5
    assert trainer.players.optimizer_d.param_groups[0]["lr"] == 0.0002
    (recorded,) = [row for row in run_of(trainer).events() if row["event"] == "edit"]
    assert recorded["step"] == 2
    assert recorded["changes"]["optimizer_g.lr"] == [0.0002, 0.5]
    saved = checkpoint_config(load_checkpoint(trainer.directory.checkpoints.path(4)))
    assert saved == trainer.config, "a checkpoint holds what is in force"


def test_an_edit_after_saving_is_saved_too(runs_dir: Path) -> None:
    script = (2, SaveCheckpoint()), (2, Edit({"optimizer_g.lr": 0.5})), (2, Stop())
    trainer = make_trainer(runs_dir, None, *script)
    trainer.run()
    saved = load_checkpoint(run_of(trainer).checkpoints.path(2))
    assert checkpoint_config(saved).get("optimizer_g.lr") == 0.5


def test_a_live_edit_equals_two_runs_in_a_row(runs_dir: Path) -> None:
    """The optimizer's state stays: with the rate put back at once nothing has changed."""
    plain = make_trainer(runs_dir)
    edits = (2, Edit({"optimizer_g.lr": 0.5})), (2, Edit({"optimizer_g.lr": 0.0002}))
    edited = make_trainer(runs_dir, None, *edits)
    plain.run()
    edited.run()
    assert same(plain.players.state_dict(), edited.players.state_dict())
    other = make_trainer(runs_dir, None, (5, Edit({"optimizer_g.lr": 0.5})))
    other.run()
    assert not same(plain.players.state_dict()["G"], other.players.state_dict()["G"]), "even for the last step"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training.batch_size": 8}, "training.batch_size: cannot change while training; it needs a new run"),
        ({"optimizer_g.lr": -1}, "optimizer_g.lr: must be more than 0"),
        ({"optimizer_g.lr": "fast"}, "optimizer_g.lr: must be a number"),
        ({"optimizer_g.kind": "sgd"}, "optimizer_g.kind: cannot change while training"),
        ({"nonsense": 1}, "nonsense: cannot change while training"),
        ({"optimizer_g.lr": 0.1, "training.seed": 2}, "training.seed: cannot change while training"),
    ],
)
def test_an_edit_that_cannot_be_made_changes_nothing_and_says_why(
    changes: dict[str, Any], message: str, runs_dir: Path
) -> None:
    watcher = Watcher()
    trainer = make_trainer(runs_dir, None, (2, Edit(changes)), watcher=watcher)
    before = trainer.config
    assert trainer.run() is RunStatus.FINISHED
    (alert,) = watcher.of(AlertEvent)
    assert alert.step == 2
    assert message in alert.message
    assert trainer.config == before
    assert watcher.of(EditEvent) == []
    assert [row["message"] for row in run_of(trainer).events() if row["event"] == "alert"] == [alert.message]


def test_an_edit_to_the_same_value_is_no_edit(runs_dir: Path) -> None:
    watcher = Watcher()
    make_trainer(runs_dir, None, (2, Edit({"optimizer_g.lr": 0.0002})), watcher=watcher).run()
    assert watcher.of(EditEvent) == []


def test_fresh_samples_do_not_disturb_the_run(runs_dir: Path) -> None:
    watcher = Watcher()
    changes = {"discriminator.dropout": 0.3, "generator.norm": "batch"}
    asked = make_trainer(runs_dir, changes, (2, MakeSamples(9, 5)), (3, MakeSamples(9, 3)), watcher=watcher)
    asked.run()
    state = final_state(asked)
    plain = make_trainer(runs_dir, changes)
    plain.run()
    assert same(state, final_state(plain))
    first, second = watcher.of(FreshSamplesEvent)
    assert (first.step, first.images.shape) == (2, (5, 28, 28, 1))
    assert (second.step, second.images.shape) == (3, (3, 28, 28, 1))
    assert run_of(asked).sample_steps() == [0, 6], "they are not kept"


def test_the_same_seed_makes_the_same_fresh_samples(runs_dir: Path) -> None:
    watcher = Watcher()
    asks = [(1, MakeSamples(seed, 6)) for seed in (9, 9, 10)]
    make_trainer(runs_dir, None, *asks, watcher=watcher).run()
    first, again, other = (event.images for event in watcher.of(FreshSamplesEvent))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_commands_from_another_thread(runs_dir: Path) -> None:
    """With the real queue: a training that has a million steps to go is answered."""
    met = {name: threading.Event() for name in ("started", "paused", "fresh")}

    def react(event: Event) -> None:
        match event:
            case MetricsEvent():
                met["started"].set()
            case StatusChanged(status=RunStatus.PAUSED):
                met["paused"].set()
            case FreshSamplesEvent():
                met["fresh"].set()

    trainer = make_trainer(runs_dir, {"training.steps": 1_000_000}, watcher=Watcher(react))
    ended: list[RunStatus] = []
    thread = threading.Thread(target=lambda: ended.append(trainer.run()))
    thread.start()
    assert met["started"].wait(20)
    trainer.commands.send(Pause())
    assert met["paused"].wait(20)
    at = trainer.step
    trainer.commands.send(MakeSamples(0, 2))
    assert met["fresh"].wait(20)
    assert trainer.step == at
    trainer.commands.send(Stop())
    thread.join(20)
    assert ended == [RunStatus.STOPPED]
    assert run_of(trainer).checkpoints.steps() == [at]


# -- what does not fit -------------------------------------------------------------------------------------------------


def test_a_batch_larger_than_the_data_is_refused_before_anything_is_written(runs_dir: Path) -> None:
    with pytest.raises(ConfigError, match="must be at most 5000, the number of images") as caught:
        new_run(quick_config({"training.batch_size": 5001}), runs_dir)
    assert caught.value.path == "training.batch_size"
    with pytest.raises(ConfigError, match="there is no 'cuda:77' on this machine; choose auto") as caught:
        new_run(quick_config({"training.device": "cuda:77"}), runs_dir)
    assert caught.value.path == "training.device"
    assert list(runs_dir.iterdir()) == []


def test_other_images_than_those_of_the_checkpoint_are_refused(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    trainer.run()
    checkpoint = load_checkpoint(trainer.directory.checkpoints.path(6))
    with pytest.raises(
        CheckpointError, match=r"other images \(noise, 28×28×1\) than those found now \(noise, 32×32×1\)"
    ):
        Trainer(trainer.config, random_digits(20, 32), trainer.directory, checkpoint=checkpoint)
