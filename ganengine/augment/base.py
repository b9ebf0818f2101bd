"""What every augmentation may do."""

from typing import ClassVar

from torch import Tensor

from ganengine.parts import Part


class Augmentation(Part):
    """A random change of images, so that few real ones go further. Its defaults change nothing.

    Images are [N, C, H, W] in [-1, 1]; random numbers come from torch's global generator of the images' device, anew
    for each image.
    """

    family: ClassVar[str] = "ganengine.augment"

    def real(self, images: Tensor) -> Tensor:
        """Real images as they are drawn. What is done here the generator learns to do as well."""
        return images

    def both(self, images: Tensor) -> Tensor:
        """Whatever D is about to see, real or fake, in both steps; differentiable.

        What is done here the generator does not learn (DiffAugment, Zhao et al. 2020).
        """
        return images
