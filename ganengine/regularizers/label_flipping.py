"""Label flipping."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.regularizers.base import Regularizer


class LabelFlipping(Regularizer):
    """Tells D the wrong thing now and then: the labels of some pairs of a real and a fake image are swapped.

    Chintala et al. 2016, "How to Train a GAN? Tips and tricks to make GANs work", tip 6.
    """

    order: ClassVar[int] = 50
    label_flip: float = setting(
        0.0,
        title="Label flipping",
        description="Share of the pairs of a real and a fake image whose labels are swapped for the discriminator, by "
        "chance. Keeps it from becoming too sure. 0.05 is common; 0 turns it off.",
        ge=0.0,
        lt=0.5,
    )

    def is_on(self) -> bool:
        return self.label_flip > 0

    def logits(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        swap = torch.rand(real_logits.shape, device=real_logits.device) < self.label_flip
        return torch.where(swap, fake_logits, real_logits), torch.where(swap, real_logits, fake_logits)
