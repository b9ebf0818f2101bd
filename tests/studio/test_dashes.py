"""Dashed lines as single lines."""

import numpy as np
import pytest

from studio.views.dashes import LONGEST, UNIT, cut_into_dashes
from studio.views.smoothing import Floats

PATTERN = (4.0, 2.0, 1.0, 2.0)


def dashes(x: Floats, y: Floats, pixel: tuple[float, float] = (1.0, 1.0)) -> list[float]:
    """Lengths in pixels of the connected pieces."""
    x, y, connected = cut_into_dashes(x, y, pixel, PATTERN)
    assert len(x) == len(y) == len(connected)
    lengths, length = [], 0.0
    for step, is_drawn in zip(np.hypot(np.diff(x) / pixel[0], np.diff(y) / pixel[1]), connected[:-1], strict=True):
        if is_drawn:
            length += step
        elif length:
            lengths.append(length)
            length = 0.0
    return lengths


@pytest.mark.parametrize("count", [2, 7, 90, 400])
@pytest.mark.parametrize(("width", "height"), [(250.0, 0.0), (30.0, 250.0)])
def test_dashes_are_as_long_however_many_points_there_are_and_however_steep_it_is(
    count: int, width: float, height: float
) -> None:
    found = dashes(np.linspace(0.0, width, count), np.linspace(0.0, height, count))

    assert len(found) > 10
    assert found == pytest.approx([4 * UNIT, 1 * UNIT] * (len(found) // 2) + [4 * UNIT] * (len(found) % 2))


def test_lengths_are_those_on_the_screen() -> None:
    found = dashes(np.linspace(0.0, 5.0, 80), np.linspace(-3.0, 9.0, 80), pixel=(0.01, 0.05))

    assert found[:2] == pytest.approx([4 * UNIT, 1 * UNIT])


def test_all_points_are_still_there_and_the_cuts_lie_between_them() -> None:
    x, y = np.arange(80.0), np.random.default_rng(0).random(80)

    across, up, _ = cut_into_dashes(x, y, (0.2, 0.01), PATTERN)

    assert set(x) <= set(across)
    assert np.allclose(np.interp(across, x, y), up)


def test_a_line_without_dashes_is_whole() -> None:
    x = np.arange(5.0)

    across, _, connected = cut_into_dashes(x, x, (1.0, 1.0), ())

    assert across is x
    assert connected.all()


@pytest.mark.parametrize("y", [np.full(600, np.nan), np.tile([0.0, 1e6], 300)])
def test_what_cannot_be_seen_makes_no_more_pieces_than_a_screen_holds(y: Floats) -> None:
    _, _, connected = cut_into_dashes(np.arange(600.0), y, (1.0, 1.0), PATTERN)

    assert len(connected) < 600 + 4 * LONGEST / UNIT / sum(PATTERN)
