"""What every adversarial loss offers."""

from typing import ClassVar

from torch import Tensor

from ganengine.components import Component


class Loss(Component):
    """An adversarial loss on logits [N]; each method returns a scalar tensor, the mean over the batch."""

    family: ClassVar[str] = "ganengine.losses"
    kind: str

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        """D's loss as its two parts, on real and on fake images; their sum is minimised."""
        raise NotImplementedError

    def generator(self, fake_logits: Tensor) -> Tensor:
        """G's loss."""
        raise NotImplementedError
