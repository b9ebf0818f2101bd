"""What every generator declaration offers."""

from typing import ClassVar

from torch import nn

from ganengine.components import Component
from ganengine.fields import setting
from ganengine.shapes import ImageShape


class Generator(Component):
    """Architecture of G."""

    family: ClassVar[str] = "ganengine.networks.generators"
    kind: str
    latent_dim: int = setting(
        100,
        title="Latent dimension",
        description="How many random numbers each image is made from.",
        unit="numbers",
        ge=1,
        le=4096,
    )

    def problem_with(self, shape: ImageShape) -> str | None:
        """Why this architecture cannot make images of that shape, or None."""
        return None

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        """The network, freshly initialised from torch's global random generator.

        It is called as ``G(z, labels)`` with z [N, latent_dim]; labels int64 [N] only where `num_classes` is not 0.
        """
        raise NotImplementedError
