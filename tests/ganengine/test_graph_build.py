"""The process that compiles a step, but for the compiler."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from ganengine.graph import build, compiler
from ganengine.graph.build import DESCRIPTION, LIBRARY, digest_of
from ganengine.graph.program import StepProgram
from ganengine.graph.spec import StepSpec
from ganengine.optimizers.adam import Adam
from ganengine.shapes import ImageShape
from tests.ganengine.graph_helpers import CPU
from tests.ganengine.helpers import quick_config


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What the process asked for; this one keeps its own, its threads and its environment."""
    found: list[int] = []
    monkeypatch.setattr(psutil.Process, "nice", lambda self, value=None: found.append(value))
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "7")
    threads = torch.get_num_threads()
    yield found
    torch.set_num_threads(threads)


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """Of a small step."""
    spec = StepSpec(quick_config(), ImageShape(1, 28), 0, "cpu")
    (tmp_path / "spec.json").write_text(json.dumps(spec.to_json()), encoding="utf-8")
    return [str(tmp_path / "spec.json"), str(tmp_path)]


def test_it_writes_all_that_running_needs(
    niceness: list[int], arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiled(graph: Any, example: Any, library: Path) -> None:
        library.write_bytes(b"code")

    monkeypatch.setattr(compiler, "compile_graph", compiled)
    monkeypatch.setattr("ganengine.graph.program._runner", lambda library, device: library.read_bytes())
    assert build.main(arguments) == 0
    assert niceness, "it leaves the processor to the training"
    assert json.loads((tmp_path / DESCRIPTION).read_text())["digest"] == digest_of(tmp_path / LIBRARY)
    program = StepProgram(tmp_path, CPU)
    assert program.state[0] == "G.body.0.weight"
    assert "loss/g" in program.metrics


@pytest.mark.usefixtures("niceness")
def test_the_last_line_says_why_it_cannot_be_traced(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Adam, "can_be_traced", False)
    assert build.main(arguments) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "the optimizer Adam has no form that a graph can hold"


@pytest.mark.usefixtures("niceness")
@pytest.mark.parametrize(
    ("error", "line"),
    [(OSError("no compiler\nhere is why"), "OSError: no compiler"), (ValueError(), "ValueError: ")],
)
def test_the_last_line_says_what_the_compiler_said(
    error: Exception,
    line: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def failing(*args: Any) -> None:
        raise error

    monkeypatch.setattr(build, "build", failing)
    assert build.main(arguments) == 1
    assert capsys.readouterr().err.splitlines()[-1] == line
