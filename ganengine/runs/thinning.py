"""Which of many moments stay on disk: the newest, and of the older ones a few that are spread over the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganengine.runs.directory import RunDirectory


def kept(steps: Iterable[int], newest: int, spread: int, unit: int = 1) -> set[int]:
    """The steps to keep: the newest ones, and at most `spread` of the older ones, the first among them.

    The run is divided into stretches of equal length, whose first step stays; where there are too many stretches, they
    become twice as long. So whatever is dropped once is never wanted again when later steps come.

    Args:
        newest: how many of the last ones stay in any case.
        unit: steps between two regular ones; stretches are multiples of it, so that regular steps stay evenly apart.
    """
    ordered = sorted(set(steps))
    cut = max(0, len(ordered) - max(0, newest))
    return {*_spread_out(ordered[:cut], spread, max(1, unit)), *ordered[cut:]}


def _spread_out(ordered: Sequence[int], most: int, unit: int) -> Iterable[int]:
    if most <= 0:
        return ()
    stretch = 1
    while True:
        first: dict[int, int] = {}
        for step in ordered:
            first.setdefault(step // stretch, step)
        if len(first) <= most:
            return first.values()
        stretch = unit if stretch < unit else 2 * stretch


class SampleThinning:
    """Keeps the number of a run's samples bounded while it is trained."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._steps: set[int] | None = None  # read from the disk once: there may be thousands

    def added(self, step: int, keep: int, unit: int) -> tuple[int, ...]:
        """There is one sample more: delete those that are too many, and return their steps.

        Args:
            keep: how many stay; half of them are the newest.
            unit: steps between two samples.
        """
        if self._steps is None:
            self._steps = set(self._run.sample_steps())
        self._steps.add(step)
        if len(self._steps) <= keep:
            return ()
        newest = max(1, keep // 2)
        stay = kept(self._steps, newest, keep - newest, unit)
        dropped = tuple(sorted(self._steps - stay))
        for old in dropped:
            with suppress(OSError):  # it can be tried again by hand; a training does not fail for that
                self._run.sample_path(old).unlink(missing_ok=True)
        self._steps = stay
        return dropped
