"""What both steps of a training play by: the loss, and whatever regularizes or augments it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn

from ganengine.augment.base import Augmentation
from ganengine.config import TrainConfig
from ganengine.losses.base import Loss
from ganengine.parts import active
from ganengine.regularizers.base import Regularizer


@dataclass(frozen=True)
class Rules:
    """A loss with the regularizers and augmentations that are on, in the order in which they are applied.

    Attributes:
        autocast: what the networks compute in where that is not the weights' own precision.
    """

    loss: Loss
    regularizers: tuple[Regularizer, ...] = ()
    augmentations: tuple[Augmentation, ...] = ()
    autocast: torch.dtype | None = None

    @classmethod
    def of(cls, config: TrainConfig) -> Self:
        """Those that the settings ask for."""
        return cls(
            config.loss,
            tuple(active(Regularizer, config.regularization)),
            tuple(active(Augmentation, config.augment)),
            config.compute.autocast,
        )

    def forward(self, network: nn.Module, inputs: Tensor, labels: Tensor | None = None) -> Tensor:
        """The network's images or logits, always in the weights' precision, whatever it computes in."""
        if self.autocast is None:
            outputs: Tensor = network(inputs, labels)
            return outputs
        # Nothing is cached: a weight that was rounded before an update must not be used after it.
        with torch.autocast(inputs.device.type, self.autocast, cache_enabled=False):
            outputs = network(inputs, labels)
        return outputs.to(inputs.dtype)

    def drawn(self, real_images: Tensor) -> Tensor:
        """Real images [N, C, H, W] as they come from the data, e.g. every other one mirrored."""
        for part in self.augmentations:
            real_images = part.real(real_images)
        return real_images

    def seen(self, images: Tensor, shown: int | Tensor) -> Tensor:
        """What D gets to see of real or generated images [N, C, H, W], after `shown` images of the training."""
        for augmentation in self.augmentations:
            images = augmentation.both(images)
        for regularizer in self.regularizers:
            images = regularizer.images(images, shown)
        return images

    def judged(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        """The logits [N] that D is told are of real and of fake images."""
        for part in self.regularizers:
            real_logits, fake_logits = part.logits(real_logits, fake_logits)
        return real_logits, fake_logits

    def penalties(self, D: Callable[[Tensor], Tensor], real_images: Tensor, fake_images: Tensor) -> dict[str, Tensor]:
        """Metric key → 0-d tensor that is added to D's loss."""
        return {part.metric: part.penalty(D, real_images, fake_images) for part in self.regularizers if part.metric}
