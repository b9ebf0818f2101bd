"""The hinge loss."""

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn.functional import relu

from ganengine.losses.base import Loss


class Hinge(Loss):
    """D stops improving on what it already tells apart by a margin; the usual choice with spectral norm.

    Lim & Ye 2017, "Geometric GAN"; Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks",
    equations 16 and 17.
    """

    title: ClassVar[str] = "Hinge"
    kind: Literal["hinge"] = "hinge"

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        return relu(1.0 - real_logits).mean(), relu(1.0 + fake_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -fake_logits.mean()
