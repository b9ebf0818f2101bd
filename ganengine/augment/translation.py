"""Shifts."""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from ganengine.augment.base import Augmentation
from ganengine.fields import setting


class Translation(Augmentation):
    """Shifts by whole pixels up to a share of the size, on real and fake images alike; what comes in is 0 (mid-grey).

    DiffAugment's "translation": Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", whose
    code fills with 0 in [-1, 1] too. The generator does not learn the grey edge, since its own images get it as well.
    """

    order: ClassVar[int] = 30
    translation: float = setting(
        0.0,
        title="Shift",
        description="Shift all that the discriminator sees, real and fake, by up to this share of the image's size, "
        "by chance. With few images this keeps it from learning them by heart. 0.125 in the paper; 0 turns it off.",
        ge=0.0,
        le=0.5,
    )

    def is_on(self) -> bool:
        return self.translation > 0

    def both(self, images: Tensor) -> Tensor:
        height, width = images.shape[2:]
        most_y, most_x = (int(size * self.translation + 0.5) for size in (height, width))
        padded = pad(images, (most_x, most_x, most_y, most_y))
        rows = _shifted(len(images), height, most_y, images.device)[:, :, None]
        columns = _shifted(len(images), width, most_x, images.device)[:, None, :]
        # Each pixel is read at most once, so that the gradient is exact and the same every time on a GPU too.
        places = (rows * padded.shape[3] + columns).flatten(1)[:, None, :].expand(-1, images.shape[1], -1)
        return padded.flatten(2).gather(2, places).view_as(images)


def _shifted(count: int, size: int, most: int, device: torch.device) -> Tensor:
    """Which `size` neighbouring places out of size + 2·most each of `count` images takes, [count, size]."""
    start = torch.randint(0, 2 * most + 1, (count, 1), device=device)
    return start + torch.arange(size, device=device)
