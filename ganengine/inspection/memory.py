"""Whether the generator has memorised: the distances between real images are the yardstick."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.inspection.nearest import Neighbour, search
from ganengine.inspection.spaces import Space

_MOST, _FEWEST = 256, 16  # real images whose neighbours are looked for
_BUDGET = 4e10  # multiplications, about ten seconds of one core
_RARELY = 0.05  # so few real images have another one so near
_MUCH_NEARER = 0.5  # than the real image's own nearest

Verdict = Literal["copy", "near", "apart"]


@dataclass(frozen=True)
class Yardstick:
    """How far real images are from their nearest other real image; copies of each other do not count.

    Attributes:
        distances: float64 [M], in order.
    """

    distances: Tensor

    def share_nearer(self, distance: float) -> float:
        """The share of real images that have another one nearer than this."""
        return float((self.distances < distance).double().mean()) if len(self.distances) else 0.0

    def quantile(self, share: float) -> float:
        """The distance within which this share of the real images have another one."""
        return float(self.distances.quantile(share)) if len(self.distances) else 0.0


def yardstick(space: Space, dataset: ImageDataset, tell: Tell = silent) -> Yardstick:
    """Of a few hundred real images, always the same, or fewer where the data are very large.

    Raises:
        Cancelled: from `tell`.
    """
    affordable = int(_BUDGET / max(1, dataset.count * space.width))
    count = min(dataset.count, max(_FEWEST, min(_MOST, affordable)))
    chosen = torch.randperm(dataset.count, generator=torch.Generator().manual_seed(0))[:count].sort().values
    images = dataset.images[chosen.to(dataset.images.device)]
    found = search(space, images, dataset, 1, apart_from_equals=True, tell=tell).distances.flatten()
    return Yardstick(found[found.isfinite()].sort().values)


@dataclass(frozen=True)
class Reading:
    """What a distance to the nearest real image means.

    Attributes:
        verdict: a copy of a real image; strangely near to one; or neither.
        text: the same in plain words.
    """

    verdict: Verdict
    text: str


def read_distance(
    space: Space, found: Neighbour, dataset: ImageDataset, measure: Yardstick, tell: Tell = silent
) -> Reading:
    """Judge the nearest real image of a generated one.

    It is strangely near where hardly any real images are so near to each other, and where it is also much nearer to
    that image than the image's own nearest fellow is: simple images are all near to each other, and no copies.

    Raises:
        Cancelled: from `tell`.
    """
    turned = " mirrored" if found.mirrored else ""
    if found.distance <= 0 and space.name == "pixels":
        return Reading("copy", f"A copy: it is training image {found.index + 1:,}{turned}, pixel for pixel.")
    own = search(space, dataset.images[found.index][None], dataset, 1, apart_from_equals=True, tell=tell)
    fellow = float(own.distances[0, 0])
    share = measure.share_nearer(found.distance)
    if share <= _RARELY and found.distance < _MUCH_NEARER * fellow:
        return Reading(
            "near",
            f"Suspiciously near to training image {found.index + 1:,}{turned}: {_number(found.distance)}, and that "
            f"image's own nearest fellow is {_number(fellow)} away. The generator may have memorised it.",
        )
    low, middle, high = (_number(measure.quantile(each)) for each in (0.05, 0.5, 0.95))
    return Reading(
        "apart",
        f"Not a copy: the nearest training image is {_number(found.distance)} away. Training images are {middle} from "
        f"their own nearest, most of them {low} to {high}.",
    )


def _number(distance: float) -> str:
    return f"{distance:.3f}" if distance < 1 else f"{distance:.1f}"
