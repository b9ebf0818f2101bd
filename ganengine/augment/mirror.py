"""Mirroring."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.augment.base import Augmentation
from ganengine.fields import setting


class Mirror(Augmentation):
    """Each real image is mirrored left to right with probability 1/2, which doubles the data."""

    order: ClassVar[int] = 10
    mirror: bool = setting(
        False,
        title="Mirror",
        description="Mirror every second real image left to right, by chance. Good for faces and things; wrong for "
        "letters and digits, where the generator would learn mirrored ones too.",
    )

    def is_on(self) -> bool:
        return self.mirror

    def real(self, images: Tensor) -> Tensor:
        chance = torch.rand(len(images), 1, 1, 1, device=images.device)
        return torch.where(chance < 0.5, images.flip(3), images)
