"""What every regularizer may do."""

from collections.abc import Callable
from typing import ClassVar

from torch import Tensor

from ganengine.parts import Part

Judge = Callable[[Tensor], Tensor]
"""A discriminator whose labels are bound: images [N, C, H, W] → logits [N]."""


class Regularizer(Part):
    """Something that keeps the discriminator from winning too easily. Its defaults change nothing.

    Attributes:
        metric: key of the plotted penalty, e.g. ``penalty/r1``; empty where there is no penalty.
    """

    family: ClassVar[str] = "ganengine.regularizers"
    metric: ClassVar[str] = ""

    def penalty(self, D: Judge, real_images: Tensor, fake_images: Tensor) -> Tensor:
        """What is added to D's loss, 0-d and differentiable in D's weights; only where `metric` is not empty.

        Args:
            D: images [N, C, H, W] → logits [N], differentiable twice.
            real_images, fake_images: [N, C, H, W] in [-1, 1]; no gradient flows into them.
        """
        raise NotImplementedError

    def images(self, images: Tensor, shown: int | Tensor) -> Tensor:
        """What D sees of images [N, C, H, W], real or fake, in both steps; `shown` counts the real ones so far.

        It must draw the same random numbers whatever `shown` is, which is a 0-d tensor in a compiled step.
        """
        return images

    def logits(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        """What D's loss takes for the logits [N] of real and of fake images, in D's step only."""
        return real_logits, fake_logits
