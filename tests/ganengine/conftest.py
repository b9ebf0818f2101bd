"""Compilations that end at once or never, for tests of the stepper."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ganengine.graph.errors import GraphUnusable
from ganengine.graph.spec import StepSpec
from ganengine.graph.trace import TracedStep, trace
from ganengine.stepping import graph_source
from tests.ganengine.graph_helpers import CPU, TracedRunner, made_folder, run_traced
from tests.ganengine.helpers import quick_config
from tests.ganengine.stepping_helpers import CHANGES, SHAPE


@pytest.fixture(scope="module")
def traced() -> TracedStep:
    return trace(quick_config(CHANGES), SHAPE, 0, CPU)


@pytest.fixture
def runner(traced: TracedStep, monkeypatch: pytest.MonkeyPatch) -> TracedRunner:
    """What every library comes to."""
    found = TracedRunner(traced)
    run_traced(monkeypatch, found)
    return found


class Ready:
    """A compilation that has ended."""

    has_ended = True

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def result(self) -> Path:
        if self._folder is None:
            raise GraphUnusable("there is no compiler")
        return self._folder


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], None]:
    """Says what a compilation gives: a folder, or failure."""

    def prepare(folder: Path | None) -> None:
        fake = type("Fake", (), {"of": lambda spec: Ready(folder), "under_way": lambda key: None})
        monkeypatch.setattr(graph_source, "Preparation", fake)

    return prepare


@pytest.fixture
def graph(runner: TracedRunner, traced: TracedStep, prepared: Callable[[Path | None], None], tmp_path: Path) -> Path:
    """The folder of a graph that is right, which a compilation gives."""
    folder = made_folder(tmp_path / "made", traced)
    prepared(folder)
    return folder


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[StepSpec]:
    """What was to be compiled; it never ends."""
    found: list[StepSpec] = []

    class Endless:
        has_ended = False

        @classmethod
        def of(cls, spec: StepSpec) -> "Endless":
            found.append(spec)
            return cls()

        @classmethod
        def under_way(cls, key: str) -> None:
            return None

    monkeypatch.setattr(graph_source, "Preparation", Endless)
    return found
