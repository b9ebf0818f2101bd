"""The loss of nearly every GAN tutorial."""

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn.functional import softplus

from ganengine.losses.cross_entropy import CrossEntropy


class NonSaturating(CrossEntropy):
    """Binary cross-entropy; the generator maximises log D(G(z)).

    Goodfellow et al. 2014, "Generative Adversarial Nets", section 3.
    """

    title: ClassVar[str] = "Non-saturating (BCE)"
    kind: Literal["nonsaturating"] = "nonsaturating"

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(-fake_logits).mean()
