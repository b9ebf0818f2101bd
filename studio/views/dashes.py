"""A dashed line as single lines: of many points, Qt draws those ten times as fast as one dashed path."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.views.smoothing import Floats

UNIT = 3.0
"""Pixels that one unit of a dash takes."""
LONGEST = 2_000.0
"""Pixels up to which dashes are laid along a line. One that goes up and down all the time is longer: its dashes are
laid along its width."""


def cut_into_dashes(
    x: Floats, y: Floats, pixel: tuple[float, float], pattern: Sequence[float]
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Cut a line where its dashes end.

    Args:
        x, y: its points from left to right.
        pixel: width and height of a pixel in the units of x and y.
        pattern: lengths of the dashes and gaps by turns, in units; without any, the line is whole.

    Returns:
        The points with the cuts among them, and which of them are connected with their next ones; all of one length.
    """
    if not pattern or len(x) < 2:
        return x, y, np.ones(len(x), dtype=bool)
    ends = UNIT * np.cumsum(pattern)
    along = _along(x / max(pixel[0], 1e-300), y / max(pixel[1], 1e-300))
    first_of_rounds = np.arange(0.0, along[-1], ends[-1])
    cuts = (first_of_rounds[:, None] + ends).ravel()
    places = np.union1d(along, cuts[cuts < along[-1]])
    middle = 0.5 * (places + np.append(places[1:], places[-1:]))
    connected: NDArray[np.bool_] = np.searchsorted(ends, middle % ends[-1], side="right") % 2 == 0
    return np.interp(places, along, x), np.interp(places, along, y), connected


def _along(x: Floats, y: Floats) -> Floats:
    """Length of the way to each point, in pixels."""
    steps = np.hypot(np.diff(x), np.nan_to_num(np.diff(y)))
    if steps.sum() > LONGEST:
        steps = np.minimum(np.diff(x), LONGEST / len(x))
    return np.concatenate(([0.0], np.cumsum(steps)))
