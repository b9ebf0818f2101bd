"""Cutout."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.augment.base import Augmentation
from ganengine.fields import setting


class Cutout(Augmentation):
    """Sets a square somewhere in each image to 0 (mid-grey), on real and fake images alike; it may stick out.

    DiffAugment's "cutout": Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training".
    """

    order: ClassVar[int] = 40
    cutout: float = setting(
        0.0,
        title="Cut-out",
        description="Cover a square of this share of the image's size, at a place by chance, in all that the "
        "discriminator sees, real and fake. With few images this keeps it from learning them by heart. 0.5 in the "
        "paper; 0 turns it off.",
        ge=0.0,
        le=0.9,
    )

    def is_on(self) -> bool:
        return self.cutout > 0

    def both(self, images: Tensor) -> Tensor:
        height, width = images.shape[2:]
        rows = _covered(len(images), height, self.cutout, images.device)[:, None, :, None]
        columns = _covered(len(images), width, self.cutout, images.device)[:, None, None, :]
        return images.masked_fill(rows & columns, 0.0)


def _covered(count: int, size: int, share: float, device: torch.device) -> Tensor:
    """Which of `size` places each of `count` images loses, bool [count, size]; the middle is anywhere in the image."""
    length = int(size * share + 0.5)
    middle = torch.randint(0, size + 1 - length % 2, (count, 1), device=device)
    behind = torch.arange(size, device=device) - (middle - length // 2)
    return (behind >= 0) & (behind < length)
