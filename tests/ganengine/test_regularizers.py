"""The penalties against closed forms and finite differences; noise and flipped labels by their statistics."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from ganengine.fields import declarations
from ganengine.parts import active, members, section_of
from ganengine.regularizers.base import Regularizer
from ganengine.regularizers.gradient_penalty import GradientPenalty
from ganengine.regularizers.instance_noise import InstanceNoise
from ganengine.regularizers.label_flipping import LabelFlipping
from ganengine.regularizers.r1 import R1
from ganengine.regularizers.r2 import R2
from tests.ganengine.waiting import Calls

Judge = Callable[[Tensor], Tensor]
SHAPE = (2, 3, 3)
SECTION = section_of(Regularizer, "Regularization", "All of them.")
PENALTIES = [R1(r1_gamma=3.0), R2(r2_gamma=0.7), GradientPenalty(gp_weight=10.0)]
ALL = [*PENALTIES, InstanceNoise(instance_noise=0.1), LabelFlipping(label_flip=0.3)]


def images(seed: int, count: int = 4) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, *SHAPE, generator=generator, dtype=torch.float64) * 2 - 1


def linear(norm: float) -> tuple[Judge, Tensor]:
    """D(x) = w·x + 1 with ‖w‖ as given, and w."""
    w = torch.linspace(-1, 2, math.prod(SHAPE), dtype=torch.float64)
    w = (w * (norm / w.norm())).requires_grad_()
    return lambda x: x.flatten(1) @ w + 1.0, w


def small_critic() -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(nn.Conv2d(2, 3, 2), nn.Tanh(), nn.Flatten(), nn.Linear(12, 1), nn.Flatten(0)).double()


def by_differences(f: Callable[[Tensor], Tensor], at: Tensor, h: float = 1e-5) -> Tensor:
    """The gradient of a scalar function, one element at a time; `at` is changed in place on the way."""
    gradient = torch.zeros_like(at)
    flat, out = at.view(-1), gradient.view(-1)
    for i in range(flat.numel()):
        kept = flat[i].item()
        flat[i] = kept + h
        above = f(at)
        flat[i] = kept - h
        out[i] = (above - f(at)) / (2 * h)
        flat[i] = kept
    return gradient


def norms_by_differences(D: nn.Module, at: Tensor) -> Tensor:
    with torch.no_grad():
        return by_differences(lambda x: D(x).sum(), at.clone()).flatten(1).norm(dim=1)


@pytest.mark.parametrize("norm", [0.5, 1.0, 3.0])
def test_a_linear_discriminators_penalties_are_known(norm: float) -> None:
    D, w = linear(norm)
    real, fake = images(1), images(2)
    r1, r2, gp = (part.penalty(D, real, fake) for part in PENALTIES)
    assert r1.item() == pytest.approx(3.0 / 2 * norm**2)
    assert r2.item() == pytest.approx(0.7 / 2 * norm**2)
    assert gp.item() == pytest.approx(10.0 * (norm - 1) ** 2, abs=1e-12)
    torch.testing.assert_close(torch.autograd.grad(r1, w)[0], 3.0 * w.detach())
    torch.testing.assert_close(torch.autograd.grad(r2, w)[0], 0.7 * w.detach())
    torch.testing.assert_close(torch.autograd.grad(gp, w)[0], 20.0 * (norm - 1) / norm * w.detach())


def test_r1_is_about_real_images_and_r2_about_fake_ones() -> None:
    D, real, fake = small_critic(), images(1), images(2)
    r1 = R1(r1_gamma=3.0).penalty(D, real, fake).item()
    assert r1 == pytest.approx(1.5 * norms_by_differences(D, real).square().mean().item(), rel=1e-6)
    r2 = R2(r2_gamma=3.0).penalty(D, real, fake).item()
    assert r2 == pytest.approx(1.5 * norms_by_differences(D, fake).square().mean().item(), rel=1e-6)
    assert r1 != pytest.approx(r2, rel=1e-3)


def test_the_gradient_penalty_looks_between_each_real_and_its_fake_image() -> None:
    critic, seen = small_critic(), []

    def D(x: Tensor) -> Tensor:
        seen.append(x.detach().clone())
        return critic(x)  # type: ignore[no-any-return]

    real, fake = images(1, 64), images(2, 64)
    value = GradientPenalty(gp_weight=5.0).penalty(D, real, fake)
    expected = 5.0 * (norms_by_differences(critic, seen[0]) - 1).square().mean()
    assert value.item() == pytest.approx(expected.item(), rel=1e-6)
    shares = ((seen[0] - real) / (fake - real)).flatten(1)
    torch.testing.assert_close(shares, shares[:, :1].expand_as(shares), rtol=1e-6, atol=1e-6)
    assert 0.0 <= shares.min() < 0.1
    assert 0.9 < shares.max() <= 1.0
    assert len(shares[:, 0].round(decimals=6).unique()) == 64, "each pair has a share of its own"


@pytest.mark.parametrize("part", PENALTIES, ids=lambda part: part.metric)
def test_the_gradient_in_ds_weights_is_that_of_finite_differences(part: Regularizer) -> None:
    D, real, fake = small_critic(), images(1), images(2)

    def value() -> Tensor:
        torch.manual_seed(9)
        return part.penalty(D, real, fake)

    weights = [D[0].weight, D[3].weight]  # type: ignore[index]
    gradients = torch.autograd.grad(value(), weights)
    for weight, gradient in zip(weights, gradients, strict=True):
        expected = by_differences(lambda _: value().detach(), weight.detach())
        torch.testing.assert_close(gradient, expected, rtol=1e-5, atol=1e-8)
        assert gradient.norm() > 1e-3


@pytest.mark.parametrize("part", PENALTIES, ids=lambda part: part.metric)
def test_a_penalty_teaches_d_only(part: Regularizer) -> None:
    D, real, fake = small_critic(), images(1).requires_grad_(), images(2).requires_grad_()
    value = part.penalty(D, real, fake)
    assert value.shape == ()
    assert torch.autograd.grad(value, (real, fake), allow_unused=True) == (None, None)
    assert all(weight.grad is None for weight in D.parameters())


def test_a_discriminator_without_any_slope_gets_a_finite_gradient() -> None:
    w = torch.zeros(math.prod(SHAPE), dtype=torch.float64, requires_grad=True)
    value = GradientPenalty(gp_weight=10.0).penalty(lambda x: x.flatten(1) @ w, images(1), images(2))
    assert value.item() == 10.0
    assert torch.autograd.grad(value, w)[0].isfinite().all()


@pytest.mark.parametrize("part", ALL, ids=lambda part: type(part).__name__)
def test_what_a_regularizer_does_not_do_it_leaves_alone(part: Regularizer) -> None:
    shown, answers = images(1), torch.linspace(-1, 1, 9)
    if not isinstance(part, InstanceNoise):
        assert part.images(shown, 0) is shown
    if not isinstance(part, LabelFlipping):
        assert part.logits(answers, -answers)[0] is answers
    assert bool(part.metric) == (part in PENALTIES)


@pytest.mark.parametrize(
    ("fades_in", "shown", "std"),
    [(0, 0, 0.4), (0, 10**9, 0.4), (1000, 0, 0.4), (1000, 250, 0.3), (1000, 999, 0.0004), (1000, 1000, 0), (9, 99, 0)],
)
def test_instance_noise_fades_evenly(fades_in: int, shown: int, std: float) -> None:
    noise = InstanceNoise(instance_noise=0.4, instance_noise_images=fades_in)
    clean = torch.full((50, 3, 32, 32), 0.25)
    torch.manual_seed(1)
    noisy = noise.images(clean, shown)
    assert noise.std(shown) == pytest.approx(std)
    assert (noisy - clean).std().item() == pytest.approx(std, rel=0.02)
    assert (noisy - clean).mean().item() == pytest.approx(0.0, abs=0.01 * std)
    if not std:
        assert torch.equal(noisy, clean)


@pytest.mark.parametrize("shown", [0, 250, 1000, 5000])
def test_instance_noise_of_a_tensor_is_that_of_the_number_and_draws_the_same_when_it_has_faded(shown: int) -> None:
    noise = InstanceNoise(instance_noise=0.4, instance_noise_images=1000)
    after = []
    for given in (shown, torch.tensor(float(shown))):
        torch.manual_seed(1)
        after.append((noise.images(images(1), given), torch.rand(3)))
    torch.testing.assert_close(after[0], after[1])
    torch.manual_seed(1)
    torch.randn_like(images(1))
    assert torch.equal(after[0][1], torch.rand(3))


def test_instance_noise_lets_the_generators_gradient_through() -> None:
    fake = images(1).requires_grad_()
    noisy = InstanceNoise(instance_noise=0.4).images(fake, 0)
    torch.testing.assert_close(torch.autograd.grad(noisy.sum(), fake)[0], torch.ones_like(fake))
    assert not torch.equal(noisy[0] - fake[0], noisy[1] - fake[1])


def test_label_flipping_swaps_some_pairs_and_their_gradients() -> None:
    real = torch.arange(20_000.0).requires_grad_()
    fake = (-1 - torch.arange(20_000.0)).requires_grad_()
    torch.manual_seed(1)
    as_real, as_fake = LabelFlipping(label_flip=0.2).logits(real, fake)
    swapped = as_real < 0
    assert swapped.double().mean().item() == pytest.approx(0.2, abs=0.01)
    torch.testing.assert_close(as_real + as_fake, real + fake)
    torch.testing.assert_close(as_fake[swapped], real[swapped])
    from_real, from_fake = torch.autograd.grad(as_real.sum(), (real, fake))
    torch.testing.assert_close(from_fake, swapped.float())
    torch.testing.assert_close(from_real, (~swapped).float())


def test_the_settings_of_all_stand_in_one_section_and_say_what_is_on() -> None:
    names = [found.name for found in declarations(SECTION)]
    assert names == ["r1_gamma", "r2_gamma", "gp_weight", "instance_noise", "instance_noise_images", "label_flip"]
    assert active(Regularizer, SECTION()) == []
    for part in ALL:
        on = part.model_dump()
        assert active(Regularizer, SECTION(**on)) == [part]
    together = {name: value for part in ALL for name, value in part.model_dump().items()}
    assert active(Regularizer, SECTION(**together)) == ALL
    assert {type(part) for part in ALL} == set(members(Regularizer))


@pytest.mark.parametrize("part", ALL, ids=lambda part: type(part).__name__)
def test_no_regularizer_waits_for_a_value(part: Regularizer) -> None:
    D, real, fake = small_critic(), images(1), images(2)
    with Calls() as calls:
        every_hook(part, D, real, fake)
    assert calls.counts.total() > 10, "the mode saw it"
    assert calls.waits == {}


@pytest.mark.cuda
@pytest.mark.parametrize("part", ALL, ids=lambda part: type(part).__name__)
def test_no_regularizer_waits_for_the_gpu(part: Regularizer) -> None:
    D, real, fake = small_critic().cuda(), images(1).cuda(), images(2).cuda()
    every_hook(part, D, real, fake)  # libraries may wait the first time
    torch.cuda.set_sync_debug_mode("error")
    try:
        every_hook(part, D, real, fake)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def every_hook(part: Regularizer, D: nn.Module, real: Tensor, fake: Tensor) -> None:
    real_logits, fake_logits = part.logits(D(part.images(real, 7)), D(part.images(fake, 7)))
    total = real_logits.sum() - fake_logits.sum()
    if part.metric:
        total = total + part.penalty(D, real, fake)
    torch.autograd.grad(total, list(D.parameters()))
