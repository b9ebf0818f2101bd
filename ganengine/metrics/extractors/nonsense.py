"""Images that belong to no class, so that the classifier is not sure of what an untrained generator makes."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

_STRIPS = 6


def nonsense(images: Tensor, generator: torch.Generator) -> Tensor:
    """From real images uint8 [N, C, H, W], N ≥ 3, as many others of no class.

    A third is cut into strips that are put together in another order, a third has its pixels shuffled, and a third is
    blobs and noise of any size, contrast and brightness, down to plain grey.
    """
    cut, shuffled, replaced = images.tensor_split(3)
    return torch.cat([_cut(cut, generator), _shuffled(shuffled, generator), _blobs(replaced, generator)])


def _cut(images: Tensor, generator: torch.Generator) -> Tensor:
    rows, columns = (_strips_shuffled(side, generator).to(images.device) for side in images.shape[2:])
    return images[:, :, rows][:, :, :, columns]


def _strips_shuffled(side: int, generator: torch.Generator) -> Tensor:
    strips = torch.arange(side).chunk(_STRIPS)
    return torch.cat([strips[place] for place in torch.randperm(len(strips), generator=generator).tolist()])


def _shuffled(images: Tensor, generator: torch.Generator) -> Tensor:
    pixels = images.flatten(2)
    order = torch.randperm(pixels.shape[2], generator=generator).to(images.device)
    return pixels[:, :, order].reshape(images.shape)


def _blobs(images: Tensor, generator: torch.Generator) -> Tensor:
    count, channels, side = images.shape[:3]
    cells = max(2, side >> int(torch.randint(0, 5, (), generator=generator)))
    noise = torch.rand(count, channels, cells, cells, generator=generator).to(images.device)
    contrast, level = torch.rand(2, count, 1, 1, 1, generator=generator).to(images.device)
    spread = interpolate(noise, size=(side, side), mode="bilinear", align_corners=False)
    blobs: Tensor = level + contrast * (spread - 0.5)
    return blobs.clamp(0, 1).mul(255).to(torch.uint8)
