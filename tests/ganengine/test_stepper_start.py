"""When a compiler is started, and that none is left."""

import math
from pathlib import Path
from typing import Any

import pytest

from ganengine.graph import store
from ganengine.graph.spec import StepSpec
from ganengine.graph.trace import TracedStep
from ganengine.stepping import graph_source, stepper
from ganengine.stepping.graph_source import GraphSource
from tests.ganengine.graph_helpers import TracedRunner, made_folder
from tests.ganengine.helpers import quick_config
from tests.ganengine.stepping_helpers import CHANGES, SHAPE, spec_key, trained


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


@pytest.mark.parametrize(("mode", "changes"), [("off", {}), ("compiled", {"compute.deterministic": True})])
def test_where_the_same_bits_are_wanted_there_is_no_graph(
    mode: str,
    changes: dict[str, Any],
    starts: list[StepSpec],
    runner: TracedRunner,
    traced: TracedStep,
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", mode)
    monkeypatch.setattr(graph_source, "PATIENCE_S", 0.0)
    spec = StepSpec(quick_config({**CHANGES, **changes}), SHAPE, 0, "cpu")
    made_folder(store.root() / spec.key(), traced)
    monkeypatch.setattr(stepper, "thread_choices", lambda *args: pytest.fail("threads are not tried"))
    trained(runs_dir, **changes)
    assert runner.steps == 0
    assert not starts


def test_a_short_training_starts_no_compiler(
    starts: list[StepSpec], runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", "on")
    trained(runs_dir)
    assert not starts


@pytest.mark.parametrize(("trained_s", "left_s", "expected"), [(1.9, 1e6, 0), (2.1, 19.0, 0), (2.1, 21.0, 1)])
def test_a_compiler_is_started_where_it_is_worth_it(
    trained_s: float, left_s: float, expected: int, starts: list[StepSpec]
) -> None:
    source = GraphSource(StepSpec(quick_config(CHANGES), SHAPE, 0, "cpu"))
    for _ in range(5):
        assert source.poll(trained_s, left_s) is None
    assert len(starts) == expected


def test_what_was_made_before_is_found_at_once(starts: list[StepSpec], traced: TracedStep) -> None:
    folder = made_folder(store.root() / spec_key(), traced)
    source = GraphSource(StepSpec(quick_config(CHANGES), SHAPE, 0, "cpu"))
    assert source.poll(0.0, 0.0) == folder
    assert source.poll(100.0, math.inf) is None, "once"
    assert not starts
