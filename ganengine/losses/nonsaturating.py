"""The loss of nearly every GAN tutorial."""

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn.functional import softplus

from ganengine.fields import setting
from ganengine.losses.base import Loss


class NonSaturating(Loss):
    """Binary cross-entropy; the generator maximises log D(G(z)).

    Goodfellow et al. 2014, "Generative Adversarial Nets", section 3; one-sided label smoothing from Salimans et al.
    2016, "Improved Techniques for Training GANs", section 3.4. With logits, -log sigmoid(x) = softplus(-x).
    """

    title: ClassVar[str] = "Non-saturating (BCE)"
    kind: Literal["nonsaturating"] = "nonsaturating"
    real_label: float = setting(
        1.0,
        title="Real label",
        description="What the discriminator is told a real image is worth. 0.9 instead of 1 (one-sided label "
        "smoothing) "
        "keeps it from becoming over-confident.",
        gt=0.5,
        le=1.0,
    )

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        # BCE(x, y) = y softplus(-x) + (1 - y) softplus(x) = softplus(-x) + (1 - y) x
        on_real = softplus(-real_logits).mean()
        if self.real_label != 1.0:
            on_real = on_real + (1.0 - self.real_label) * real_logits.mean()
        return on_real, softplus(fake_logits).mean()

    def generator(self, fake_logits: Tensor) -> Tensor:
        return softplus(-fake_logits).mean()
