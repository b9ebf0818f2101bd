"""Small data sets for the tests of extractors and evaluations."""

from functools import cache

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.sources.mnist_5k import MNIST5k

CPU = torch.device("cpu")


@cache
def thousand_digits() -> ImageDataset:
    """Real ones, 100 of each."""
    data = MNIST5k().load()
    assert data.labels is not None
    return ImageDataset("digits", data.images[::5].contiguous(), data.labels[::5], data.classes)


def small(channels: int = 1, resolution: int = 28, count: int = 30, labels: Tensor | None = None) -> ImageDataset:
    """Noise, always the same; with labels, of the classes a, b and c."""
    generator = torch.Generator().manual_seed(1)
    shape = (count, channels, resolution, resolution)
    images = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
    classes = () if labels is None else tuple("abc")
    return ImageDataset("noise", images, labels, classes)
