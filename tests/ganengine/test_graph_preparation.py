"""The compiler's process: what becomes of its work, and that none is left. A shell script takes its place."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ganengine.graph import preparation, store
from ganengine.graph.build import DESCRIPTION, LIBRARY, digest_of
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.preparation import Preparation
from ganengine.graph.spec import StepSpec
from ganengine.shapes import ImageShape
from tests.ganengine.helpers import quick_config

SPEC = StepSpec(quick_config(), ImageShape(1, 28), 0, "cpu")

COMPILER = """#!/bin/sh
# $4: the folder
{then}
"""


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lets a shell script take the place of the compiler's process."""

    def become(then: str) -> None:
        script = tmp_path / "compiler"
        script.write_text(COMPILER.format(then=then))
        script.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(script))

    yield become
    assert not preparation._running


def made_in(folder: Path) -> Path:
    """What a compiler leaves."""
    folder.mkdir()
    (folder / LIBRARY).write_bytes(b"code")
    (folder / DESCRIPTION).write_text(json.dumps({"digest": digest_of(folder / LIBRARY)}), encoding="utf-8")
    return folder


def test_what_the_process_made_is_kept_and_found(compiler: Callable[[str], None], tmp_path: Path) -> None:
    made = made_in(tmp_path / "made")
    compiler(f'cp {made}/* "$4"; mkdir "$4/work"; touch "$4/work/file"')
    running = Preparation.of(SPEC)
    assert Preparation.of(SPEC) is running, "one for all that want it"
    folder = running.result()
    assert folder == store.find(SPEC.key())
    assert running.result() == folder, "also for a second one that waited"
    assert sorted(path.name for path in folder.iterdir()) == sorted(["spec.json", LIBRARY, DESCRIPTION])
    assert [path.name for path in store.root().iterdir()] == [SPEC.key()]
    assert StepSpec.from_json(json.loads((folder / "spec.json").read_text())).key() == SPEC.key()


def test_half_an_entry_is_replaced(compiler: Callable[[str], None], tmp_path: Path) -> None:
    (store.root() / SPEC.key()).mkdir(parents=True)
    (store.root() / SPEC.key() / LIBRARY).write_text("half")
    made = made_in(tmp_path / "made")
    compiler(f'cp {made}/* "$4"')
    assert (Preparation.of(SPEC).result() / LIBRARY).read_bytes() == (made / LIBRARY).read_bytes()


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("echo one >&2; echo 'no compiler found' >&2; exit 1", "no compiler found"),
        ("exit 7", "ended with 7"),
        ("kill -9 $$", "ended with -9"),
    ],
)
def test_a_failing_process_says_why(then: str, why: str, compiler: Callable[[str], None]) -> None:
    compiler(then)
    with pytest.raises(GraphUnusable, match=why):
        (running := Preparation.of(SPEC)).result()
    with pytest.raises(GraphUnusable, match="could not be compiled"):
        running.result()
    assert not list(store.root().iterdir())


def test_giving_up_ends_the_process_and_what_it_started(compiler: Callable[[str], None], tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    compiler(f"sleep 600 & echo $! $$ > {pids}.part; mv {pids}.part {pids}; wait")
    running = Preparation.of(SPEC)
    processes = [psutil.Process(int(pid)) for pid in waited_for(pids).split()]
    assert not running.has_ended
    running.end()
    psutil.wait_procs(processes, timeout=10)
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)
    assert not list(store.root().iterdir())


LEAVES = """
import sys
from ganengine.graph.preparation import Preparation
from ganengine.graph.spec import StepSpec
from ganengine.config import TrainConfig
from ganengine.shapes import ImageShape
sys.executable = sys.argv[1]
Preparation.of(StepSpec(TrainConfig(), ImageShape(1, 28), 0, "cpu"))
open(sys.argv[2]).read()  # a pipe: waits until the process has begun
"""


def test_no_compiler_outlives_the_program(compiler: Callable[[str], None], tmp_path: Path) -> None:
    python, pids = sys.executable, tmp_path / "pids"
    compiler(f"sleep 600 & echo $! $$ > {pids}; echo > {tmp_path / 'pipe'}; wait")
    subprocess.run(["mkfifo", str(tmp_path / "pipe")], check=True)
    subprocess.run([python, "-c", LEAVES, sys.executable, str(tmp_path / "pipe")], check=True, timeout=60)
    for pid in map(int, pids.read_text().split()):
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert not list(store.root().iterdir())


def waited_for(path: Path) -> str:
    for _ in range(500):
        if path.exists():
            return path.read_text()
        psutil.Process().cpu_percent(0.02)  # waits a moment
    raise AssertionError(f"{path} never came")
