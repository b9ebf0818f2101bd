"""Exact continuation: in one go, or in two with a new process between them, gives the same bits."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from ganengine.commands import Stop
from ganengine.components import alternatives
from ganengine.config import TrainConfig
from ganengine.errors import CheckpointError, ConfigError, NewerVersionError, RunError
from ganengine.events import MetricsEvent, RunStatus
from ganengine.export.grid import load_sample
from ganengine.launch import new_run, resume_run
from ganengine.losses.base import Loss
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.generators.base import Generator
from ganengine.optimizers.base import Optimizer
from ganengine.runs.checkpoints import VERSION, load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.schedules.base import Schedule
from tests.ganengine.helpers import Script, quick_config, run_of, same

pytestmark = pytest.mark.timeout(400)  # the module's fixture is counted to its first test

NARROW = {"width": 2, "widths": [6]}
STATE = (
    "step",
    "images",
    "epoch",
    "players",
    "batches",
    "generator",
    "rng",
    "meter",
    "fixed_z",
    "fixed_labels",
    "best",
    "config",
    "data",
)

RESUME_ALL = """
import sys
from pathlib import Path
from ganengine.launch import resume_run
from ganengine.runs.directory import RunDirectory
for path in sys.argv[1:]:
    resume_run(RunDirectory.open(Path(path))).run()
