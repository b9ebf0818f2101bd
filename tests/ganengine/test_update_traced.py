"""Each optimizer's update out of plain tensor operations, beside the torch optimizer that it stands for."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functionalize
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn import Parameter

from ganengine.components import alternatives
from ganengine.optimizers.adam import Adam
from ganengine.optimizers.base import Optimizer

STEPS = 50
TOLERANCE = 1e-6
LR = 0.05  # at least: the weights then go far beyond where they began, and their rounding does not hide the update's
SHAPES = ((19, 7), (5,), (2, 1, 3, 3))  # fused kernels treat what does not fill a vector register apart
COUNTERS = {"step", "mu_product"}
TRACED = {"adadelta", "adagrad", "adam", "adamax", "adamw", "nadam", "radam", "rmsprop", "sgd"}


def other_values(cls: type[Optimizer]) -> dict[str, Any]:
    """For each setting but the learning rate a value that is not its default."""
    values: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        if isinstance(field.default, bool):
            values[name] = not field.default
        elif isinstance(field.default, float) and name != "lr":
            values[name] = 0.1 if field.default < 0.1 else 0.6
        elif name == "betas":
            values[name] = (0.0, 0.9)
    return values


def variations() -> Iterator[Optimizer]:
    """Every optimizer as it comes, with each setting changed, and with each two settings changed."""
    for cls in alternatives(Optimizer).values():
        others = other_values(cls)
        changes = [names for count in (0, 1, 2) for names in combinations(others, count)]
        for names in [*changes, tuple(others)]:
            settings = cls(lr=max(LR, cls.model_fields["lr"].default), **{name: others[name] for name in names})
            if settings.can_be_traced and not settings.problems():
                yield settings


def name_of(settings: Optimizer) -> str:
    given = settings.model_dump(exclude_defaults=True, exclude={"kind", "lr"})
    return " ".join([settings.kind, *(f"{name}={value}" for name, value in given.items())])


CASES = [pytest.param(settings, id=name_of(settings)) for settings in variations()]


def weights() -> list[Parameter]:
    generator = torch.Generator().manual_seed(6)
    return [Parameter(torch.randn(shape, generator=generator) / 10) for shape in SHAPES]


def rate(settings: Optimizer, step: int) -> float:
    """A schedule of the learning rate."""
    return settings.lr * (1 - step / (2 * STEPS))


def gradients(step: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(step)
    return [torch.randn(shape, generator=generator) * 3 for shape in SHAPES]


def eager_step(settings: Optimizer, optimizer: torch.optim.Optimizer, given: list[Parameter], step: int) -> None:
    optimizer.param_groups[0]["lr"] = rate(settings, step)
    for weight, gradient in zip(given, gradients(step), strict=True):
        weight.grad = gradient
    optimizer.step()


def counters_of(optimizer: torch.optim.Optimizer, weight: Parameter) -> dict[str, float]:
    return {name: value.item() for name, value in optimizer.state[weight].items() if name in COUNTERS}


def memory_of(optimizer: torch.optim.Optimizer, weight: Parameter) -> dict[str, Tensor]:
    """The state but for the counters; SGD without momentum has a None."""
    state = optimizer.state[weight].items()
    return {name: value for name, value in state if name not in COUNTERS and value is not None}


@torch.no_grad()
def plain_steps(settings: Optimizer, optimizer: torch.optim.Optimizer, given: list[Parameter], steps: range) -> None:
    """Go on from torch's state by `update`, and give the state back."""
    counters = counters_of(optimizer, given[0])
    for step in steps:
        scalars = torch.tensor(settings.scalars(rate(settings, step), counters)).unbind()
        for weight, gradient in zip(given, gradients(step), strict=True):
            settings.update(weight, gradient, memory_of(optimizer, weight), scalars)
    for weight in given:
        for name, value in counters.items():
            optimizer.state[weight][name].fill_(value)


def assert_close(ours: Tensor, torchs: Tensor, scale: Tensor, what: str) -> None:
    """Equal up to float32 rounding, added up over all steps, of figures as large as `scale`."""
    off = ((ours - torchs).abs() / scale).max().item()
    assert off <= TOLERANCE, f"{what} is off by {off:.1e} of its size"


