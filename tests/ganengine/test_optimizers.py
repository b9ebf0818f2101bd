"""Each optimizer against its update rule written out by hand, and what becomes of its state."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import Parameter

from ganengine.components import alternatives
from ganengine.optimizers.adadelta import Adadelta
from ganengine.optimizers.adagrad import Adagrad
from ganengine.optimizers.adam import Adam
from ganengine.optimizers.adamax import Adamax
from ganengine.optimizers.adamw import AdamW
from ganengine.optimizers.base import Optimizer, apply_settings
from ganengine.optimizers.nadam import NAdam
from ganengine.optimizers.radam import RAdam
from ganengine.optimizers.rmsprop import RMSprop
from ganengine.optimizers.sgd import SGD
from tests.ganengine.update_rules import adadelta, adagrad, adam, adamax, nadam, radam, rmsprop, sgd

STEPS = 9  # RAdam holds back in the first five
KINDS = sorted(alternatives(Optimizer))
Rule = Callable[[Tensor, Iterator[Tensor]], Tensor]


def gradients(dtype: torch.dtype) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(3)
    for _ in range(STEPS):
        yield torch.randn(5, generator=generator, dtype=torch.float64).to(dtype)


BETAS = {"betas": (0.5, 0.999), "eps": 1e-8, "decay": 0.0}
OTHER = {"betas": (0.2, 0.6), "eps": 1e-4, "decay": 0.1}
GIVEN: dict[str, Any] = {"betas": (0.2, 0.6), "eps": 1e-4, "weight_decay": 0.1}
CASES: list[tuple[Optimizer, Callable[..., Tensor], dict[str, Any]]] = [
    (SGD(lr=0.1), sgd, {"momentum": 0.0, "nesterov": False, "decay": 0.0}),
    (SGD(lr=0.1, momentum=0.9), sgd, {"momentum": 0.9, "nesterov": False, "decay": 0.0}),
    (
        SGD(lr=0.1, momentum=0.9, dampening=0.3),
        sgd,
        {"momentum": 0.9, "nesterov": False, "decay": 0.0, "dampening": 0.3},
    ),
    (
        SGD(lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.1),
        sgd,
        {"momentum": 0.8, "nesterov": True, "decay": 0.1},
    ),
    (
        RMSprop(lr=0.01),
        rmsprop,
        {"alpha": 0.99, "eps": 1e-8, "momentum": 0.0, "centered": False, "decay": 0.0},
    ),
    (
        RMSprop(lr=0.01, alpha=0.9, momentum=0.7, centered=True, eps=1e-6, weight_decay=0.1),
        rmsprop,
        {"alpha": 0.9, "eps": 1e-6, "momentum": 0.7, "centered": True, "decay": 0.1},
    ),
    (Adam(lr=0.01), adam, {**BETAS, "amsgrad": False}),
    (Adam(lr=0.01, amsgrad=True, **GIVEN), adam, {**OTHER, "amsgrad": True}),
    (AdamW(lr=0.01), adam, {**BETAS, "amsgrad": False, "decoupled": True, "decay": 0.01}),
    (AdamW(lr=0.01, amsgrad=True, **GIVEN), adam, {**OTHER, "amsgrad": True, "decoupled": True}),
    (Adamax(lr=0.01), adamax, BETAS),
    (Adamax(lr=0.01, **GIVEN), adamax, OTHER),
    (NAdam(lr=0.01), nadam, {**BETAS, "psi": 4e-3, "decoupled": False}),
    (NAdam(lr=0.01, momentum_decay=0.3, **GIVEN), nadam, {**OTHER, "psi": 0.3, "decoupled": False}),
    (NAdam(lr=0.01, decoupled_weight_decay=True, **GIVEN), nadam, {**OTHER, "psi": 4e-3, "decoupled": True}),
    (RAdam(lr=0.01), radam, {**BETAS, "decoupled": False}),
    (
        RAdam(lr=0.01, decoupled_weight_decay=True, **(GIVEN | {"betas": (0.2, 0.9)})),
        radam,
        {**OTHER, "betas": (0.2, 0.9), "decoupled": True},
    ),
    (Adagrad(lr=0.01), adagrad, {"lr_decay": 0.0, "start": 0.0, "eps": 1e-10, "decay": 0.0}),
    (
        Adagrad(lr=0.01, lr_decay=0.2, initial_accumulator_value=0.1, eps=1e-6, weight_decay=0.1),
        adagrad,
        {"lr_decay": 0.2, "start": 0.1, "eps": 1e-6, "decay": 0.1},
    ),
    (Adadelta(), adadelta, {"rho": 0.9, "eps": 1e-6, "decay": 0.0}),
    (Adadelta(lr=0.5, rho=0.5, eps=1e-3, weight_decay=0.1), adadelta, {"rho": 0.5, "eps": 1e-3, "decay": 0.1}),
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
    if settings.kind == "nadam":
        tolerance = max(tolerance, 1e-6)  # torch keeps the product of the momenta in float32
    expected = rule(start, gradients(dtype), lr=settings.lr, **arguments)
    assert not torch.equal(weight.detach(), start)
    torch.testing.assert_close(weight.detach(), expected, rtol=tolerance, atol=tolerance)


def test_every_optimizer_is_held_to_a_rule() -> None:
    assert {settings.name() for settings, _, _ in CASES} == set(alternatives(Optimizer))


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_reaches_torch(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    group = settings.build([Parameter(torch.ones(1))]).param_groups[0]
    for name, value in settings.arguments().items():
        assert group[name] == value


def weights() -> list[Parameter]:
    generator = torch.Generator().manual_seed(6)
    return [Parameter(torch.randn(shape, generator=generator)) for shape in ((3, 4), (4,), (2, 1, 3, 3))]


def train(optimizer: torch.optim.Optimizer, given: list[Parameter], seeds: range) -> None:
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        for weight in given:
            weight.grad = torch.randn(weight.shape, generator=generator)
        optimizer.step()


@pytest.mark.parametrize("kind", KINDS)
def test_the_quick_way_comes_to_what_the_plain_torch_optimizer_does(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    ours, plain = weights(), weights()
    train(settings.build(ours), ours, range(8))
    train(settings.torch_class(plain, **settings.arguments(), foreach=False), plain, range(8))
    for one, other, start in zip(ours, plain, weights(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
        assert not torch.equal(one, start)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_torch_has_as_one_kernel_everywhere_is_fused(kind: str) -> None:
    group = alternatives(Optimizer)[kind]().build(weights()).param_groups[0]
    assert bool(group.get("fused")) == (kind in {"sgd", "adam", "adamw"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_optimizer_goes_on_bit_for_bit(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    ours = weights()
    optimizer = settings.build(ours)
    train(optimizer, ours, range(3))
    later = [Parameter(weight.detach().clone()) for weight in ours]
    loaded = settings.build(later)
    loaded.load_state_dict(deepcopy(optimizer.state_dict()))
    train(optimizer, ours, range(3, 8))
    train(loaded, later, range(3, 8))
    for one, other in zip(ours, later, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_the_learning_rate_keeps_the_state_and_another_kind_does_not(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    for other in KINDS:
        changed = alternatives(Optimizer)[other](lr=0.123)
        assert changed.can_go_on_from(settings) == (other == kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SGD(), SGD(momentum=0.9)),
        (RMSprop(), RMSprop(centered=True)),
        (RMSprop(), RMSprop(momentum=0.5)),
        (Adam(), Adam(amsgrad=True)),
        (AdamW(), AdamW(amsgrad=True)),
    ],
)
def test_settings_that_remember_other_things_begin_afresh(one: Optimizer, other: Optimizer) -> None:
    assert not one.can_go_on_from(other)
    assert not other.can_go_on_from(one)


def test_nesterov_needs_momentum_and_no_dampening() -> None:
    assert SGD(momentum=0.5, nesterov=True).problems() == {}
    assert "nesterov" in SGD(nesterov=True).problems()
    assert "nesterov" in SGD(nesterov=True, momentum=0.5, dampening=0.1).problems()


@pytest.mark.cuda
@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_optimizer_never_waits_for_the_gpu(kind: str) -> None:
    settings = alternatives(Optimizer)[kind]()
    ours = [Parameter(weight.detach().cuda()) for weight in weights()]
    optimizer = settings.build(ours)
    for weight in ours:
        weight.grad = torch.ones_like(weight)
    optimizer.step()
    loaded = settings.build(ours)
    loaded.load_state_dict(optimizer.state_dict())
    loaded.step()
    torch.cuda.set_sync_debug_mode("error")
    try:
        loaded.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
