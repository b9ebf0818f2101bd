"""Ways from one latent vector to others, along which the images change little by little."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganengine.inspection.subject import Latent, Subject

Images = NDArray[np.uint8]
_PORTION = 64
_PARALLEL = 1e-6  # radians; below it the arc is as good as straight


def slerp(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Points [F, d] on the arc between two vectors [d], at the places t [F] from 0 to 1.

    White 2016, "Sampling Generative Networks", section 2.1: a straight line would pass through vectors that are shorter
    than nearly all that the generator has seen. The direction turns at constant speed on the sphere, and the length
    changes evenly; between vectors of equal length, this is White's formula.
    """
    a, b, places = start.double(), end.double(), t.double()[:, None]
    lengths = (1 - places) * a.norm() + places * b.norm()
    u, v = _unit(a, b), _unit(b, a)
    # Twice the arctangent, as Kahan has it: the arccosine is blind to small angles.
    omega = 2 * math.atan2(float((u - v).norm()), float((u + v).norm()))
    if omega < _PARALLEL:
        return _float((1 - places) * a + places * b)
    if math.pi - omega < _PARALLEL:
        return _float(lengths * _half_turn(u, places))
    turned = torch.sin((1 - places) * omega) * u + torch.sin(places * omega) * v
    return _float(lengths * turned / math.sin(omega))


def _float(vectors: Tensor) -> Tensor:
    return vectors.to(torch.float32)


def _unit(vector: Tensor, other: Tensor) -> Tensor:
    """The direction of a vector; the null vector has none, and takes the other's."""
    length, others = float(vector.norm()), float(other.norm())
    return vector / length if length else other / others if others else vector


def _half_turn(u: Tensor, places: Tensor) -> Tensor:
    """From a direction to the opposite one, over any that is at right angles to it."""
    across = torch.zeros_like(u)
    across[int(u.abs().argmin())] = 1.0
    across -= (across @ u) * u
    across /= across.norm()
    return torch.cos(places * math.pi) * u + torch.sin(places * math.pi) * across


@dataclass(frozen=True)
class Walk:
    """The latent vectors of a walk.

    Attributes:
        z: [F, latent_dim].
        weights: how much of each class, [F, num_classes]; None where the generator knows none.
    """

    z: Tensor
    weights: Tensor | None = None

    def __len__(self) -> int:
        return len(self.z)


def walk(stops: Sequence[Latent], frames: int, num_classes: int = 0, *, closed: bool = False) -> Walk:
    """A walk that passes the stops in their order, with as many frames from each to the next.

    Args:
        frames: of the whole walk, at least 2. The first is the first stop, and the last is the last.
        num_classes: that the generator knows; between stops of two classes, it is told of a mixture of both.
        closed: go back to the first stop; the last frame is then the one before it, so that a film repeats seamlessly.

    Raises:
        ValueError: there are too few stops or frames.
    """
    if len(stops) < 2 or frames < 2:
        raise ValueError("a walk needs two stops and two frames")
    path = [*stops, stops[0]] if closed else list(stops)
    legs = len(path) - 1
    # Whole frames and legs first: at a stop, the place within its leg is exactly 0 or 1.
    steps = frames if closed else frames - 1
    legs_of = [min(frame * legs // steps, legs - 1) for frame in range(frames)]
    places = torch.tensor([frame * legs / steps - leg for frame, leg in zip(range(frames), legs_of, strict=True)])
    z, weights = [], []
    for leg in range(legs):
        t = places[torch.tensor(legs_of) == leg]
        start, end = path[leg], path[leg + 1]
        z.append(_arc(start.z, end.z, t))
        if num_classes:
            weights.append((1 - t)[:, None] * _one_hot(start, num_classes) + t[:, None] * _one_hot(end, num_classes))
    return Walk(torch.cat(z), torch.cat(weights) if num_classes else None)


def _arc(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """As `slerp`; the ends are exactly what they are."""
    found = slerp(start, end, t)
    found[t == 0], found[t == 1] = start, end
    return found


def _one_hot(latent: Latent, num_classes: int) -> Tensor:
    weights = torch.zeros(num_classes)
    weights[latent.label or 0] = 1.0
    return weights


def walk_images(subject: Subject, way: Walk) -> Iterator[Images]:
    """The images of a walk, one by one uint8 [H, W, C]: a long film is never in memory as a whole."""
    for first in range(0, len(way), _PORTION):
        part = slice(first, first + _PORTION)
        if way.weights is None:
            yield from subject.images(way.z[part])
        else:
            yield from subject.between_classes(way.z[part], way.weights[part])
