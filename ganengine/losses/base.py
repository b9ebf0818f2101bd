"""What every adversarial loss offers."""

from typing import ClassVar

from torch import Tensor, nn

from ganengine.components import Component


class Loss(Component):
    """An adversarial loss on logits [N]; the parts and the generator's loss are scalars, means over the batch.

    Attributes:
        needs_real: whether `generator` also needs D's logits of real images.
        tells_probability: whether `probability` means what it says, so that D can be seen to have won.
    """

    family: ClassVar[str] = "ganengine.losses"
    needs_real: ClassVar[bool] = False
    tells_probability: ClassVar[bool] = True
    kind: str

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        """D's loss as its two parts, on real and on fake images; their sum is minimised."""
        raise NotImplementedError

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """G's loss; `real_logits` [N] are given where `needs_real`."""
        raise NotImplementedError

    def after_update(self, D: nn.Module) -> None:
        """What must be done to D's weights after each of its updates."""

    def probability(self, logits: Tensor) -> Tensor:
        """What is plotted as D(x), one value for each logit: 1 where D is sure of a real image, 0 of a fake one."""
        return logits.sigmoid()
