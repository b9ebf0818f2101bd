"""Instance noise."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.regularizers.base import Regularizer


class InstanceNoise(Regularizer):
    """Gaussian noise on every image that D sees, real or fake, so that the two overlap; fades away in training.

    Sønderby et al. 2017, "Amortised MAP Inference for Image Super-resolution", section 3.3; Arjovsky & Bottou 2017,
    "Towards Principled Methods for Training Generative Adversarial Networks", section 3.
    """

    order: ClassVar[int] = 40
    instance_noise: float = setting(
        0.0,
        title="Instance noise",
        description="Strength (standard deviation) of random noise on all images that the discriminator sees, which "
        "are from -1 to 1. Makes its task harder at the start. 0.1 is common; 0 turns it off.",
        ge=0.0,
        le=10.0,
    )
    instance_noise_images: int = setting(
        0,
        title="Noise fades in",
        description="The noise becomes evenly weaker until it is gone after this many real images. 0 keeps it for "
        "ever.",
        unit="images",
        ge=0,
        le=1_000_000_000,
    )

    def is_on(self) -> bool:
        return self.instance_noise > 0

    def images(self, images: Tensor, shown: int | Tensor) -> Tensor:
        return images + self.std(shown) * torch.randn_like(images)  # drawn also where it has faded, as a graph does

    def std(self, shown: int | Tensor) -> float | Tensor:
        """Standard deviation after `shown` real images, a 0-d tensor where that is one."""
        if not self.instance_noise_images:
            return self.instance_noise
        left = 1.0 - shown / self.instance_noise_images
        return self.instance_noise * (left.clamp(min=0.0) if isinstance(left, Tensor) else max(0.0, left))
