"""The discriminator's side of the original GAN, which several losses share."""

from torch import Tensor
from torch.nn.functional import softplus

from ganengine.losses.base import Loss
from ganengine.losses.settings import real_label_setting


class CrossEntropy(Loss):
    """Binary cross-entropy for the discriminator. With logits, -log sigmoid(x) = softplus(-x).

    Goodfellow et al. 2014, "Generative Adversarial Nets", equation 1.
    """

    real_label: float = real_label_setting()

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        # BCE(x, y) = y softplus(-x) + (1 - y) softplus(x) = softplus(-x) + (1 - y) x
        on_real = softplus(-real_logits).mean()
        if self.real_label != 1.0:
            on_real = on_real + (1.0 - self.real_label) * real_logits.mean()
        return on_real, softplus(fake_logits).mean()
