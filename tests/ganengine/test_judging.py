"""Evaluation in the middle of a training: measured, written down, and the best checkpoint kept."""

from pathlib import Path

import pytest
import torch

from ganengine.commands import Evaluate, Stop
from ganengine.errors import Cancelled, ConfigError
from ganengine.events import Event, MetricsEvent, Preparing
from ganengine.fit import check_fit
from ganengine.launch import new_run, resume_run
from ganengine.metrics.extractors import own
from ganengine.runs.checkpoints import CheckpointFolder, load_checkpoint
from tests.ganengine.helpers import Script, make_trainer, quick_config, run_of, same

EVAL = {"evaluation.every": 4, "evaluation.samples": 100, "training.steps": 12, "recording.checkpoint_every": 4}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A classifier of a few steps, kept for this module only."""
    monkeypatch.setattr(own, "STEPS", 8)
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path_factory.getbasetemp() / "judging-cache"))


def evaluations(run_path: Path) -> list[MetricsEvent]:
    from ganengine.runs.directory import RunDirectory

    return [point for point in RunDirectory(run_path).metrics() if "eval/fid_own" in point.values]


def test_it_is_measured_every_so_often_and_changes_nothing_of_the_training(runs_dir: Path) -> None:
    measured, plain = make_trainer(runs_dir, EVAL), make_trainer(runs_dir, {**EVAL, "evaluation.every": 0})
    measured.run()
    plain.run()
    points = evaluations(measured.directory.path)
    assert [point.step for point in points] == [4, 8, 12]
    assert {"eval/kid_own", "eval/precision_own", "eval/recall_own"} <= set(points[0].values)
    assert not evaluations(plain.directory.path)
    assert same(measured.players.state_dict(), plain.players.state_dict())


def test_the_best_checkpoint_stays(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make_trainer(runs_dir, {**EVAL, "recording.keep_checkpoints": 1, "recording.spread_checkpoints": 0})
    values = iter([5.0, 3.0, 4.0])
    monkeypatch.setattr(trainer._judge, "measure", lambda config: {"eval/fid_own": next(values)})
    trainer.run()
    folder = run_of(trainer).checkpoints
    assert folder.best() == 8
    assert folder.steps() == [8, 12], "pruned, but for the best and the last"
    assert load_checkpoint(folder.path(12))["best"] == {"key": "eval/fid_own", "value": 3.0, "step": 8}


def test_the_best_is_known_after_going_on(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = new_run(quick_config(EVAL), runs_dir)
    monkeypatch.setattr(trainer._judge, "measure", lambda config: {"eval/fid_own": 2.0 + trainer.step})
    trainer.commands = Script(trainer, (6, Stop()))  # type: ignore[assignment]
    trainer.run()
    again = resume_run(run_of(trainer))
    monkeypatch.setattr(again._judge, "measure", lambda config: {"eval/fid_own": 6.5 if again.step == 8 else 5.9})
    again.run()
    assert run_of(again).checkpoints.best() == 12


def test_it_is_measured_on_request(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {**EVAL, "evaluation.every": 0}, (3, Evaluate()))
    trainer.run()
    assert [point.step for point in evaluations(trainer.directory.path)] == [3]


class Impatient:
    """Gives up whatever is prepared."""

    def notify(self, event: Event) -> None:
        if isinstance(event, Preparing):
            raise Cancelled("enough")


def test_giving_an_evaluation_up_costs_only_the_evaluation(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, EVAL, watcher=Impatient())  # type: ignore[arg-type]
    trainer.run()
    assert trainer.step == 12
    assert not evaluations(trainer.directory.path)


def test_a_mark_goes_with_its_checkpoint(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    torch.save({}, folder.path(3))
    folder.mark_best(3)
    assert folder.best() == 3
    folder.path(3).unlink()
    assert folder.best() is None


def test_a_metric_of_classes_needs_classes(runs_dir: Path) -> None:
    config = quick_config({**EVAL, "evaluation.best_by": "confidence", "evaluation.features": "inception"})
    with pytest.raises(ConfigError) as caught:
        new_run(config, runs_dir)
    assert caught.value.path == "evaluation.best_by"
    check_fit(config.with_changes({"evaluation.features": "own"}), config.data.load())