@pytest.mark.parametrize("settings", CASES)
def test_it_does_what_torch_does_and_the_two_take_over_from_one_another(settings: Optimizer) -> None:
    ours, torchs = weights(), weights()
    optimizer, reference = settings.build(ours), settings.build(torchs)
    travelled = [torch.zeros(shape) for shape in SHAPES]
    for step in range(STEPS):
        before = [weight.detach().clone() for weight in torchs]
        eager_step(settings, reference, torchs, step)
        moves = torch._foreach_sub([weight.detach() for weight in torchs], before)
        torch._foreach_add_(travelled, torch._foreach_abs(moves))
    eager_step(settings, optimizer, ours, 0)
    plain_steps(settings, optimizer, ours, range(1, STEPS - 10))
    for step in range(STEPS - 10, STEPS):
        eager_step(settings, optimizer, ours, step)
    for one, other, way in zip(ours, torchs, travelled, strict=True):
        assert counters_of(optimizer, one) == counters_of(reference, other)
        assert_close(one.detach(), other.detach(), way, "the weight")
        memory = memory_of(reference, other)
        for name, value in memory_of(optimizer, one).items():
            assert_close(value, memory[name], memory[name].abs().max(), name)


@pytest.mark.parametrize("settings", CASES)
def test_a_step_traced_once_goes_for_every_later_step(settings: Optimizer) -> None:
    (weight, *_) = weights()
    optimizer = settings.build([weight])
    weight.grad = gradients(0)[0]
    optimizer.step()
    counters, memory = counters_of(optimizer, weight), memory_of(optimizer, weight)

    def update(
        weight: Tensor, memory: dict[str, Tensor], gradient: Tensor, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        settings.update(weight, gradient, memory, scalars)
        return weight, memory

    def example(step: int) -> tuple[Tensor, tuple[Tensor, ...]]:
        return gradients(step)[0], torch.tensor(settings.scalars(rate(settings, step), counters)).unbind()

    ours, torchs = ((weight.detach().clone(), {k: v.clone() for k, v in memory.items()}) for _ in range(2))
    graph = make_fx(functionalize(update), tracing_mode="fake")(*ours, *example(1))
    called = {node.target for node in graph.graph.nodes if node.op == "call_function"}
    assert not any("item" in str(target) or "_local_scalar" in str(target) for target in called)
    for step in range(2, 9):  # past the five updates in which RAdam holds back
        given = example(step)
        ours, torchs = graph(*ours, *given), update(*torchs, *given)
        torch.testing.assert_close(ours, torchs, rtol=0, atol=0)


def test_the_gradient_is_left_as_it_is() -> None:
    for settings in variations():
        weight = Parameter(torch.ones(3))
        optimizer = settings.build([weight])
        weight.grad = torch.tensor([1.0, -2.0, 3.0])
        optimizer.step()
        scalars = torch.tensor(settings.scalars(settings.lr, counters_of(optimizer, weight))).unbind()
        settings.update(weight.detach(), weight.grad, memory_of(optimizer, weight), scalars)
        assert weight.grad.tolist() == [1.0, -2.0, 3.0], settings.kind


def test_those_that_come_with_it_can_all_be_traced() -> None:
    assert {kind for kind, cls in alternatives(Optimizer).items() if cls().can_be_traced} >= TRACED


def test_an_optimizer_without_a_plain_form_says_so() -> None:
    class Fresh(Optimizer):
        torch_class = torch.optim.Rprop
        kind: str = "fresh"  # no literal: the other tests do not find it

    settings = Fresh(kind="fresh", lr=0.1)
    assert not settings.can_be_traced
    with pytest.raises(NotImplementedError):
        settings.scalars(0.1, {"step": 1.0})
    with pytest.raises(NotImplementedError):
        settings.update(torch.ones(1), torch.ones(1), {}, ())


def test_another_torch_optimizer_does_not_inherit_adams_formula() -> None:
    class Varied(Adam):
        torch_class = torch.optim.NAdam  # type: ignore[assignment]
        kind: str = "varied"  # type: ignore[assignment]

    class Renamed(Adam):
        title = "My Adam"
        kind: str = "renamed"  # type: ignore[assignment]

    assert not Varied().can_be_traced
    assert Renamed().can_be_traced
