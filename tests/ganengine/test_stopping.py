"""Stop rules: each on histories of which one knows the answer, and in short trainings that go on exactly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganengine.commands import Edit, Stop
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.errors import ConfigError
from ganengine.events import AlertEvent, Event, MetricsEvent, RunStarted, RunStatus
from ganengine.launch import fork_run, new_run, resume_run
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.stop_watch import StopWatch, variety
from ganengine.stopping import ALL_ALIKE, D_HAS_WON, LONG, OFTEN, Stopping, Streak
from ganengine.trainer import Trainer
from tests.ganengine.helpers import Script, Watcher, make_trainer, quick_config, random_digits, run_of, same


def steps_of(values: list[float]) -> list[tuple[int, float]]:
    return [(100 * (index + 1), value) for index, value in enumerate(values)]


# -- the rules by themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "ends"), [(0, False), (89.9, False), (90, True), (1e6, True)])
def test_time(seconds: float, ends: bool) -> None:
    assert bool(Stopping(minutes=1.5).time_is_up(seconds)) == ends
    assert not Stopping().time_is_up(seconds)


@pytest.mark.parametrize(
    ("metric", "values", "ends"),
    [
        ("fid", [30.0, 20.0, 10.1], False),
        ("fid", [30.0, 20.0, 10.0], True),
        ("fid", [30.0, 9.0, 20.0], True),  # reached once is reached
        ("fid", [], False),
        ("recall", [3.0, 9.9], False),
        ("recall", [3.0, 10.0], True),
        ("none", [1.0, 10.0, 100.0], False),
    ],
)
def test_target(metric: str, values: list[float], ends: bool) -> None:
    rules = Stopping(metric=metric, target=10.0)
    reason = rules.metric_decides(steps_of(values))
    assert bool(reason) == ends
    if ends:
        best = min(values) if metric == "fid" else max(values)
        assert f"reached {best:g} at step {100 * (values.index(best) + 1)}" in reason


@pytest.mark.parametrize(
    ("metric", "values", "ends"),
    [
        ("fid", [5.0, 4.0, 4.5, 4.2], False),
        ("fid", [5.0, 4.0, 4.5, 4.2, 4.1], True),
        ("fid", [5.0, 4.0, 4.0, 4.0, 4.0], True),  # as good is no better
        ("fid", [5.0, 4.0, 4.5, 4.2, 3.9], False),
        ("recall", [0.1, 0.2, 0.1, 0.1], False),
        ("recall", [0.1, 0.2, 0.1, 0.1, 0.1], True),
        ("recall", [0.1, 0.2, 0.3, 0.4, 0.5], False),
    ],
)
def test_patience(metric: str, values: list[float], ends: bool) -> None:
    reason = Stopping(metric=metric, patience=3).metric_decides(steps_of(values))
    assert bool(reason) == ends
    assert not Stopping(metric=metric).metric_decides(steps_of(values))
    if ends:
        assert "did not improve in 3 evaluations" in reason
        assert "at step 200" in reason


def test_a_streak_is_long_after_many_steps_and_many_looks_and_a_break_ends_it() -> None:
    streak = Streak()
    every = LONG // (2 * OFTEN)
    for step in range(0, LONG, every):
        streak.add(step, True)
        assert not streak.is_long()
    streak.add(LONG, True)
    assert streak.is_long()
    streak.add(LONG + every, False)
    assert not streak.is_long()
    for index in range(OFTEN):
        assert not streak.is_long()
        streak.add(10 * LONG * (index + 1), True)
    assert streak.is_long(), "few looks at it take longer"


def test_a_metric_that_is_never_measured_is_refused() -> None:
    for rule in ({"stopping.target": 5.0}, {"stopping.patience": 3}):
        with pytest.raises(ConfigError, match="never measured") as caught:
            TrainConfig().with_changes({"stopping.metric": "fid", **rule})
        assert caught.value.path == "stopping.metric"
        TrainConfig().with_changes({"stopping.metric": "fid", "evaluation.every": 10, **rule})
    TrainConfig().with_changes({"stopping.metric": "fid"})


def test_a_metric_of_classes_needs_classes(runs_dir: Path) -> None:
    rule = {"stopping.metric": "confidence", "stopping.target": 0.9, "evaluation.every": 2}
    with pytest.raises(ConfigError) as caught:
        new_run(quick_config({**rule, "evaluation.features": "inception"}), runs_dir)
    assert caught.value.path == "stopping.metric"


def test_old_settings_have_no_rules() -> None:
    text = TrainConfig().to_toml()
    start = text.index("[stopping]")
    old = text[:start] + text[text.index("[recording]") :]
    assert TrainConfig.from_toml(old).stopping == Stopping()


def test_how_unlike_images_are() -> None:
    same_images = np.full((5, 2, 2, 1), 7, np.uint8)
    halves = np.concatenate([np.zeros((4, 2, 2, 1), np.uint8), np.full((4, 2, 2, 1), 200, np.uint8)])
    assert variety([same_images]) == 0
    assert variety([halves]) == 100
    assert variety([halves[:4], halves[4:]]) == 0, "of each class all alike"
    assert variety([halves[:1], halves[7:]]) == 100, "one of each class says nothing of it"


# -- in a training -----------------------------------------------------------------------------------------------------

EVALUATED: dict[str, Any] = {
    "evaluation.every": 2,
    "stopping.metric": "fid",
    "training.steps": 40,
    "recording.checkpoint_every": 3,
}


class Fids:
    """Stands in for the evaluation: FIDs that fall until step 8, and no further."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def into(self, trainer: Trainer) -> Trainer:
        self._patch.setattr(trainer._judge, "measure", lambda config: {"eval/fid_own": max(20.0 - trainer.step, 12.0)})
        return trainer


