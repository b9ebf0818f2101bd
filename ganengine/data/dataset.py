"""Images as one tensor."""

import hashlib
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ganengine.shapes import ImageShape


@dataclass(frozen=True)
class ImageDataset:
    """All images of a data set in one place.

    Attributes:
        name: what people call it.
        images: uint8 [N, C, H, W], on any device.
        labels: int64 [N], or None where the images have no classes.
        classes: name of each class; empty without labels.
    """

    name: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of images."""
        return self.images.shape[0]

    @property
    def shape(self) -> ImageShape:
        """Shape of one image."""
        return ImageShape(channels=self.images.shape[1], resolution=self.images.shape[2])

    def to(self, device: torch.device) -> "ImageDataset":
        """The same data on another device."""
        labels = None if self.labels is None else self.labels.to(device)
        return replace(self, images=self.images.to(device), labels=labels)

    def fingerprint(self) -> str:
        """A short hash of the pixels: equal for equal images in equal order."""
        digest = hashlib.blake2b(str(tuple(self.images.shape)).encode(), digest_size=12)
        digest.update(self.images.cpu().numpy().data)
        return digest.hexdigest()


def to_unit_range(images: Tensor) -> Tensor:
    """uint8 0..255 → float32 -1..1, the range of the generator's tanh."""
    return images.to(torch.float32).mul_(2.0 / 255.0).sub_(1.0)


def to_uint8(images: Tensor) -> Tensor:
    """float -1..1 → uint8 0..255, rounded to the nearest."""
    return images.detach().mul(127.5).add_(127.5).round_().clamp_(0, 255).to(torch.uint8)
