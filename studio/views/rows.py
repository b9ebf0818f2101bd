"""Where the rows of a history lie on each axis, for any number of rows in bounded memory."""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from studio.views.buffers import Buffer
from studio.views.smoothing import Floats

Axis = Literal["step", "epoch", "minute"]
AXES: tuple[Axis, ...] = get_args(Axis)
Places = Mapping[Axis, Floats]
"""Where rows lie: for each axis, shape [n]."""
CAPACITY = 1 << 16


class RowTable:
    """All rows up to a capacity; of more, every second one, every fourth, and so on, and always the last.

    What lies between two of them is interpolated: epochs and minutes grow evenly with the steps, or nearly so.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._kept: dict[Axis, Buffer] = {axis: Buffer() for axis in AXES}
        self._last: dict[Axis, float] = dict.fromkeys(AXES, 0.0)
        self._stride = 1
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """What they take."""
        return sum(buffer.nbytes for buffer in self._kept.values())

    @property
    def last_step(self) -> float:
        """The step of the last row, or minus infinity."""
        return self._last["step"] if self._count else float("-inf")

    def extend(self, places: Places) -> None:
        """Add rows whose steps increase, all after the last one."""
        portion = self._capacity // 2
        count = len(places["step"])
        for start in range(0, count, portion):
            self._add({axis: x[start : start + portion] for axis, x in places.items()})

    def _add(self, places: Places) -> None:
        count = len(places["step"])
        while len(self._kept["step"]) + count // self._stride + 1 > self._capacity:
            self._stride *= 2
            for buffer in self._kept.values():
                every_second = buffer.view()[::2].copy()
                buffer.truncate(0)
                buffer.extend(every_second)
        first = -self._count % self._stride
        for axis, x in places.items():
            self._kept[axis].extend(x[first :: self._stride])
            if count:
                self._last[axis] = float(x[-1])
        self._count += count

    def truncate_after(self, step: float) -> None:
        """Forget the rows after a step, and some before it that were not kept each."""
        if step >= self.last_step:
            return
        length = int(np.searchsorted(self._kept["step"].view(), step, side="right"))
        for axis, buffer in self._kept.items():
            buffer.truncate(length)
            self._last[axis] = float(buffer.view()[-1]) if length else 0.0
        self._count = (length - 1) * self._stride + 1 if length else 0

    def span(self, axis: Axis) -> tuple[float, float] | None:
        """The first and the last place, or None without rows."""
        return (float(self._kept[axis].view()[0]), self._last[axis]) if self._count else None

    def places(self, axis: Axis) -> Floats:
        """The places that are known, shape [n]; not copied where nothing was left out."""
        kept = self._kept[axis].view()
        if self._count and self._kept["step"].view()[-1] < self._last["step"]:
            return np.append(kept, self._last[axis])
        return kept

    def convert(self, x: Floats, source: Axis, target: Axis) -> Floats:
        """Places on one axis as places on another one, by interpolation; 0 without rows."""
        if source == target:
            return x
        if not self._count:
            return np.zeros(len(x))
        found: Floats = np.interp(x, self.places(source), self.places(target))
        return found
