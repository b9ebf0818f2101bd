"""Going over to the compiled step and back, with a traced graph in place of a compiled library."""

import math
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from torch import Tensor

from ganengine.commands import Command, Continue, Edit, Pause, SaveCheckpoint, StepOnce, Stop
from ganengine.events import NoteEvent, RunStatus
from ganengine.graph import store
from ganengine.graph.build import DESCRIPTION, LIBRARY
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.spec import StepSpec
from ganengine.graph.trace import TracedStep, trace
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.shapes import ImageShape
from ganengine.stepping import graph_source, stepper
from ganengine.stepping.contest import Way
from ganengine.stepping.graph_source import GraphSource
from ganengine.stepping.tuning import thread_choices, tuning
from ganengine.trainer import Trainer
from tests.ganengine.graph_helpers import CPU, TracedRunner, made_folder, resumed, run_traced
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, random_digits, run_of, same

SHAPE = ImageShape(1, 28)
# Dropout and noise draw from torch's global generator; NAdam has two counters.
CHANGES: dict[str, Any] = {
    "training.cpu_threads": 1,
    "training.steps": 12,
    "discriminator.dropout": 0.3,
    "regularization.instance_noise": 0.1,
    "optimizer_g.kind": "nadam",
    "optimizer_g.lr": 1e-3,
    "recording.log_every": 5,
}
CLOSE = 1e-4  # of the way that the weights went


@pytest.fixture(scope="module")
def traced() -> TracedStep:
    return trace(quick_config(CHANGES), SHAPE, 0, CPU)


@pytest.fixture
def runner(traced: TracedStep, monkeypatch: pytest.MonkeyPatch) -> TracedRunner:
    """What every library comes to."""
    found = TracedRunner(traced)
    run_traced(monkeypatch, found)
    return found


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANENGINE_TUNING", "compiled")


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


def trained(root: Path, *commands: tuple[int, Command], watcher: Watcher | None = None, **changes: Any) -> Trainer:
    trainer = make_trainer(root, {**CHANGES, **changes}, *commands, watcher=watcher)
    assert trainer.run() is RunStatus.FINISHED
    return trainer


def untouched(root: Path, monkeypatch: pytest.MonkeyPatch, *commands: tuple[int, Command], **changes: Any) -> Trainer:
    """The same training that knows of no compiler."""
    with monkeypatch.context() as patch:
        patch.setenv("GANENGINE_TUNING", "off")
        return trained(root, *commands, **changes)


def bits(trainer: Trainer) -> dict[str, Any]:
    """All that a training leaves, random generators too."""
    state = load_checkpoint(run_of(trainer).checkpoints.path(trainer.step))
    values = [
        {key: value for key, value in event.values.items() if not key.startswith("speed/")}
        for event in run_of(trainer).metrics()
    ]
    keys = ("step", "images", "epoch", "players", "batches", "generator", "rng", "meter", "threads")
    return {key: state[key] for key in keys} | {"values": values}


def apart(one: Trainer, other: Trainer) -> float:
    """Distance of the weights as a share of their way."""
    torch.manual_seed(0)

    def gathered(trainer: Trainer) -> Tensor:
        networks = [network for _, network in trainer.players.networks()]
        return torch.cat([weight.detach().flatten() for part in networks for weight in part.parameters()]).double()

    begin = gathered(Trainer(one.config, random_digits(), one.directory))
    way = (gathered(one) - begin).norm()
    return float((gathered(one) - gathered(other)).norm() / way)


def notes(watcher: Watcher) -> list[str]:
    return [event.message for event in watcher.of(NoteEvent)]


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
    folder = made_folder(store.root() / key(), traced)
    content = (folder / broken).read_bytes()
    (folder / broken).write_bytes(content[: len(content) // 2])
    monkeypatch.setattr("ganengine.graph.program._runner", lambda library, device: pytest.fail("it was loaded"))
    refused(runs_dir, monkeypatch, "there is no compiler")
    assert not folder.exists()


def test_a_damaged_library_is_replaced(graph: Path, runner: TracedRunner, traced: TracedStep, runs_dir: Path) -> None:
    folder = made_folder(store.root() / key(), traced)
    (folder / LIBRARY).write_bytes(b"")
    watcher = Watcher()
    trainer = trained(runs_dir, watcher=watcher)
    assert trainer.stepper.way.compiled
    assert not any("not compiled" in note for note in notes(watcher))


def key() -> str:
    return StepSpec(quick_config(CHANGES), SHAPE, 0, "cpu").key()


# -- a graph that is slower, or quicker, by a clock that is counted ----------------------------------------------------


class Clock:
    """Each step takes as long as is said here.

    Attributes:
        eager: seconds of an eager step.
        ways: how each step was taken.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, runner: TracedRunner, eager: float, graph: float) -> None:
        self.eager: Callable[[], float] = lambda: eager
        self.ways: list[str] = []
        self._now = 0.0
        eagerly, compiled = stepper.eager_step, runner.run

        def eager_step(*args: Any) -> Any:
            self._now += self.eager()
            self.ways.append("eager")
            return eagerly(*args)

        def run(inputs: list[Tensor]) -> list[Tensor]:
            self._now += graph
            self.ways.append("graph")
            return compiled(inputs)

        monkeypatch.setenv("GANENGINE_TUNING", "on")
        monkeypatch.setattr(graph_source, "PATIENCE_S", 0.1)
        monkeypatch.setattr(graph_source, "WORTH_S", 0.0)
        monkeypatch.setattr(stepper, "eager_step", eager_step)
        monkeypatch.setattr(runner, "run", run)
        monkeypatch.setattr(stepper.time, "perf_counter", lambda: self._now)


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


# -- when a compiler is started, and that none is left -----------------------------------------------------------------


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
    folder = made_folder(store.root() / key(), traced)
    source = GraphSource(StepSpec(quick_config(CHANGES), SHAPE, 0, "cpu"))
    assert source.poll(0.0, 0.0) == folder
    assert source.poll(100.0, math.inf) is None, "once"
    assert not starts
