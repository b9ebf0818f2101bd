"""What every discriminator declaration offers."""

from typing import ClassVar

from torch import nn

from ganengine.components import Component
from ganengine.shapes import ImageShape


class Discriminator(Component):
    """Architecture of D."""

    family: ClassVar[str] = "ganengine.networks.discriminators"
    kind: str

    def problem_with(self, shape: ImageShape) -> str | None:
        """Why this architecture cannot judge images of that shape, or None."""
        return None

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        """The network, freshly initialised from torch's global random generator.

        It is called as ``D(images, labels)`` and gives logits [N]; labels int64 [N] only where `num_classes` is not 0.
        """
        raise NotImplementedError