"""


def every_kind() -> dict[str, dict[str, Any]]:
    """Each generator with each discriminator; and each optimizer, loss and schedule with the smallest networks."""
    networks = {
        f"{g}-{d}": {"generator.kind": g, "discriminator.kind": d}
        for g in alternatives(Generator)
        for d in alternatives(Discriminator)
    }
    optimizers = {kind: {"optimizer_g.kind": kind, "optimizer_d.kind": kind} for kind in alternatives(Optimizer)}
    losses = {f"{kind} loss": {"loss.kind": kind} for kind in alternatives(Loss)}
    schedules = {f"{kind} rate": {"schedule.kind": kind, "schedule.warmup_steps": 5} for kind in alternatives(Schedule)}
    return networks | optimizers | losses | schedules


SPECIAL: dict[str, dict[str, Any]] = {
    "dropout": {"generator.dropout": 0.2, "discriminator.dropout": 0.4},
    "dropout in convolutions": {"discriminator.kind": "dcgan", "discriminator.dropout": 0.4},
    "batch norm": {"generator.norm": "batch", "discriminator.norm": "batch"},
    "batch norm in convolutions": {
        "generator.kind": "dcgan",
        "discriminator.kind": "dcgan",
        "discriminator.norm": "batch",
    },
    "spectral norm": {"discriminator.spectral_norm": True},
    "two steps of D": {"training.d_steps": 2},
    "end of an epoch": {"training.batch_size": 250},  # 20 steps each: saved when one is just over
    "middle of an epoch": {"training.batch_size": 200},  # 25 steps each: another begins after going on
    "momentum": {
        "optimizer_g.kind": "sgd",
        "optimizer_g.momentum": 0.9,
        "optimizer_g.nesterov": True,
        "optimizer_d.kind": "rmsprop",
        "optimizer_d.momentum": 0.5,
        "optimizer_d.centered": True,
    },
    "amsgrad": {"optimizer_g.amsgrad": True, "optimizer_d.weight_decay": 0.01},
    "no average": {"training.ema_halflife_images": 0},
    "penalties": {"regularization.r1_gamma": 1.0, "regularization.r2_gamma": 0.5, "regularization.gp_weight": 1.0},
    "noise and flipped labels": {
        "regularization.instance_noise": 0.2,
        "regularization.instance_noise_images": 5000,
        "regularization.label_flip": 0.1,
    },
    "augmentation": {
        "augment.mirror": True,
        "augment.color": True,
        "augment.translation": 0.125,
        "augment.cutout": 0.3,
    },
    "classes": {"training.class_conditional": True, "discriminator.spectral_norm": True},
    "classes in convolutions": {
        "generator.kind": "dcgan",
        "discriminator.kind": "dcgan",
        "training.class_conditional": True,
        "loss.kind": "hinge",
    },
    "drawn at random": {"training.draw": "random"},
}


def config_of(changes: dict[str, Any]) -> TrainConfig:
    base = {
        "recording.log_every": 7,  # so that a point of the plots reaches across the interruption
        "recording.sample_every": 10,
        "training.seed": 11,
    }
    narrow = {}
    for section, family in (("generator", Generator), ("discriminator", Discriminator)):
        fields = alternatives(family)[changes.get(f"{section}.kind", "mlp")].model_fields  # type: ignore[type-abstract]
        narrow |= {f"{section}.{name}": value for name, value in NARROW.items() if name in fields}
    return quick_config({**base, **changes, **narrow})


CASES = {
    **{name: {**changes, "training.steps": 100} for name, changes in every_kind().items()},
    **{name: {**changes, "training.steps": 40} for name, changes in SPECIAL.items()},
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RunDirectory, RunDirectory]]:
    """Of each case the run in one go, and the one that was saved half-way and went on in a new process."""
    root = tmp_path_factory.mktemp("resumed")
    found = {}
    for name, changes in CASES.items():
        config = config_of(changes)
        whole, half = new_run(config, root), new_run(config, root)
        whole.run()
        half.commands = Script(half, (config.training.steps // 2, Stop()))  # type: ignore[assignment]
        assert half.run() is RunStatus.STOPPED
        found[name] = run_of(whole), run_of(half)
    halves = [str(half.path) for _, half in found.values()]
    done = subprocess.run([sys.executable, "-c", RESUME_ALL, *halves], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_same_bits(case: str, pairs: dict[str, tuple[RunDirectory, RunDirectory]]) -> None:
    whole, resumed = pairs[case]
    end = CASES[case]["training.steps"]
    assert whole.checkpoints.steps() == [end]
    assert resumed.checkpoints.steps() == [end // 2, end]
    expected, found = (load_checkpoint(run.checkpoints.path(end)) for run in (whole, resumed))
    for key in STATE:
        assert same(found[key], expected[key]), key
    half = load_checkpoint(resumed.checkpoints.path(end // 2))
    assert not same(half["players"]["G"], found["players"]["G"]), "the second half did something"


@pytest.mark.parametrize("case", CASES)
def test_the_same_history(case: str, pairs: dict[str, tuple[RunDirectory, RunDirectory]]) -> None:
    def rows(run: RunDirectory) -> list[tuple[int, float, int, dict[str, float]]]:
        return [(e.step, e.epoch, e.images, timeless(e)) for e in run.metrics()]

    def timeless(event: MetricsEvent) -> dict[str, float]:
        return {key: value for key, value in event.values.items() if not key.startswith("speed/")}

    whole, resumed = pairs[case]
    assert rows(resumed) == rows(whole)
    assert len(rows(whole)) == math.ceil(CASES[case]["training.steps"] / 7)
    assert all(a.seconds < b.seconds for a, b in zip(resumed.metrics(), resumed.metrics()[1:], strict=False))
    assert resumed.sample_steps() == whole.sample_steps()
    for step in whole.sample_steps():
        assert same(load_sample(resumed.sample_path(step)).tolist(), load_sample(whole.sample_path(step)).tolist())
    assert resumed.info()["status"] == "finished"


# -- what else may happen between the halves ---------------------------------------------------------------------------


def stopped_run(root: Path, changes: dict[str, Any] | None = None) -> RunDirectory:
    """Six steps, with a checkpoint at each."""
    trainer = new_run(
        quick_config({"recording.checkpoint_every": 1, "recording.keep_checkpoints": 9, **(changes or {})}), root
    )
    trainer.run()
    return run_of(trainer)


def test_history_after_the_checkpoint_is_made_anew(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    before = run.metrics()
    for step in (5, 6):  # as if the process had been killed before these were written
        run.checkpoints.path(step).unlink()
    trainer = resume_run(run)
    assert trainer.step == 4
    assert [event.step for event in run.metrics()] == [1, 2, 3, 4]
    trainer.run()
    assert [event.step for event in run.metrics()] == [1, 2, 3, 4, 5, 6]
    assert [e.values["loss/g"] for e in run.metrics()] == [e.values["loss/g"] for e in before]


def test_a_damaged_checkpoint_is_passed_over_for_good(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    for step in (5, 6):
        path = run.checkpoints.path(step)
        path.write_bytes(path.read_bytes()[:1000])
    trainer = resume_run(run, changes={"recording.keep_checkpoints": 1, "recording.spread_checkpoints": 0})
    assert trainer.step == 4
    trainer.commands = Script(trainer, (5, Stop()))  # type: ignore[assignment]
    trainer.run()
    assert run.checkpoints.steps() == [5], "the damaged one of step 6 does not count as the newest"
    load_checkpoint(run.checkpoints.path(5))
    assert (run.path / "checkpoints" / "step-00000006.damaged").exists()


def test_a_checkpoint_of_a_newer_version_is_neither_passed_over_nor_set_aside(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    newest = run.checkpoints.path(6)
    torch.save(load_checkpoint(newest) | {"version": VERSION + 1}, newest)
    with pytest.raises(NewerVersionError, match="newer version"):
        resume_run(run)
    assert newest.exists()


def test_changes_at_the_continuation_are_recorded_and_kept(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    trainer = resume_run(run, changes={"optimizer_g.lr": 0.5})
    trainer.commands.send(Stop())
    trainer.run()
    assert [event["changes"] for event in run.events() if event["event"] == "edit"] == [
        {"optimizer_g.lr": [0.0002, 0.5]}
    ]
    assert resume_run(run).config.optimizer_g.lr == 0.5
    run.release()


def test_nothing_to_go_on_from(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    for step in run.checkpoints.steps():
        run.checkpoints.path(step).write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"step-00000006\.pt is damaged"):
        resume_run(run)
    for step in run.checkpoints.steps():
        run.checkpoints.path(step).unlink()
    with pytest.raises(RunError, match="has no checkpoint to go on from"):
        resume_run(run)
    assert not run.is_active(), "the lock is given back"


def test_a_longer_training_goes_on(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    trainer = resume_run(run, changes={"training.steps": 8})
    assert trainer.total_steps == 8
    assert trainer.run() is RunStatus.FINISHED
    assert [event.step for event in run.metrics()] == list(range(1, 9))
    whole = new_run(quick_config({"training.steps": 8}), runs_dir)
    whole.run()
    assert same(whole.players.state_dict(), trainer.players.state_dict())


def test_a_finished_run_is_finished_at_once(runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    before = run.checkpoints.path(6).read_bytes()
    assert resume_run(run).run() is RunStatus.FINISHED
    assert run.checkpoints.path(6).read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"training.batch_size": 8}, "training.batch_size"),
        ({"optimizer_g.kind": "sgd"}, "optimizer_g.kind"),
        ({"optimizer_g.lr": -1.0}, "optimizer_g.lr"),
        ({"training.device": "cuda:77"}, "training.device"),
    ],
)
def test_what_needs_a_new_run_is_refused(changes: dict[str, Any], path: str, runs_dir: Path) -> None:
    run = stopped_run(runs_dir)
    with pytest.raises(ConfigError) as caught:
        resume_run(run, changes=changes)
    assert caught.value.path == path
    assert not run.is_active()
    assert [event.step for event in run.metrics()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.cuda
@pytest.mark.parametrize("optimizer", sorted(alternatives(Optimizer)))
def test_a_run_goes_on_exactly_on_the_gpu(optimizer: str, runs_dir: Path) -> None:
    """Dense layers only: convolutions choose their algorithm anew in each process."""
    changes = {
        "training.device": "cuda",
        "training.steps": 40,
        "discriminator.dropout": 0.3,
        "optimizer_g.kind": optimizer,
        "optimizer_d.kind": optimizer,
    }
    whole, half = new_run(quick_config(changes), runs_dir), new_run(quick_config(changes), runs_dir)
    whole.run()
    half.commands = Script(half, (20, Stop()))  # type: ignore[assignment]
    half.run()
    again = resume_run(run_of(half))
    again.run()
    expected, found = (load_checkpoint(run_of(trainer).checkpoints.path(40)) for trainer in (whole, again))
    for key in STATE:
        assert same(found[key], expected[key]), key


@pytest.mark.cuda
@pytest.mark.parametrize(("first", "second"), [("cuda", "cpu"), ("cpu", "cuda")])
def test_a_run_may_move_to_another_device(first: str, second: str, runs_dir: Path) -> None:
    run = stopped_run(runs_dir, {"training.device": first})
    trainer = resume_run(run, changes={"training.device": second, "training.steps": 9})
    assert {weight.device.type for weight in trainer.players.G.parameters()} == {second}
    assert trainer.run() is RunStatus.FINISHED
    assert run.metrics()[-1].step == 9
