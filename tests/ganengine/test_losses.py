"""The losses against torch's own formulas, in closed form, and where a naive formula overflows."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    margin_ranking_loss,
    mse_loss,
    soft_margin_loss,
)
from torch.nn.utils.parametrizations import spectral_norm

from ganengine.components import alternatives
from ganengine.losses.base import Loss
from ganengine.losses.hinge import Hinge
from ganengine.losses.lsgan import LSGAN
from ganengine.losses.minimax import Minimax
from ganengine.losses.nonsaturating import NonSaturating
from ganengine.losses.relativistic import Relativistic
from ganengine.losses.wasserstein import Wasserstein
from tests.ganengine.waiting import Calls

KINDS = sorted(alternatives(Loss))


def logits(seed: int, scale: float = 4.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(33, generator=generator, dtype=torch.float64) * scale).requires_grad_()


def bce(x: Tensor, target: float) -> Tensor:
    return binary_cross_entropy_with_logits(x, torch.full_like(x, target))


def mse(x: Tensor, target: float) -> Tensor:
    return mse_loss(x, torch.full_like(x, target)) / 2


def hinge(x: Tensor, label: float) -> Tensor:
    return margin_ranking_loss(x, torch.zeros_like(x), torch.full_like(x, label), margin=1.0)


def pairing(more: Tensor, less: Tensor) -> Tensor:
    return soft_margin_loss(more - less, torch.ones_like(more))


Value = Callable[[Tensor, Tensor], Tensor]
CASES: list[tuple[Loss, Value, Value, Value]] = [
    # the loss, and torch's value of: D's part on real, D's part on fake, G's loss, from (real, fake)
    (NonSaturating(), lambda r, f: bce(r, 1), lambda r, f: bce(f, 0), lambda r, f: bce(f, 1)),
    (NonSaturating(real_label=0.9), lambda r, f: bce(r, 0.9), lambda r, f: bce(f, 0), lambda r, f: bce(f, 1)),
    (Minimax(), lambda r, f: bce(r, 1), lambda r, f: bce(f, 0), lambda r, f: -bce(f, 0)),
    (Minimax(real_label=0.7), lambda r, f: bce(r, 0.7), lambda r, f: bce(f, 0), lambda r, f: -bce(f, 0)),
    (LSGAN(), lambda r, f: mse(r, 1), lambda r, f: mse(f, 0), lambda r, f: mse(f, 1)),
    (LSGAN(real_label=0.9), lambda r, f: mse(r, 0.9), lambda r, f: mse(f, 0), lambda r, f: mse(f, 1)),
    (Hinge(), lambda r, f: hinge(r, 1), lambda r, f: hinge(f, -1), lambda r, f: -f.mean()),
    (Wasserstein(), lambda r, f: -r.mean(), lambda r, f: f.mean(), lambda r, f: -f.mean()),
    (Relativistic(), lambda r, f: pairing(r, f) / 2, lambda r, f: pairing(r, f) / 2, lambda r, f: pairing(f, r)),
]


@pytest.mark.parametrize(("loss", "on_real", "on_fake", "of_g"), CASES)
def test_values_and_gradients_are_torchs(loss: Loss, on_real: Value, on_fake: Value, of_g: Value) -> None:
    real, fake = logits(1), logits(2)
    values = (*loss.discriminator(real, fake), loss.generator(fake, real.detach()))
    expected = (on_real(real, fake), on_fake(real, fake), of_g(real.detach(), fake))
    torch.testing.assert_close(values, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(
        torch.autograd.grad(values[0] + values[1], (real, fake)),
        torch.autograd.grad(expected[0] + expected[1], (real, fake)),
        rtol=1e-12,
        atol=1e-14,
    )
    torch.testing.assert_close(
        torch.autograd.grad(values[2], fake), torch.autograd.grad(expected[2], fake), rtol=1e-12, atol=1e-14
    )


def test_every_loss_is_held_to_a_formula() -> None:
    assert {loss.name() for loss, *_ in CASES} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "on_real", "on_fake", "of_g"),
    [
        ("nonsaturating", math.log(2), math.log(2), math.log(2)),
        ("minimax", math.log(2), math.log(2), -math.log(2)),
        ("lsgan", 0.5, 0.0, 0.5),
        ("hinge", 1.0, 1.0, 0.0),
        ("wasserstein", 0.0, 0.0, 0.0),
        ("relativistic", math.log(2) / 2, math.log(2) / 2, math.log(2)),
    ],
)
def test_what_a_discriminator_that_answers_zero_costs(kind: str, on_real: float, on_fake: float, of_g: float) -> None:
    loss, zeros = alternatives(Loss)[kind](), torch.zeros(7)
    values = (*loss.discriminator(zeros, zeros), loss.generator(zeros, zeros))
    assert [value.item() for value in values] == pytest.approx([on_real, on_fake, of_g])


@pytest.mark.parametrize("extreme", [-1000.0, 1000.0])
@pytest.mark.parametrize("kind", KINDS)
def test_extreme_logits_stay_finite(kind: str, extreme: float) -> None:
    loss = alternatives(Loss)[kind]()
    real = torch.full((4,), extreme, requires_grad=True)
    fake = torch.full((4,), -extreme, requires_grad=True)
    total = sum(loss.discriminator(real, fake)) + loss.generator(fake, real.detach())
    assert math.isfinite(total.item())
    for gradient in torch.autograd.grad(total, (real, fake)):
        assert gradient.isfinite().all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_loss_gives_scalars_that_are_means(kind: str) -> None:
    loss = alternatives(Loss)[kind]()
    real, fake = logits(4), logits(5)
    values = (*loss.discriminator(real, fake), loss.generator(fake, real))
    real, fake = real.repeat(2), fake.repeat(2)
    twice = (*loss.discriminator(real, fake), loss.generator(fake, real))
    for value, again in zip(values, twice, strict=True):
        assert value.shape == ()
        torch.testing.assert_close(value, again)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_says_so_needs_real_logits_for_the_generator(kind: str) -> None:
    loss, fake = alternatives(Loss)[kind](), logits(6)
    if loss.needs_real:
        with pytest.raises(AssertionError):
            loss.generator(fake)
    else:
        torch.testing.assert_close(loss.generator(fake), loss.generator(fake, logits(7)))


def test_a_generator_that_is_seen_through_learns_unless_the_loss_saturates() -> None:
    fake = torch.full((5,), -50.0, requires_grad=True)
    (gradient,) = torch.autograd.grad(NonSaturating().generator(fake), fake)
    torch.testing.assert_close(gradient, torch.full((5,), -0.2))
    (gradient,) = torch.autograd.grad(Minimax().generator(fake), fake)
    torch.testing.assert_close(gradient, torch.zeros(5))


def test_hinge_leaves_alone_what_is_told_apart_by_the_margin() -> None:
    real = torch.tensor([1.5, 0.0], requires_grad=True)
    fake = torch.tensor([-1.5, 0.0], requires_grad=True)
    gradients = torch.autograd.grad(sum(Hinge().discriminator(real, fake)), (real, fake))
    torch.testing.assert_close(gradients, (torch.tensor([0.0, -0.5]), torch.tensor([0.0, 0.5])))


def test_relativistic_sees_differences_only() -> None:
    loss, real, fake = Relativistic(), logits(1), logits(2)
    values = (*loss.discriminator(real, fake), loss.generator(fake, real))
    shifted = (*loss.discriminator(real + 3, fake + 3), loss.generator(fake + 3, real + 3))
    torch.testing.assert_close(values, shifted)


def test_what_is_plotted_as_the_probability_of_real() -> None:
    answers = torch.tensor([-1.0, 0.0, 0.5, 1.0])
    for kind in KINDS:
        expected = answers if kind == "lsgan" else answers.sigmoid()
        torch.testing.assert_close(alternatives(Loss)[kind]().probability(answers), expected)


def critic() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(6, 5), nn.LayerNorm(5), spectral_norm(nn.Linear(5, 1)))


def test_wasserstein_clips_every_weight_and_nothing_that_is_small() -> None:
    D = critic()
    before = {name: weight.detach().clone() for name, weight in D.named_parameters()}
    Wasserstein(clip=0.2).after_update(D)
    changed = set()
    for name, weight in D.named_parameters():
        torch.testing.assert_close(weight.detach(), before[name].clamp(-0.2, 0.2), rtol=0, atol=0)
        assert weight.grad is None
        assert weight.requires_grad
        if not torch.equal(weight, before[name]):
            changed.add(name)
    assert {"0.weight", "1.weight", "2.parametrizations.weight.original"} <= changed


def test_clipping_at_zero_is_off_and_other_losses_leave_the_weights_alone() -> None:
    for loss in (Wasserstein(clip=0), *(alternatives(Loss)[kind]() for kind in KINDS if kind != "wasserstein")):
        D = critic()
        loss.after_update(D)
        torch.testing.assert_close(D.state_dict(), critic().state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_no_loss_waits_for_a_value(kind: str) -> None:
    loss, D = alternatives(Loss)[kind](), critic()
    real, fake = logits(1), logits(2)
    with Calls() as calls:
        total = sum(loss.discriminator(real, fake)) + loss.generator(fake, real)
        torch.autograd.grad(total + loss.probability(real).mean(), (real, fake))
        loss.after_update(D)
    assert calls.counts["aten::mean"] >= 3, "the mode saw it"
    assert calls.waits == {}
