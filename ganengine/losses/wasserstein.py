"""The Wasserstein loss."""

from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from ganengine.fields import setting
from ganengine.losses.base import Loss


class Wasserstein(Loss):
    """D measures how far apart real and fake images are; minus its loss estimates the Wasserstein distance.

    Arjovsky et al. 2017, "Wasserstein GAN", algorithm 1. D's slope must be limited: by clipping its weights as in the
    paper, by a gradient penalty (Gulrajani et al. 2017), or by spectral norm.
    """

    title: ClassVar[str] = "Wasserstein"
    tells_probability: ClassVar[bool] = False
    kind: Literal["wasserstein"] = "wasserstein"
    clip: float = setting(
        0.01,
        title="Clip weights",
        description="After each update, hold all of the discriminator's weights between minus and plus this, so that "
        "its answers cannot become arbitrarily large. 0 turns it off: then use a gradient penalty or spectral norm, "
        "which work better.",
        ge=0.0,
        le=100.0,
    )

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        return -real_logits.mean(), fake_logits.mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()

    @torch.no_grad()
    def after_update(self, D: nn.Module) -> None:
        if self.clip:
            # Of a spectrally normalised layer these are the weights before the division, so it changes nothing there.
            weights: list[Tensor] = list(D.parameters())
            torch._foreach_clamp_min_(weights, -self.clip)
            torch._foreach_clamp_max_(weights, self.clip)
