"""Small square images at the sizes that networks like."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

PIECE = 256  # images whose intermediate results stay in the processor's cache


def resized(images: Tensor, resolution: int) -> Tensor:
    """The images at another size: 28 gets a black border of 2 to become 32; 64 is 32 enlarged smoothly.

    Args:
        images: uint8 [N, C, 28, 28] or [N, C, 32, 32].
        resolution: 28, 32 or 64, not below the images' own side.

    Returns:
        uint8 [N, C, resolution, resolution]; the images themselves where they have that size.
    """
    return joined([images], resolution)


def joined(parts: Sequence[Tensor], resolution: int) -> Tensor:
    """All images of some parts, one after the other, as `resized` has them."""
    if len(parts) == 1 and parts[0].shape[-1] == resolution:
        return parts[0]
    count, channels = sum(len(part) for part in parts), parts[0].shape[1]
    # Filled piece by piece, so that the large images are in memory once.
    found = torch.empty((count, channels, resolution, resolution), dtype=torch.uint8)
    pieces = (piece for part in parts for piece in torch.split(part, PIECE))
    places = (place for part in torch.split(found, [len(part) for part in parts]) for place in torch.split(part, PIECE))
    for piece, place in zip(pieces, places, strict=True):
        place.copy_(_at(piece, resolution))
    return found


def _at(images: Tensor, resolution: int) -> Tensor:
    if images.shape[-1] == 28 < resolution:
        images = pad(images, (2, 2, 2, 2))
    return images if images.shape[-1] == resolution else _doubled(images)


def _doubled(images: Tensor) -> Tensor:
    """`interpolate(…, scale_factor=2, mode="bilinear")` rounded to the nearest even, in a fifth of the time.

    Each new pixel is 9/16 of the nearest old one, 3/16 of two neighbours and 1/16 of the one across; the edges repeat.
    """
    wide = pad(images.to(torch.int16), (1, 1, 1, 1), mode="replicate")
    near = 3 * wide[..., 1:-1]
    rows = torch.stack((near + wide[..., :-2], near + wide[..., 2:]), dim=-1).flatten(-2)
    near = 3 * rows[..., 1:-1, :]
    sums = torch.stack((near + rows[..., :-2, :], near + rows[..., 2:, :]), dim=-2).flatten(-3, -2)
    return ((sums + 7 + ((sums >> 4) & 1)) >> 4).to(torch.uint8)
