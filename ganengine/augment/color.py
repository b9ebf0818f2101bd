"""Changes of colour."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.augment.base import Augmentation
from ganengine.fields import setting


class Color(Augmentation):
    """Brightness ± 0.5, saturation × 0 to 2, contrast × 0.5 to 1.5, on real and fake images alike.

    DiffAugment's "color": Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training". Grey images
    have no saturation to change. As in the paper's code, values are not clipped to [-1, 1] afterwards.
    """

    order: ClassVar[int] = 20
    color: bool = setting(
        False,
        title="Colour",
        description="Change brightness, saturation and contrast of all that the discriminator sees, real and fake, by "
        "chance. With few images (hundreds to some thousands) this keeps it from learning them by heart.",
    )

    def is_on(self) -> bool:
        return self.color

    def both(self, images: Tensor) -> Tensor:
        return contrast(saturation(brightness(images)))


def brightness(images: Tensor) -> Tensor:
    """Add a number from -0.5 to 0.5 to each image."""
    return images + (_chance(images) - 0.5)


def saturation(images: Tensor) -> Tensor:
    """Multiply each pixel's distance to its grey value by a number from 0 to 2."""
    if images.shape[1] == 1:
        return images
    grey = images.mean(1, keepdim=True)
    return (images - grey) * (_chance(images) * 2) + grey


def contrast(images: Tensor) -> Tensor:
    """Multiply each image's distance to its mean by a number from 0.5 to 1.5."""
    mean = images.mean((1, 2, 3), keepdim=True)
    return (images - mean) * (_chance(images) + 0.5) + mean


def _chance(images: Tensor) -> Tensor:
    return torch.rand(len(images), 1, 1, 1, device=images.device).to(images.dtype)
