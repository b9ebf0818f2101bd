"""The real images that resemble an image most. Exact, in portions, over data of any size."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.inspection.spaces import Space

_PORTION = 2**21  # numbers of the data that are looked at together: 16 MB


@dataclass(frozen=True)
class Neighbour:
    """A real image that is near.

    Attributes:
        index: its number in the data set.
        distance: in the unit of the space.
        mirrored: whether it is its mirror image that is so near.
    """

    index: int
    distance: float
    mirrored: bool = False


@dataclass(frozen=True)
class Found:
    """The nearest of each of Q queries, the nearest first; of equally near ones the first in the data set.

    Attributes:
        indices: int64 [Q, K]; -1 where there are no more.
        distances: float64 [Q, K]; infinite there.
    """

    indices: Tensor
    distances: Tensor


def search(
    space: Space,
    queries: Tensor,
    dataset: ImageDataset,
    count: int,
    *,
    apart_from_equals: bool = False,
    tell: Tell = silent,
    portion: int = _PORTION,
) -> Found:
    """The `count` real images that are nearest to each query.

    Args:
        queries: images uint8 [Q, C, H, W].
        apart_from_equals: leave out images at distance 0: a real image itself, and copies of it.
        portion: numbers of the data in memory at once.

    Raises:
        Cancelled: from `tell`.
    """
    wanted = space.vectors(queries)
    lengths = wanted.square().sum(dim=1, keepdim=True)
    best = Found(
        torch.full((len(wanted), 0), -1, dtype=torch.int64), torch.empty((len(wanted), 0), dtype=torch.float64)
    )
    for first, images in _portions(dataset, max(1, portion // max(space.width, dataset.shape.size))):
        tell("Comparing with the real images", first, dataset.count)
        known = space.vectors(images)
        squares = (lengths + known.square().sum(dim=1) - 2 * (wanted @ known.T)).clamp_min_(0)
        if apart_from_equals:
            squares[squares <= space.rounding * lengths] = math.inf
        here = torch.arange(first, first + len(images)).expand(len(wanted), -1)
        best = _merged(best, Found(here, squares), count)
    tell("Comparing with the real images", dataset.count, dataset.count)
    indices = best.indices.masked_fill(best.distances.isinf(), -1)
    return Found(indices, best.distances.sqrt() * space.unit)


def nearest(
    space: Space, image: Tensor, dataset: ImageDataset, count: int, *, mirrored: bool = False, tell: Tell = silent
) -> list[Neighbour]:
    """The real images nearest to one image uint8 [C, H, W].

    Args:
        mirrored: the generator learned from mirror images too, so look for these as well.

    Raises:
        Cancelled: from `tell`.
    """
    queries = torch.stack([image, image.flip(2)] if mirrored else [image])
    found = search(space, queries, dataset, count, tell=tell)
    all_ = [
        Neighbour(index, distance, bool(way))
        for way, (indices, distances) in enumerate(zip(found.indices.tolist(), found.distances.tolist(), strict=True))
        for index, distance in zip(indices, distances, strict=True)
        if index >= 0
    ]
    nearer: dict[int, Neighbour] = {}
    for each in sorted(all_, key=lambda each: (each.distance, each.index, each.mirrored)):
        nearer.setdefault(each.index, each)
    return list(nearer.values())[:count]


def _portions(dataset: ImageDataset, size: int) -> Iterator[tuple[int, Tensor]]:
    for first in range(0, dataset.count, size):
        yield first, dataset.images[first : first + size]


def _merged(best: Found, more: Found, count: int) -> Found:
    distances = torch.cat([best.distances, more.distances], dim=1)
    indices = torch.cat([best.indices, more.indices], dim=1)
    # Stable, so that of equally near ones the first in the data set stays first.
    chosen = distances.sort(dim=1, stable=True).indices[:, :count]
    return Found(indices.gather(1, chosen), distances.gather(1, chosen))
