"""The mathematics of one training step: one update of the discriminator, one of the generator.

Plain functions on tensors, after Goodfellow et al. 2014, algorithm 1. They return what is worth plotting as 0-d
tensors on the training device; nothing here waits for the device. `labels` are class numbers int64 [N] for networks
that know classes, else None.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ganengine.rules import Rules


def discriminator_step(
    G: nn.Module,
    D: nn.Module,
    rules: Rules,
    optimizer_d: torch.optim.Optimizer,
    real_images: Tensor,
    z: Tensor,
    labels: Tensor | None = None,
    shown: int = 0,
) -> dict[str, Tensor]:
    """Teach D to tell `real_images` [N, C, H, W] in [-1, 1] from G(z), z of shape [N, latent_dim].

    Args:
        labels: the classes of the real images; the generated ones are of the same classes.
        shown: real images shown so far, which some regularizers fade with.
    """
    with torch.no_grad():
        fake_images = rules.seen(G(z, labels), shown)
        real_images = rules.seen(real_images, shown)
    real_logits, fake_logits = D(real_images, labels), D(fake_images, labels)
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


def generator_step(
    G: nn.Module,
    D: nn.Module,
    rules: Rules,
    optimizer_g: torch.optim.Optimizer,
    z: Tensor,
    labels: Tensor | None = None,
    real_images: Tensor | None = None,
    shown: int = 0,
) -> dict[str, Tensor]:
    """Teach G to fool D with G(z), z of shape [N, latent_dim]; D stays as it is.

    Args:
        labels: the classes to make.
        real_images: [N, C, H, W] in [-1, 1] of the same classes, for a loss that compares with them.
    """
    fake_logits = D(rules.seen(G(z, labels), shown), labels)
    real_logits = None
    if rules.loss.needs_real and real_images is not None:
        with torch.no_grad():
            real_logits = D(rules.seen(real_images, shown), labels)
    value = rules.loss.generator(fake_logits, real_logits)
    gradient = _descend(optimizer_g, G.parameters(), value)
    return {"loss/g": value.detach(), "grad/g": gradient}


@torch.no_grad()
def update_ema(G_ema: nn.Module, G: nn.Module, decay: float) -> None:
    """Move the averaged weights towards G's: ema ← decay · ema + (1 - decay) · now. Buffers (batch-norm) are copied."""
    torch._foreach_lerp_(list(G_ema.parameters()), list(G.parameters()), 1.0 - decay)
    for averaged, now in zip(G_ema.buffers(), G.buffers(), strict=True):
        averaged.copy_(now)


def ema_decay(batch_images: int, images: int, halflife_images: int, rampup: float = 0.05) -> float:
    """Decay per step such that the average forgets half in `halflife_images`, and sooner at the start.

    The ramp (half-life at most `rampup` of the images seen) is StyleGAN2's (Karras et al. 2020): without it the average
    still holds the random start long after G has learnt.
    """
    halflife = min(float(halflife_images), images * rampup)
    return math.pow(0.5, batch_images / max(halflife, 1e-8))


def _descend(optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter], loss: Tensor) -> Tensor:
    """One update; returns the gradient's norm.

    `autograd.grad` computes nothing for the other network's weights, which freezes D while G learns.
    """
    weights = list(parameters)
    gradients = torch.autograd.grad(loss, weights)
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient
    optimizer.step()
    return torch.nn.utils.get_total_norm(gradients)
