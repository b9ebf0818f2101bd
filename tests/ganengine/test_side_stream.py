"""Values that arrive late: in order, complete, and the same as those that are there at once."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganengine.commands import Continue, Pause, SaveCheckpoint
from ganengine.errors import TrainingDiverged
from ganengine.events import CheckpointEvent, Event, MetricsEvent, RunStatus, SamplesEvent
from ganengine.meter import Meter
from ganengine.sampling import as_arrays
from ganengine.side_stream import Arrivals, HostCopy, to_host
from ganengine.trainer import Trainer
from tests.ganengine.helpers import Watcher, make_trainer, run_of, same


class Late:
    """Stands in for `torch.cuda.Event`: happens after it was asked for so often, or when somebody waits."""

    waits = 0

    def __init__(self, asks: float) -> None:
        self.left = asks

    def query(self) -> bool:
        self.left -= 1
        return self.left < 0

    def synchronize(self) -> None:
        Late.waits += self.left >= 0
        self.left = -1


def late_copies(patch: pytest.MonkeyPatch, asks: float) -> None:
    def begin(tensor: Tensor) -> HostCopy:
        return HostCopy(tensor.detach().clone(), Late(asks))

    patch.setattr(Late, "waits", 0)
    for module in ("meter", "sampling"):
        patch.setattr(f"ganengine.{module}.to_host", begin)


def test_on_the_cpu_a_tensor_is_there_at_once() -> None:
    tensor = torch.arange(3.0, requires_grad=True)
    copy = to_host(tensor)
    assert copy.has_arrived
    assert torch.equal(copy.get(), tensor)
    assert not copy.get().requires_grad


def test_nothing_overtakes_what_was_begun_before() -> None:
    arrivals, told = Arrivals(), []
    for number, asks in enumerate((2, 0, 1)):
        arrivals.expect(HostCopy(torch.tensor(number), Late(asks)), lambda tensor: told.append(tensor.item()))
    seen = []
    for _ in range(4):
        arrivals.deliver()
        seen.append(list(told))
    assert seen == [[], [], [0, 1], [0, 1, 2]]


def test_with_patience_all_of_it_is_delivered_once() -> None:
    arrivals, told = Arrivals(), []
    for number in range(3):
        arrivals.expect(HostCopy(torch.tensor(number), Late(math.inf)), lambda tensor: told.append(tensor.item()))
    arrivals.deliver()
    assert told == []
    arrivals.deliver(wait=True)
    arrivals.deliver(wait=True)
    assert told == [0, 1, 2]


def test_a_reading_is_of_its_moment_and_the_meter_begins_anew() -> None:
    meter = Meter(torch.device("cpu"))
    for value in (1.0, 3.0):
        meter.add({"a": torch.tensor(value)})
    reading = meter.take()
    meter.add({"a": torch.tensor(50.0)})
    assert reading.named(reading.copy.get()) == {"a": 2.0}
    assert meter.state_dict()["sums"].tolist() == [50.0]
    assert meter.read() == {"a": 50.0}
    assert meter.read() == {}


CHANGES = {
    "recording.log_every": 2,
    "recording.sample_every": 3,
    "recording.checkpoint_every": 5,
    "training.steps": 12,
}


def told(runs_dir: Path, **more: Any) -> tuple[Trainer, list[Event]]:
    watcher = Watcher()
    trainer = make_trainer(
        runs_dir, {**CHANGES, **more}, (4, Pause()), (4, Continue()), (7, SaveCheckpoint()), watcher=watcher
    )
    assert trainer.run() is RunStatus.FINISHED
    return trainer, [event for event in watcher.events if isinstance(event, MetricsEvent | SamplesEvent)]


def facts(events: list[Event]) -> list[Any]:
    """All but what depends on the clock."""
    found: list[Any] = []
    for event in events:
        if isinstance(event, MetricsEvent):
            values = {key: value for key, value in event.values.items() if not key.startswith("speed/")}
            found.append((event.step, event.epoch, event.images, values))
        elif isinstance(event, SamplesEvent):
            found.append((event.step, event.images.tobytes()))
    return found


@pytest.mark.parametrize("asks", [0, 1, 3, math.inf])
def test_late_values_are_the_same_in_the_same_order(
    asks: float, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, expected = told(runs_dir)
    late_copies(monkeypatch, asks)
    trainer, events = told(runs_dir)
    assert facts(events) == facts(expected)
    assert same(trainer.players.state_dict(), plain.players.state_dict())
    run = run_of(trainer)
    assert [point.step for point in run.metrics()] == [2, 4, 6, 8, 10, 12]
    assert run.sample_steps() == run_of(plain).sample_steps()


def test_nobody_waits_between_two_steps_but_a_checkpoint_has_all_that_came_before_it(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_copies(monkeypatch, math.inf)
    log: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, MetricsEvent | SamplesEvent | CheckpointEvent):
            log.append(f"{type(event).__name__[0]}{event.step}")

    trainer = make_trainer(runs_dir, CHANGES, watcher=Watcher(note))
    real: Callable[[], None] = trainer._train_step
    before: list[int] = []

    def step() -> None:
        before.append(len(log))
        real()

    trainer._train_step = step  # type: ignore[method-assign]
    trainer.run()
    assert log == ["S0", "M2", "S3", "M4", "C5", "M6", "S6", "M8", "S9", "M10", "C10", "M12", "S12", "C12"]
    assert before == [0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 11, 11]


@pytest.mark.parametrize("changes", [{"compute.deterministic": True}, {"stopping.on_collapse": True}])
def test_where_what_they_say_decides_they_are_waited_for(
    changes: dict[str, Any], runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_copies(monkeypatch, math.inf)
    trainer = make_trainer(runs_dir, {**CHANGES, **changes})
    told_at: list[int] = []
    trainer._voice.tell = lambda event: told_at.append(  # type: ignore[method-assign]
        trainer.step - event.step  # type: ignore[attr-defined]
    )
    for _ in range(4):
        trainer._train_step()
        trainer._report()
    assert told_at[:3] == [0, 0, 0]


def test_a_value_that_is_no_number_ends_the_training_before_a_checkpoint_though_it_arrives_late(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_copies(monkeypatch, math.inf)
    trainer = make_trainer(runs_dir, CHANGES)
    real = trainer._train_step

    def step() -> None:
        real()
        if trainer.step == 1:
            trainer.state.meter.add(dict.fromkeys(trainer.state.meter._keys, torch.tensor(math.nan)))

    trainer._train_step = step  # type: ignore[method-assign]
    with pytest.raises(TrainingDiverged, match="by step 2"):
        trainer.run()
    assert run_of(trainer).checkpoints.steps() == []
    assert run_of(trainer).metrics() == []


def test_pictures_are_the_tensors_pixels() -> None:
    images = torch.randint(0, 256, (3, 2, 4, 4), dtype=torch.uint8)
    assert (as_arrays(images) == images.permute(0, 2, 3, 1).numpy()).all()
