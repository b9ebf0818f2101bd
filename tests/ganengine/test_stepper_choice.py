"""What a training chooses by timing: the compiled step or not, and how many threads."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch

from ganengine.graph.spec import StepSpec
from ganengine.stepping.contest import Way
from ganengine.stepping.tuning import thread_choices, tuning
from tests.ganengine.graph_helpers import CPU, TracedRunner, resumed
from tests.ganengine.helpers import Watcher, quick_config, run_of
from tests.ganengine.stepping_helpers import CHANGES, CLOSE, Clock, apart, notes, trained, untouched


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


def test_a_slower_graph_is_tried_and_left(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        clock = Clock(patch, runner, eager=0.03, graph=0.1)
        watcher = Watcher()
        tried = trained(runs_dir, watcher=watcher, **{"training.steps": 60})
    assert tried.step == 60
    assert 5 < clock.ways.count("graph") < 20
    assert clock.ways[-20:] == ["eager"] * 20
    assert "Goes on with step by step, 1 thread" in notes(watcher)[-1]
    assert apart(tried, untouched(runs_dir, monkeypatch, **{"training.steps": 60})) < CLOSE


def test_a_quicker_graph_stays(
    graph: Path, runner: TracedRunner, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        clock = Clock(patch, runner, eager=0.1, graph=0.03)
        watcher = Watcher()
        tried = trained(runs_dir, watcher=watcher, **{"training.steps": 60})
    assert tried.step == 60
    assert clock.ways[-20:] == ["graph"] * 20
    assert clock.ways.count("eager") < 25
    assert "Goes on with one compiled graph a step, 1 thread" in notes(watcher)[-1]
    assert apart(tried, untouched(runs_dir, monkeypatch, **{"training.steps": 60})) < CLOSE


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of which a training may take one or both."""
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: 2)
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(("alone", "together", "expected"), [(0.03, 0.02, 2), (0.02, 0.03, 1)])
def test_the_number_of_threads_is_chosen_by_timing_and_kept_for_a_continuation(
    alone: float,
    together: float,
    expected: int,
    starts: list[StepSpec],
    runner: TracedRunner,
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes = {"training.steps": 24, "training.cpu_threads": 0}
    with monkeypatch.context() as patch:
        clock = Clock(patch, runner, eager=0.0, graph=0.0)
        clock.eager = lambda: alone if torch.get_num_threads() == 1 else together
        watcher = Watcher()
        trainer = trained(runs_dir, watcher=watcher, **changes)
    assert len(clock.ways) == 24
    assert trainer.stepper.way == Way(False, expected)
    assert torch.get_num_threads() == expected
    assert notes(watcher)[0].startswith(f"Goes on with step by step, {expected} thread")
    monkeypatch.setenv("GANENGINE_TUNING", "off")
    again = resumed(run_of(trainer))
    assert again.state.threads == expected
    assert again.stepper.way == Way(False, expected)
    again.directory.release()


@pytest.mark.usefixtures("two_cores")
def test_what_there_is_to_choose_from() -> None:
    chosen, free = quick_config(CHANGES), quick_config({**CHANGES, "training.cpu_threads": 0})
    assert thread_choices(chosen, CPU, 1) == [1]
    assert thread_choices(free, CPU, 1) == [1, 2]
    assert thread_choices(free, CPU, 5) == [1, 2, 5], "what a checkpoint had, to begin with"
    assert thread_choices(free, torch.device("cuda"), 1) == [1]


@pytest.mark.parametrize(
    ("asked", "expected"), [("off", "off"), ("on", "on"), ("compiled", "compiled"), ("", "on"), ("x", "on")]
)
def test_what_the_environment_may_ask_for(asked: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", asked)
    assert tuning(quick_config()) == expected
    assert tuning(quick_config({"compute.deterministic": True})) == "off"
