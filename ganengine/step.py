"""The mathematics of one training step: one update of the discriminator, one of the generator.

Plain functions on tensors, after Goodfellow et al. 2014, algorithm 1. They return what is worth plotting as 0-d
tensors on the training device; nothing here waits for the device. `labels` are class numbers int64 [N] for networks
that know classes, else None.
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganengine.rules import Rules


def training_step(
    G: nn.Module,
    D: nn.Module,
    G_ema: nn.Module | None,
    rules: Rules,
    optimizer_g: torch.optim.Optimizer,
    optimizer_d: torch.optim.Optimizer,
    batches: Sequence[tuple[Tensor, Tensor | None]],
    latents: Sequence[Tensor],
    ema_weight: float | Tensor | None = None,
    shown: int | Tensor = 0,
    share_fakes: bool = False,
) -> dict[str, Tensor]:
    """One step of the training: an update of D for each batch, then one of G, then one of the running average.

    Args:
        batches: real images [N, C, H, W] in [-1, 1] and their classes, or None, for each update of D.
        latents: z [N, latent_dim] for each update of D, and one more for G's own unless `share_fakes`.
        ema_weight: the weight that G gets in the average, 1 - `ema_decay`; unused where `G_ema` is None.
        shown: real images shown so far, those of all `batches` among them.
        share_fakes: G learns from the same generated images as D's last update, judged anew by the updated D, in
            place of new ones: one forward pass of G less, and noise of G, such as dropout, is drawn once.
    """
    later = sum(len(real_images) for real_images, _ in batches)
    for (real_images, labels), z in zip(batches[:-1], latents[: len(batches) - 1], strict=True):
        later -= len(real_images)
        discriminator_step(G, D, rules, optimizer_d, real_images, z, labels, shown - later)
    (real_images, labels), z = batches[-1], latents[len(batches) - 1]
    if share_fakes:
        fake_images = rules.forward(G, z, labels)
        values = _teach_discriminator(D, rules, optimizer_d, real_images, fake_images.detach(), labels, shown)
        values |= _teach_generator(G, D, rules, optimizer_g, fake_images, labels, real_images, shown)
    else:
        values = discriminator_step(G, D, rules, optimizer_d, real_images, z, labels, shown)
        values |= generator_step(G, D, rules, optimizer_g, latents[-1], labels, real_images, shown)
    if G_ema is not None and ema_weight is not None:
        update_ema(G_ema, G, ema_weight)
    return values


def discriminator_step(
    G: nn.Module,
    D: nn.Module,
    rules: Rules,
    optimizer_d: torch.optim.Optimizer,
    real_images: Tensor,
    z: Tensor,
    labels: Tensor | None = None,
    shown: int | Tensor = 0,
) -> dict[str, Tensor]:
    """Teach D to tell `real_images` [N, C, H, W] in [-1, 1] from G(z), z of shape [N, latent_dim].

    Args:
        labels: the classes of the real images; the generated ones are of the same classes.
        shown: real images shown so far, which some regularizers fade with.
    """
    with torch.no_grad():
        fake_images = rules.forward(G, z, labels)
    return _teach_discriminator(D, rules, optimizer_d, real_images, fake_images, labels, shown)


def generator_step(
    G: nn.Module,
    D: nn.Module,
    rules: Rules,
    optimizer_g: torch.optim.Optimizer,
    z: Tensor,
    labels: Tensor | None = None,
    real_images: Tensor | None = None,
    shown: int | Tensor = 0,
) -> dict[str, Tensor]:
    """Teach G to fool D with G(z), z of shape [N, latent_dim]; D stays as it is.

    Args:
        labels: the classes to make.
        real_images: [N, C, H, W] in [-1, 1] of the same classes, for a loss that compares with them.
    """
    return _teach_generator(G, D, rules, optimizer_g, rules.forward(G, z, labels), labels, real_images, shown)


@torch.no_grad()
def update_ema(G_ema: nn.Module, G: nn.Module, weight: float | Tensor) -> None:
    """Move the averaged weights towards G's: ema ← ema + weight · (now - ema). Buffers (batch-norm) are copied.

    Args:
        weight: 1 - `ema_decay`; small as it is, it must not come from a rounded 1 - decay.
    """
    if isinstance(weight, Tensor):
        for averaged, now in zip(G_ema.parameters(), G.parameters(), strict=True):
            averaged.lerp_(now, weight.to(averaged.dtype))
    else:
        torch._foreach_lerp_(list(G_ema.parameters()), list(G.parameters()), weight)
    for buffer, newest in zip(G_ema.buffers(), G.buffers(), strict=True):
        buffer.copy_(newest)


def ema_decay(batch_images: int, images: int, halflife_images: int, rampup: float = 0.05) -> float:
    """Decay per step such that the average forgets half in `halflife_images`, and sooner at the start.

    The ramp (half-life at most `rampup` of the images seen) is StyleGAN2's (Karras et al. 2020): without it the average
    still holds the random start long after G has learnt.
    """
    halflife = min(float(halflife_images), images * rampup)
    return math.pow(0.5, batch_images / max(halflife, 1e-8))


def _teach_discriminator(
    D: nn.Module,
    rules: Rules,
    optimizer_d: torch.optim.Optimizer,
    real_images: Tensor,
    fake_images: Tensor,
    labels: Tensor | None,
    shown: int | Tensor,
) -> dict[str, Tensor]:
    """One update of D; no gradient flows into `fake_images`."""
    with torch.no_grad():
        fake_images = rules.seen(fake_images, shown)
        real_images = rules.seen(real_images, shown)
    real_logits, fake_logits = _judged(D, rules, real_images, fake_images, labels)
    loss_real, loss_fake = rules.loss.discriminator(*rules.judged(real_logits, fake_logits))
    total = loss_real + loss_fake
    penalties = rules.penalties(lambda images: D(images, labels), real_images, fake_images)
    gradient = _descend(optimizer_d, D.parameters(), sum(penalties.values(), total))
    rules.loss.after_update(D)
    return {
        "loss/d_real": loss_real.detach(),
        "loss/d_fake": loss_fake.detach(),
        "loss/d": total.detach(),
        "prob/real": rules.loss.probability(real_logits.detach()).mean(),
        "prob/fake": rules.loss.probability(fake_logits.detach()).mean(),
        "grad/d": gradient,
        **{key: value.detach() for key, value in penalties.items()},
    }


def _judged(
    D: nn.Module, rules: Rules, real_images: Tensor, fake_images: Tensor, labels: Tensor | None
) -> tuple[Tensor, Tensor]:
    """D's logits [N] of real and of fake images, in one pass where that comes to the same.

    One pass reads and writes D's weights and gradients once. With batch norm each half has statistics of its own
    (Chintala et al. 2016, tip 4), so it takes two.
    """
    if any(isinstance(part, _BatchNorm) for part in D.modules()):
        return rules.forward(D, real_images, labels), rules.forward(D, fake_images, labels)
    twice = None if labels is None else torch.cat([labels, labels])
    real_logits, fake_logits = rules.forward(D, torch.cat([real_images, fake_images]), twice).chunk(2)
    return real_logits, fake_logits


def _teach_generator(
    G: nn.Module,
    D: nn.Module,
    rules: Rules,
    optimizer_g: torch.optim.Optimizer,
    fake_images: Tensor,
    labels: Tensor | None,
    real_images: Tensor | None,
    shown: int | Tensor,
) -> dict[str, Tensor]:
    """One update of G through the images that it made."""
    fake_logits = rules.forward(D, rules.seen(fake_images, shown), labels)
    real_logits = None
    if rules.loss.needs_real and real_images is not None:
        with torch.no_grad():
            real_logits = rules.forward(D, rules.seen(real_images, shown), labels)
    value = rules.loss.generator(fake_logits, real_logits)
    gradient = _descend(optimizer_g, G.parameters(), value)
    return {"loss/g": value.detach(), "grad/g": gradient}


def _descend(optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter], loss: Tensor) -> Tensor:
    """One update; returns the gradient's norm.

    `autograd.grad` computes nothing for the other network's weights, which freezes D while G learns.
    """
    weights = list(parameters)
    gradients = torch.autograd.grad(loss, weights)
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = _laid_out_like(weight, gradient)
    optimizer.step()
    return torch.nn.utils.get_total_norm(gradients)


def _laid_out_like(weight: nn.Parameter, gradient: Tensor) -> Tensor:
    """The gradient in its weight's memory layout, since fused optimizers read them side by side."""
    return gradient if gradient.stride() == weight.stride() else torch.empty_like(weight).copy_(gradient)
