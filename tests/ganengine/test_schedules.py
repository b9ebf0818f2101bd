"""The schedules against torch's own, and what they do at their ends."""

from collections.abc import Callable

import pytest
import torch
from torch.optim import lr_scheduler

from ganengine.components import alternatives
from ganengine.fields import declarations
from ganengine.schedules.base import Schedule
from ganengine.schedules.constant import Constant
from ganengine.schedules.cosine import Cosine
from ganengine.schedules.exponential import Exponential
from ganengine.schedules.linear import Linear
from ganengine.schedules.step import Step

TOTAL = 40
KINDS = sorted(alternatives(Schedule))
Torchs = Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]

CASES: list[tuple[Schedule, Torchs]] = [
    (Constant(), lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    (Linear(), lambda o: lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=TOTAL)),
    (Linear(final=0.25), lambda o: lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.25, total_iters=TOTAL)),
    (Cosine(), lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=TOTAL)),
    (Cosine(final=0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=TOTAL, eta_min=0.1)),
    (Step(every=7, gamma=0.3), lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.3)),
    (Exponential(halflife=9), lambda o: lr_scheduler.ExponentialLR(o, gamma=0.5 ** (1 / 9))),
]


def torchs_factors(build: Torchs) -> list[float]:
    """The learning rates that torch gives a training whose own is 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    schedule, factors = build(optimizer), []
    for _ in range(TOTAL + 1):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return factors


@pytest.mark.parametrize(("schedule", "torchs"), CASES)
def test_factors_are_torchs(schedule: Schedule, torchs: Torchs) -> None:
    factors = [schedule.factor(step, TOTAL) for step in range(TOTAL + 1)]
    assert factors == pytest.approx(torchs_factors(torchs), rel=1e-9, abs=1e-9)


def test_every_schedule_is_held_to_torchs() -> None:
    assert {schedule.name() for schedule, _ in CASES} == set(KINDS)


@pytest.mark.parametrize(("schedule", "torchs"), CASES)
def test_a_warm_up_comes_before_the_whole_of_it(schedule: Schedule, torchs: Torchs) -> None:
    warm = schedule.model_copy(update={"warmup_steps": 8})
    assert [warm.factor(step, TOTAL + 8) for step in range(8)] == [n / 8 for n in range(1, 9)]
    late = [warm.factor(8 + step, TOTAL + 8) for step in range(TOTAL + 1)]
    assert late == pytest.approx(torchs_factors(torchs), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_every_schedule_starts_with_the_full_rate_and_never_rises(kind: str) -> None:
    schedule = alternatives(Schedule)[kind]()
    factors = [schedule.factor(step, 5000) for step in range(0, 5001, 100)]
    assert factors[0] == 1.0
    assert factors == sorted(factors, reverse=True)
    assert all(type(factor) is float for factor in factors)


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_that_goes_on_beyond_its_end_keeps_a_sensible_rate(kind: str) -> None:
    schedule = alternatives(Schedule)[kind]()
    assert 0.0 <= schedule.factor(10**9, 100) <= 1.0
    if "final" in type(schedule).model_fields:
        kept = schedule.model_copy(update={"final": 0.2})
        assert kept.factor(100, 100) == kept.factor(5000, 100) == pytest.approx(0.2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("total", [1, 5, 10])
def test_a_warm_up_longer_than_the_training_is_cut_short(kind: str, total: int) -> None:
    schedule = alternatives(Schedule)[kind](warmup_steps=10)
    assert [schedule.factor(step, total) for step in range(total)] == [(step + 1) / 10 for step in range(total)]
    assert 0.0 <= schedule.factor(11, total) <= 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_may_change_in_a_running_training(kind: str) -> None:
    declared = {found.name: found for found in declarations(alternatives(Schedule)[kind])}
    assert declared["warmup_steps"].unit == "steps"
    assert {name for name, found in declared.items() if found.applies != "now"} == {"kind"}
