"""The original game, as the paper's equation has it."""

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn.functional import softplus

from ganengine.losses.cross_entropy import CrossEntropy


class Minimax(CrossEntropy):
    """Binary cross-entropy; the generator minimises log(1 - D(G(z))), which saturates: for study, not for results.

    Goodfellow et al. 2014, "Generative Adversarial Nets", equation 1. Where D is sure that the images are fake, its
    gradient vanishes, and the generator stops learning.
    """

    title: ClassVar[str] = "Minimax (saturating)"
    kind: Literal["minimax"] = "minimax"

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return -softplus(fake_logits).mean()