@pytest.fixture
def fids(monkeypatch: pytest.MonkeyPatch) -> Fids:
    return Fids(monkeypatch)


def end_of(run: RunDirectory) -> dict[str, Any]:
    latest = run.checkpoints.latest()
    assert latest is not None
    content = load_checkpoint(latest)
    return {key: value for key, value in content.items() if key != "seconds"}


def test_patience_ends_a_training_and_says_why(runs_dir: Path, fids: Fids) -> None:
    watcher = Watcher()
    trainer = fids.into(make_trainer(runs_dir, {**EVALUATED, "stopping.patience": 3}, watcher=watcher))
    assert trainer.run() == RunStatus.FINISHED
    assert trainer.step == 14  # the best at 8; 10, 12 and 14 are no better
    info = run_of(trainer).info()
    assert info["status"] == "finished"
    assert "did not improve in 3 evaluations" in info["message"]
    assert [alert.message for alert in watcher.of(AlertEvent)] == [info["message"]]
    assert run_of(trainer).checkpoints.steps()[-1] == 14
    assert run_of(trainer).sample_steps()[-1] == 14


def test_a_target_ends_a_training(runs_dir: Path, fids: Fids) -> None:
    trainer = fids.into(make_trainer(runs_dir, {**EVALUATED, "stopping.target": 15.0}))
    trainer.run()
    assert trainer.step == 6
    assert "reached 14 at step 6" in run_of(trainer).info()["message"]


def test_a_training_that_no_rule_ends_says_nothing(runs_dir: Path, fids: Fids) -> None:
    trainer = fids.into(make_trainer(runs_dir, {**EVALUATED, "stopping.target": 0.5, "training.steps": 10}))
    assert trainer.run() == RunStatus.FINISHED
    assert trainer.step == 10
    assert not run_of(trainer).info()["message"]


@pytest.mark.parametrize("stop_at", [3, 8, 9, 12, 13])
def test_gone_on_with_it_ends_exactly_where_it_would_have_ended(runs_dir: Path, fids: Fids, stop_at: int) -> None:
    rules = quick_config({**EVALUATED, "stopping.patience": 3})
    whole = fids.into(new_run(rules, runs_dir))
    whole.run()
    first = fids.into(new_run(rules, runs_dir))
    first.commands = Script(first, (stop_at, Stop()))  # type: ignore[assignment]
    assert first.run() == RunStatus.STOPPED
    second = fids.into(resume_run(run_of(first)))
    assert second.run() == RunStatus.FINISHED
    assert second.step == whole.step == 14
    assert run_of(second).info()["message"] == run_of(whole).info()["message"]
    assert same(end_of(run_of(second)), end_of(run_of(whole)))


def test_gone_on_with_after_the_end_it_ends_at_once_unless_the_rule_is_lifted(runs_dir: Path, fids: Fids) -> None:
    trainer = fids.into(new_run(quick_config({**EVALUATED, "stopping.patience": 3}), runs_dir))
    trainer.run()
    again = fids.into(resume_run(run_of(trainer)))
    assert again.run() == RunStatus.FINISHED
    assert again.step == 14
    assert run_of(again).info()["message"]
    lifted = fids.into(resume_run(run_of(trainer), changes={"stopping.patience": 5}))
    lifted.run()
    assert lifted.step == 18


def test_a_fork_is_judged_by_what_it_does_itself(runs_dir: Path, fids: Fids) -> None:
    source = fids.into(new_run(quick_config({**EVALUATED, "stopping.patience": 3}), runs_dir))
    source.run()
    checkpoint = run_of(source).checkpoints.path(14)
    fork = fids.into(fork_run(checkpoint, runs_dir, changes={"optimizer_g.lr": 1e-3}))
    fork.commands = Script(fork, (17, Stop()))  # type: ignore[assignment]
    fork.run()
    assert fork.step == 17
    again = fids.into(resume_run(run_of(fork)))
    again.run()
    assert again.step == 22, "16 was its first, 22 its fourth"


