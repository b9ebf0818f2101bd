"""Each optimizer against its update rule written out by hand, as the papers and torch's documentation state it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import Parameter

from ganengine.components import alternatives
from ganengine.optimizers.adam import Adam
from ganengine.optimizers.base import Optimizer, apply_settings
from ganengine.optimizers.rmsprop import RMSprop
from ganengine.optimizers.sgd import SGD

STEPS = 6
Rule = Callable[[Tensor, Iterator[Tensor]], Tensor]


def gradients(dtype: torch.dtype) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(3)
    for _ in range(STEPS):
        yield torch.randn(5, generator=generator, dtype=torch.float64).to(dtype)


def sgd(w: Tensor, given: Iterator[Tensor], lr: float, momentum: float, nesterov: bool, decay: float) -> Tensor:
    velocity = None
    for gradient in given:
        g = gradient + decay * w
        if momentum:
            velocity = g if velocity is None else momentum * velocity + g
            g = g + momentum * velocity if nesterov else velocity
        w = w - lr * g
    return w


def rmsprop(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    alpha: float,
    eps: float,
    momentum: float,
    centered: bool,
    decay: float,
) -> Tensor:
    square, mean, buffer = (torch.zeros_like(w) for _ in range(3))
    for gradient in given:
        g = gradient + decay * w
        square = alpha * square + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        variance = square - mean**2 if centered else square
        step = g / (variance.sqrt() + eps)
        buffer = momentum * buffer + step
        w = w - lr * (buffer if momentum else step)
    return w


def adam(
    w: Tensor, given: Iterator[Tensor], lr: float, betas: tuple[float, float], eps: float, decay: float, amsgrad: bool
) -> Tensor:
    m, v, largest = (torch.zeros_like(w) for _ in range(3))
    for t, gradient in enumerate(given, start=1):
        g = gradient + decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        largest = torch.maximum(largest, v)
        v_hat = (largest if amsgrad else v) / (1 - betas[1] ** t)
        w = w - lr * (m / (1 - betas[0] ** t)) / (v_hat.sqrt() + eps)
    return w


CASES: list[tuple[Optimizer, Callable[..., Tensor], dict[str, Any]]] = [
    (SGD(lr=0.1), sgd, {"lr": 0.1, "momentum": 0.0, "nesterov": False, "decay": 0.0}),
    (SGD(lr=0.1, momentum=0.9), sgd, {"lr": 0.1, "momentum": 0.9, "nesterov": False, "decay": 0.0}),
    (
        SGD(lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.1),
        sgd,
        {"lr": 0.1, "momentum": 0.8, "nesterov": True, "decay": 0.1},
    ),
    (
        RMSprop(lr=0.01),
        rmsprop,
        {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "momentum": 0.0, "centered": False, "decay": 0.0},
    ),
    (
        RMSprop(lr=0.01, alpha=0.9, momentum=0.7, centered=True, eps=1e-6, weight_decay=0.1),
        rmsprop,
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-6, "momentum": 0.7, "centered": True, "decay": 0.1},
    ),
    (Adam(lr=0.01), adam, {"lr": 0.01, "betas": (0.5, 0.999), "eps": 1e-8, "decay": 0.0, "amsgrad": False}),
    (
        Adam(lr=0.01, betas=(0.0, 0.5), eps=1e-4, weight_decay=0.1, amsgrad=True),
        adam,
        {"lr": 0.01, "betas": (0.0, 0.5), "eps": 1e-4, "decay": 0.1, "amsgrad": True},
    ),
]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 2e-5)])
@pytest.mark.parametrize(("settings", "rule", "arguments"), CASES)
def test_update_rule(
    settings: Optimizer, rule: Rule, arguments: dict[str, Any], dtype: torch.dtype, tolerance: float
) -> None:
    start = torch.linspace(-1, 1, 5, dtype=dtype)
    weight = Parameter(start.clone())
    optimizer = settings.build([weight])
    for gradient in gradients(dtype):
        weight.grad = gradient
        optimizer.step()
    expected = rule(start, gradients(dtype), **arguments)
    assert not torch.equal(weight.detach(), start)
    torch.testing.assert_close(weight.detach(), expected, rtol=tolerance, atol=tolerance)


def test_every_optimizer_is_held_to_a_rule() -> None:
    assert {settings.name() for settings, _, _ in CASES} == set(alternatives(Optimizer))


@pytest.mark.parametrize("kind", sorted(alternatives(Optimizer)))
def test_settings_taken_over_in_the_middle_act_from_the_next_step_and_keep_the_state(kind: str) -> None:
    old = alternatives(Optimizer)[kind](lr=0.1)
    weight, twin = Parameter(torch.ones(3)), Parameter(torch.ones(3))
    optimizer, reference = old.build([weight]), old.build([twin])
    for gradient in (torch.tensor([1.0, 2.0, 3.0]), torch.tensor([-1.0, 0.5, 2.0])):
        before = weight.detach().clone()
        weight.grad, twin.grad = gradient, gradient.clone()
        optimizer.step()
        reference.step()
        if not torch.equal(weight, twin):  # the second step: ten times smaller, by the same state
            torch.testing.assert_close((weight - before) * 10, twin - before, rtol=1e-4, atol=1e-6)
        apply_settings(optimizer, old.model_copy(update={"lr": 0.01}))
    assert optimizer.param_groups[0]["lr"] == 0.01
    assert not torch.equal(weight, twin)


@pytest.mark.parametrize("kind", sorted(alternatives(Optimizer)))
def test_every_setting_reaches_torch(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    group = settings.build([Parameter(torch.ones(1))]).param_groups[0]
    for name, value in settings.arguments().items():
        assert group[name] == value
