"""Going over to the compiled step and back, with a traced graph in place of a compiled library."""

import math
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from ganengine.commands import Continue, Edit, Pause, SaveCheckpoint, StepOnce, Stop
from ganengine.events import RunStatus
from ganengine.graph import store
from ganengine.graph.build import DESCRIPTION, LIBRARY
from ganengine.graph.trace import TracedStep, trace
from ganengine.trainer import Trainer
from tests.ganengine.graph_helpers import CPU, TracedRunner, made_folder, resumed
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, run_of, same
from tests.ganengine.stepping_helpers import CHANGES, CLOSE, SHAPE, apart, bits, notes, spec_key, trained, untouched


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


# -- a graph that is right ---------------------------------------------------------------------------------------------


def test_from_the_second_step_on_the_graph_trains(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher()
    compiled, eager = trained(runs_dir, watcher=watcher), untouched(runs_dir, monkeypatch)
    assert runner.steps == 12, "11 of the training and one on copies"
    assert apart(compiled, eager) < CLOSE
    assert not any("not compiled" in note for note in notes(watcher))
    found, expected = bits(compiled), bits(eager)
    for key in ("step", "images", "epoch", "batches", "generator", "rng"):
        assert same(found[key], expected[key]), key
    for ours, torchs in zip(found["values"], expected["values"], strict=True):
        assert ours == pytest.approx(torchs, rel=1e-4, abs=1e-6)
    for name in ("optimizer_g", "optimizer_d"):
        for one, other in zip(*(state["players"][name]["state"].values() for state in (found, expected)), strict=True):
            assert one["step"] == other["step"] == 12
            assert one.get("mu_product") == other.get("mu_product")


def test_the_rate_changes_in_the_middle(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = (4, Edit({"optimizer_g.lr": 0.05}))
    compiled, eager = trained(runs_dir, edit), untouched(runs_dir, monkeypatch, edit)
    assert runner.steps == 12
    assert apart(compiled, eager) < CLOSE
    assert apart(compiled, trained(runs_dir)) > 0.5, "the new rate matters"


def test_a_schedule_of_the_rate(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"schedule.kind": "linear", "schedule.warmup_steps": 4}
    compiled, eager = trained(runs_dir, **changes), untouched(runs_dir, monkeypatch, **changes)
    assert runner.steps == 12
    assert apart(compiled, eager) < CLOSE
    assert apart(compiled, trained(runs_dir)) > 0.05, "the schedule matters"


def test_pausing_and_single_steps_change_nothing(graph: Path, runner: TracedRunner, runs_dir: Path) -> None:
    through = trained(runs_dir)
    taken = runner.steps
    paused = trained(runs_dir, (3, Pause()), (3, StepOnce()), (4, StepOnce()), (5, SaveCheckpoint()), (5, Continue()))
    assert runner.steps == 2 * taken
    expected, found = bits(through), bits(paused)
    del expected["values"], found["values"]  # a pause logs
    assert same(found.pop("players"), expected.pop("players"))
    assert same(found["rng"], expected["rng"])


@pytest.mark.parametrize("first", ["compiled", "off"])
@pytest.mark.parametrize("second", ["compiled", "off"])
def test_a_training_goes_on_from_either_way_in_either_way(
    first: str, second: str, graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(way: str, trainer: Trainer, status: RunStatus) -> Trainer:
        assert trainer.stepper._tuning == way
        assert trainer.run() is status
        return trainer

    monkeypatch.setenv("GANENGINE_TUNING", first)
    whole = trained(runs_dir)
    half = run(first, make_trainer(runs_dir, CHANGES, (6, Stop())), RunStatus.STOPPED)
    monkeypatch.setenv("GANENGINE_TUNING", second)
    again = run(second, resumed(run_of(half)), RunStatus.FINISHED)
    if first == second:
        assert same(bits(again), bits(whole)), "exactly, in one way"
    else:
        assert not same(bits(again)["players"], bits(whole)["players"])
        assert apart(again, whole) < CLOSE


# -- a graph that cannot be had, or cannot be trusted ------------------------------------------------------------------


def refused(runs_dir: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """The training is what it is without a compiler, to the last bit, and says once why."""
    watcher = Watcher()
    tried = trained(runs_dir, watcher=watcher)
    assert same(bits(tried), bits(untouched(runs_dir, monkeypatch)))
    told = [note for note in notes(watcher) if "not compiled" in note]
    assert len(told) == 1
    assert why in told[0]
    assert told[0].endswith("Training goes on step by step.")
    assert not tried.stepper.way.compiled
    assert tried.stepper.is_settled


def test_a_failed_compilation(
    prepared: Callable[[Path | None], None], runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(None)
    refused(runs_dir, monkeypatch, "there is no compiler")


def test_no_process_can_be_started(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    refused(runs_dir, monkeypatch, "no more processes")
    assert not list(store.root().iterdir()), "nothing is left lying about"


def test_no_place_for_it(runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "a file"))
    refused(runs_dir, monkeypatch, "cannot be started")


def test_a_graph_that_disagrees(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = runner.run

    def wrong(inputs: list[Tensor]) -> list[Tensor]:
        before = inputs[0].clone()
        right(inputs)
        inputs[0].add_(inputs[0] - before)
        return []

    monkeypatch.setattr(runner, "run", wrong)
    refused(runs_dir, monkeypatch, "its weights of G differ by")
    assert runner.steps == 1


@pytest.mark.parametrize("part", ["D.answer.weight", "G_ema.body.0.bias"])
def test_a_graph_that_leaves_something_out(
    part: str,
    graph: Path,
    runner: TracedRunner,
    traced: TracedStep,
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right, place = runner.run, traced.state.index(part)

    def forgetful(inputs: list[Tensor]) -> list[Tensor]:
        before = inputs[place].clone()
        right(inputs)
        inputs[place].copy_(before)
        return []

    monkeypatch.setattr(runner, "run", forgetful)
    refused(runs_dir, monkeypatch, f"its weights of {part.partition('.')[0]} differ by")


def test_a_graph_that_makes_no_numbers(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "run", lambda inputs: inputs[2].fill_(math.nan))
    refused(runs_dir, monkeypatch, "differ")


def test_a_graph_that_fails_while_it_runs(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(inputs: list[Tensor]) -> list[Tensor]:
        inputs[0].zero_()
        raise RuntimeError("illegal instruction")

    monkeypatch.setattr(runner, "run", fail)
    refused(runs_dir, monkeypatch, "illegal instruction")


def test_a_graph_of_other_networks(
    runner: TracedRunner,
    prepared: Callable[[Path | None], None],
    tmp_path: Path,
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = trace(quick_config({**CHANGES, "generator.widths": [7]}), SHAPE, 0, CPU)
    prepared(made_folder(tmp_path / "other", others))
    refused(runs_dir, monkeypatch, "tensors of another shape")
    assert runner.steps == 0


@pytest.mark.parametrize("broken", [LIBRARY, DESCRIPTION])
def test_damaged_files_from_the_cache(
    broken: str,
    traced: TracedStep,
    prepared: Callable[[Path | None], None],
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are not loaded, which could end the process, and are made anew."""
    prepared(None)
    folder = made_folder(store.root() / spec_key(), traced)
    content = (folder / broken).read_bytes()
    (folder / broken).write_bytes(content[: len(content) // 2])
    monkeypatch.setattr("ganengine.graph.program._runner", lambda library, device: pytest.fail("it was loaded"))
    refused(runs_dir, monkeypatch, "there is no compiler")
    assert not folder.exists()


def test_a_damaged_library_is_replaced(graph: Path, runner: TracedRunner, traced: TracedStep, runs_dir: Path) -> None:
    folder = made_folder(store.root() / spec_key(), traced)
    (folder / LIBRARY).write_bytes(b"")
    watcher = Watcher()
    trainer = trained(runs_dir, watcher=watcher)
    assert trainer.stepper.way.compiled
    assert not any("not compiled" in note for note in notes(watcher))
