"""Images as one tensor."""

import hashlib
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ganengine.shapes import ImageShape

# The rest is for networks, activations and optimizers.
_SHARE_OF_GPU = 0.5


@dataclass(frozen=True)
class LeftOut:
    """A file that is not among the images: its name within the data, and the reason in plain words."""

    name: str
    reason: str


@dataclass(frozen=True)
class ImageDataset:
    """All images of a data set in one place.

    Attributes:
        name: what people call it.
        images: uint8 [N, C, H, W], on any device.
        labels: int64 [N], or None where the images have no classes.
        classes: name of each class; empty without labels.
        left_out: files that could not be used, and why.
        digest: the fingerprint where it is known already, e.g. from the cache.
    """

    name: str
    images: Tensor
    labels: Tensor | None = None
    classes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    digest: str | None = None

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

    def resident(self, device: torch.device) -> "ImageDataset":
        """The same data on `device`, or where they would take most of its free memory, still with the host."""
        if device.type == "cuda" and self.images.nbytes > _SHARE_OF_GPU * torch.cuda.mem_get_info(device)[0]:
            return self
        return self.to(device)

    def fingerprint(self) -> str:
        """A short hash of the pixels: equal for equal images in equal order."""
        if self.digest is not None:
            return self.digest
        digest = hashlib.blake2b(str(tuple(self.images.shape)).encode(), digest_size=12)
        digest.update(self.images.cpu().numpy().data)
        return digest.hexdigest()


def to_unit_range(images: Tensor) -> Tensor:
    """uint8 0..255 → float32 -1..1, the range of the generator's tanh."""
    return images.to(torch.float32).mul_(2.0 / 255.0).sub_(1.0)


def to_uint8(images: Tensor) -> Tensor:
    """float -1..1 → uint8 0..255, rounded to the nearest."""
    return images.detach().mul(127.5).add_(127.5).round_().clamp_(0, 255).to(torch.uint8)
