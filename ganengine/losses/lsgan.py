"""Least squares."""

from typing import ClassVar, Literal

from torch import Tensor

from ganengine.losses.base import Loss
from ganengine.losses.settings import real_label_setting


class LSGAN(Loss):
    """Squared distance of D's answer to 1 (real) and 0 (fake); smooth, and never saturates.

    Mao et al. 2017, "Least Squares Generative Adversarial Networks", equation 9 (a = 0, b = c = 1), with the paper's
    factor 1/2 on each term. b is lowered by `real_label`.
    """

    title: ClassVar[str] = "Least squares (LSGAN)"
    kind: Literal["lsgan"] = "lsgan"
    real_label: float = real_label_setting()

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        return (real_logits - self.real_label).square().mean() / 2, fake_logits.square().mean() / 2

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return (fake_logits - 1.0).square().mean() / 2

    def probability(self, logits: Tensor) -> Tensor:
        return logits  # the answers themselves are drawn towards 0 and 1
