"""Where images are near each other: by their pixels, or by what a classifier sees in them."""

import math
from typing import Literal, Protocol, get_args

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.metrics.extractors.base import Extractor
from ganengine.metrics.extractors.own import own_classifier
from ganengine.shapes import ImageShape

SpaceName = Literal["pixels", "features"]
SPACES: tuple[SpaceName, ...] = get_args(SpaceName)


class Space(Protocol):
    """How images become vectors whose distances are looked at.

    Attributes:
        name: of the space.
        width: numbers in a vector.
        unit: what a Euclidean distance is multiplied with, so that people can make something of it.
        rounding: how large the square of a distance may be, as a share of that of a vector, and yet stand for 0.
    """

    name: SpaceName
    width: int
    unit: float
    rounding: float

    def vectors(self, images: Tensor) -> Tensor:
        """Of images uint8 [n, C, H, W]: float64 [n, width], on the CPU."""


class PixelSpace:
    """Pixels as they are. A distance is the root of the mean square difference, 1 between black and white.

    The squared distances of whole numbers below 2⁵³ are exact: nothing depends on how the work is divided.
    """

    name: SpaceName = "pixels"
    rounding = 0.0

    def __init__(self, shape: ImageShape) -> None:
        self.width = shape.size
        self.unit = 1 / (255 * math.sqrt(shape.size))

    def vectors(self, images: Tensor) -> Tensor:
        return images.cpu().flatten(1).to(torch.float64)


class FeatureSpace:
    """What the last hidden layer of the data's own classifier says: alike is what shows the same thing."""

    name: SpaceName = "features"
    unit = 1.0
    rounding = 1e-9

    def __init__(self, extractor: Extractor, width: int) -> None:
        self.about = extractor.about
        self.width = width
        self._extractor = extractor

    def vectors(self, images: Tensor) -> Tensor:
        parts = torch.split(images, self._extractor.portion)
        return torch.cat([self._extractor.features(part).vectors for part in parts]).to(torch.float64)


def space_named(name: SpaceName, dataset: ImageDataset, device: torch.device, tell: Tell = silent) -> Space:
    """A space for the images of a data set; for features, the classifier is trained first if that was never done.

    Raises:
        Cancelled: from `tell`.
    """
    if name == "pixels":
        return PixelSpace(dataset.shape)
    extractor = own_classifier(dataset, device, tell)
    width = extractor.features(dataset.images[:1]).vectors.shape[1]
    return FeatureSpace(extractor, width)
