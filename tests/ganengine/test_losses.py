"""The losses against torch's own formula, in closed form, and where a naive formula overflows."""

import math

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ganengine.components import alternatives
from ganengine.losses.base import Loss
from ganengine.losses.nonsaturating import NonSaturating


def logits(seed: int, scale: float = 4.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(33, generator=generator, dtype=torch.float64) * scale).requires_grad_()


@pytest.mark.parametrize("real_label", [1.0, 0.9, 0.7])
def test_discriminator_loss_is_binary_cross_entropy(real_label: float) -> None:
    real, fake = logits(1), logits(2)
    on_real, on_fake = NonSaturating(real_label=real_label).discriminator(real, fake)
    expected_real = binary_cross_entropy_with_logits(real, torch.full_like(real, real_label))
    expected_fake = binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))
    torch.testing.assert_close(on_real, expected_real, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(on_fake, expected_fake, rtol=1e-12, atol=1e-12)
    gradients = torch.autograd.grad(on_real + on_fake, (real, fake))
    expected = torch.autograd.grad(expected_real + expected_fake, (real, fake))
    torch.testing.assert_close(gradients, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("real_label", [1.0, 0.9])
def test_generator_loss_is_not_smoothed(real_label: float) -> None:
    fake = logits(3)
    value = NonSaturating(real_label=real_label).generator(fake)
    expected = binary_cross_entropy_with_logits(fake, torch.ones_like(fake))
    torch.testing.assert_close(value, expected, rtol=1e-12, atol=1e-12)
    (gradient,) = torch.autograd.grad(value, fake)
    (wanted,) = torch.autograd.grad(expected, fake)
    torch.testing.assert_close(gradient, wanted, rtol=1e-12, atol=1e-14)


def test_an_undecided_discriminator_costs_log_two_for_each_part() -> None:
    undecided = torch.zeros(7)
    on_real, on_fake = NonSaturating().discriminator(undecided, undecided)
    assert on_real.item() == pytest.approx(math.log(2))
    assert on_fake.item() == pytest.approx(math.log(2))
    assert (on_real + on_fake).item() == pytest.approx(2 * math.log(2))
    assert NonSaturating().generator(undecided).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("extreme", [-1000.0, 1000.0])
@pytest.mark.parametrize("kind", sorted(alternatives(Loss)))
def test_extreme_logits_stay_finite(kind: str, extreme: float) -> None:
    loss = alternatives(Loss)[kind]()
    real = torch.full((4,), extreme, requires_grad=True)
    fake = torch.full((4,), -extreme, requires_grad=True)
    total = sum(loss.discriminator(real, fake)) + loss.generator(fake)
    assert math.isfinite(total.item())
    for gradient in torch.autograd.grad(total, (real, fake)):
        assert gradient.isfinite().all()


def test_a_generator_that_is_seen_through_still_learns() -> None:
    fake = torch.full((5,), -50.0, requires_grad=True)
    (gradient,) = torch.autograd.grad(NonSaturating().generator(fake), fake)
    torch.testing.assert_close(gradient, torch.full((5,), -0.2))


@pytest.mark.parametrize("kind", sorted(alternatives(Loss)))
def test_every_loss_gives_scalars_that_are_means(kind: str) -> None:
    loss = alternatives(Loss)[kind]()
    real, fake = logits(4), logits(5)
    values = (*loss.discriminator(real, fake), loss.generator(fake))
    twice = (*loss.discriminator(real.repeat(2), fake.repeat(2)), loss.generator(fake.repeat(2)))
    for value, again in zip(values, twice, strict=True):
        assert value.shape == ()
        torch.testing.assert_close(value, again)