def test_a_forks_minutes_are_its_own(runs_dir: Path) -> None:
    source = new_run(quick_config({"training.steps": 4}), runs_dir)
    source.state.seconds = 600.0
    source.run()
    changes = {"stopping.minutes": 5.0, "training.steps": 12}
    fork = fork_run(run_of(source).checkpoints.path(4), runs_dir, changes=changes)
    assert fork.run() == RunStatus.FINISHED
    assert fork.step == 12
    late = fork_run(run_of(source).checkpoints.path(4), runs_dir, changes=changes)
    late.state.seconds += 301
    late.run()
    assert late.step == 4


def test_a_rule_may_come_and_go_while_it_trains(runs_dir: Path, fids: Fids) -> None:
    edits = (4, Edit({"stopping.patience": 2})), (10, Edit({"stopping.patience": 0}))
    lifted = fids.into(make_trainer(runs_dir, {**EVALUATED, "training.steps": 20}, *edits))
    lifted.run()
    assert lifted.step == 20
    set_late = fids.into(make_trainer(runs_dir, EVALUATED, (17, Edit({"stopping.patience": 4}))))
    set_late.run()
    assert set_late.step == 18, "it was so for long: step 8 was the best"


def test_time_ends_a_training(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"stopping.minutes": 1.0, "training.steps": 1000})

    def pass_time(event: Event) -> None:
        if isinstance(event, MetricsEvent):
            trainer.state.seconds += 10

    trainer._voice._observers = (*trainer._voice._observers, Watcher(pass_time))
    assert trainer.run() == RunStatus.FINISHED
    assert trainer.step == 6
    assert "after 1 minute of training" in run_of(trainer).info()["message"]


# -- collapse ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collapse counts after 20 steps."""
    monkeypatch.setattr("ganengine.stopping.LONG", 20)


COLLAPSE: dict[str, Any] = {
    "stopping.on_collapse": True,
    "training.steps": 60,
    "recording.sample_every": 2,
    "recording.checkpoint_every": 7,
    "optimizer_d.lr": 1e-12,
}


def saturated(trainer: Trainer, weight: float) -> Trainer:
    """G makes the same image of everything, for it does not look at the latent vectors."""
    with torch.no_grad():
        for network in (trainer.players.G, trainer.players.G_ema):
            assert network is not None
            for parameter in network.parameters():
                parameter.mul_(weight)
    return trainer


@pytest.mark.usefixtures("_short")
def test_images_that_are_all_alike_end_a_training(runs_dir: Path) -> None:
    trainer = saturated(make_trainer(runs_dir, {**COLLAPSE, "optimizer_g.lr": 1e-12}), 0.0)
    assert trainer.run() == RunStatus.FINISHED
    assert trainer.step == 20
    assert run_of(trainer).info()["message"] == ALL_ALIKE
    lively = saturated(make_trainer(runs_dir, {**COLLAPSE, "optimizer_g.lr": 1e-12}), 10.0)
    lively.run()
    assert lively.step == 60


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("stop_at", [5, 14, 19])
def test_a_collapse_is_known_after_going_on(runs_dir: Path, stop_at: int) -> None:
    config = quick_config({**COLLAPSE, "optimizer_g.lr": 1e-12})
    first = saturated(new_run(config, runs_dir), 0.0)
    first.commands = Script(first, (stop_at, Stop()))  # type: ignore[assignment]
    first.run()
    second = resume_run(run_of(first))
    second.run()
    assert second.step == 20


@pytest.mark.usefixtures("_short")
def test_a_discriminator_without_any_doubt_ends_a_training(runs_dir: Path) -> None:
    def watch(loss: str, real: float) -> str:
        config = quick_config({**COLLAPSE, "loss.kind": loss})
        trainer = new_run(config, runs_dir)
        trainer.directory.release()
        stops = StopWatch(trainer.directory, trainer.state.dataset)
        stops.notify(RunStarted(trainer.directory.path, config, 0, 60, "CPU"))
        for step in range(1, 31):
            stops.notify(MetricsEvent(step, 0.0, 0, 0.0, {"prob/real": real, "prob/fake": 0.001}))
        return stops.reason(0.0)

    assert watch("nonsaturating", 0.999) == D_HAS_WON
    assert watch("nonsaturating", 0.9) == ""
    assert watch("wasserstein", 0.999) == "", "a critic's answer is no probability"


def test_real_images_of_each_class_are_compared_within_it(runs_dir: Path) -> None:
    digits = random_digits(20)
    images = digits.images.clone()
    images[::2], images[1::2] = images[0], images[1]  # two images, each of its own class
    labels = torch.arange(20) % 2
    config = quick_config(COLLAPSE)
    trainer = make_trainer(runs_dir, COLLAPSE)
    watch = StopWatch(trainer.directory, ImageDataset("pairs", images, labels, ("a", "b")))
    trainer.directory.release()
    assert watch._reals(True) == 0
    assert watch._reals(False) > 10
    assert config.stopping.on_collapse
