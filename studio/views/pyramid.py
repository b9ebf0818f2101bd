"""A column of numbers of any length in bounded memory: extremes and means of ever larger blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.views.buffers import Buffer
from studio.views.smoothing import Floats, ema

CAPACITY = 1 << 16
"""Entries of the finest level; so many values are kept exactly."""
BYTES_AN_ENTRY = 64
"""Of the finest level, with all levels above it."""
_PORTION = 1 << 12
_FORGOTTEN = 1e-6
"""What a smoothed curve owes to values before it and is not computed."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Values in blocks that follow each other, each array of shape [n].

    Attributes:
        places: where each block ends.
        low, high: its extremes.
        mean: its mean.
        sizes: how many values it holds.
    """

    places: Floats
    low: Floats
    high: Floats
    mean: Floats
    sizes: Floats

    def __len__(self) -> int:
        return len(self.places)

    @property
    def is_dense(self) -> bool:
        """Whether blocks hold more than one value."""
        return len(self) > 0 and bool(self.sizes[0] > 1)

    def outline(self) -> tuple[Floats, Floats]:
        """x and y of a line through all extremes; through the values themselves where the blocks hold one each."""
        if not self.is_dense:
            return self.places, self.mean
        return np.repeat(self.places, 2), np.stack([self.low, self.high], axis=1).ravel()


class _Level:
    """Blocks of one size."""

    def __init__(self, *, single: bool) -> None:
        self.places, self.mean = Buffer(), Buffer()
        self.low, self.high = (self.mean, self.mean) if single else (Buffer(), Buffer())

    def __len__(self) -> int:
        return len(self.places)

    @property
    def buffers(self) -> set[Buffer]:
        return {self.places, self.low, self.high, self.mean}

    def extend(self, places: Floats, low: Floats, high: Floats, mean: Floats) -> None:
        self.places.extend(places)
        self.mean.extend(mean)
        if self.low is not self.mean:
            self.low.extend(low)
            self.high.extend(high)

    def truncate(self, length: int) -> None:
        for buffer in self.buffers:
            buffer.truncate(length)

    def arrays(self, start: int = 0, stop: int | None = None) -> tuple[Floats, Floats, Floats, Floats]:
        """Places, low, high, mean; not copied."""
        part = slice(start, stop)
        return self.places.view()[part], self.low.view()[part], self.high.view()[part], self.mean.view()[part]


class Pyramid:
    """Values at increasing places, of which the finest blocks are let go as the column grows.

    Level n has blocks of 2**n values. The levels from some finest one on are kept, which has at most `capacity` blocks,
    and so all together take at most `BYTES_AN_ENTRY * capacity` bytes, however many values were added. An extreme is
    never lost, and the mean of a block is that of its values. Adding a value costs the same, on average, at any length.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._portion = min(_PORTION, capacity // 2)
        self._levels = [_Level(single=True)]  # of those let go, only a block that has no pair yet
        self._finest = 0
        self._count = 0

    def __len__(self) -> int:
        """How many values there are, also of those let go."""
        return self._count

    @property
    def block(self) -> int:
        """How many values the finest blocks hold."""
        return 1 << self._finest

    @property
    def nbytes(self) -> int:
        """What all levels take."""
        return sum(buffer.nbytes for level in self._levels for buffer in level.buffers)

    @property
    def last(self) -> float:
        """The last place, or minus infinity."""
        for level in self._levels:
            if len(level):
                return float(level.places.view()[-1])
        return float("-inf")

    # -- growing -------------------------------------------------------------------------------------------------------

    def extend(self, places: Floats, values: Floats) -> None:
        """Add finite values at places that increase, all after the last one."""
        for start in range(0, len(values), self._portion):
            part = slice(start, start + self._portion)
            self._add(places[part], values[part])

    def _add(self, places: Floats, values: Floats) -> None:
        coming = len(values) >> self._finest
        if len(self._levels[self._finest]) + coming >= self._capacity:
            self._let_go()
        self._count += len(values)
        self._levels[0].extend(places, values, values, values)
        level = 0
        while self._pair(level):
            level += 1

    def _pair(self, number: int) -> bool:
        """Put the blocks of a level that have a pair into the next one; False: there are none."""
        level = self._levels[number]
        kept = number >= self._finest
        start = 2 * len(self._levels[number + 1]) if kept and number + 1 < len(self._levels) else 0
        pairs = (len(level) - start) // 2
        if not pairs:
            return False
        if number + 1 == len(self._levels):
            self._levels.append(_Level(single=False))
        places, low, high, mean = (array.reshape(-1, 2) for array in level.arrays(start, start + 2 * pairs))
        above = self._levels[number + 1]
        above.extend(
            places[:, 1],
            np.minimum(low[:, 0], low[:, 1]),
            np.maximum(high[:, 0], high[:, 1]),
            0.5 * (mean[:, 0] + mean[:, 1]),
        )
        if not kept:
            _keep_last(level, len(level) - 2 * pairs)
        return True

    def _let_go(self) -> None:
        """Let the finest level go."""
        level = self._levels[self._finest]
        unpaired = len(level) % 2
        rest = [array[len(level) - unpaired :].copy() for array in level.arrays()]
        self._levels[self._finest] = level = _Level(single=self._finest == 0)
        level.extend(*rest)
        self._finest += 1

    def truncate_after(self, place: float) -> None:
        """Forget all after this place; of a block that reaches beyond it, all."""
        if place >= self.last:
            return
        kept = self._levels[self._finest]
        for number in range(self._finest - 1, -1, -1):  # the newest are in the finest
            level = self._levels[number]
            if len(level) and level.places.view()[0] > place:
                for finer in self._levels[: number + 1]:
                    finer.truncate(0)
                break
        length = int(np.searchsorted(kept.places.view(), place, side="right"))
        for level in self._levels[self._finest :]:
            level.truncate(length)
            length //= 2
        self._count = sum(len(level) << n for n, level in enumerate(self._levels[: self._finest + 1]))

    # -- looking -------------------------------------------------------------------------------------------------------

    def finest(self) -> Blocks:
        """All there is, as fine as it was kept."""
        return self._blocks(self._finest, 0, len(self._levels[self._finest]))

    def between(self, low: float, high: float, most: int) -> Blocks:
        """What lies between two places in at most so many blocks, and one more to each side; the newest come singly."""
        level, start, stop = self._level_for(low, high, most)
        return self._blocks(level, start, stop)

    def smoothed(self, low: float, high: float, most: int, weight: float) -> tuple[Floats, Floats]:
        """Places and moving averages (see `ema`), of blocks as of `between`.

        The average is that of the values where blocks hold one each; of larger blocks it takes all values to be the
        block's mean, which moves the curve by less than a block.
        """
        level, start, stop = self._level_for(low, high, most)
        block = weight ** (1 << level)
        warm = int(np.log(_FORGOTTEN) / np.log(block)) + 1 if 0 < block < 1 else 1
        blocks = self._blocks(level, max(0, start - warm), stop)
        average = ema(blocks.mean, block)
        whole = stop - max(0, start - warm)
        if whole < len(blocks):  # smaller blocks at the end
            done = float(average[whole - 1]) if whole else 0.0
            count = float(blocks.sizes[:whole].sum())
            for at in range(whole, len(blocks)):
                decay, before = weight ** blocks.sizes[at], weight**count
                total = decay * done * (1 - before) + (1 - decay) * blocks.mean[at]
                count += float(blocks.sizes[at])
                average[at] = done = total / (1 - weight**count)
        shown = slice(start - max(0, start - warm), None)
        return blocks.places[shown], average[shown]

    def _level_for(self, low: float, high: float, most: int) -> tuple[int, int, int]:
        """The finest level that is coarse enough, and which of its blocks are in view."""
        for number in range(self._finest, len(self._levels)):
            places = self._levels[number].places.view()
            start, stop = np.searchsorted(places, (low, high), side="left").tolist()
            if stop - start <= most:
                break
        return number, max(0, start - 1), min(len(places), stop + 1)

    def _blocks(self, number: int, start: int, stop: int) -> Blocks:
        level = self._levels[number]
        parts = [level.arrays(start, stop)]
        sizes = [np.full(stop - start, float(1 << number))]
        if stop == len(level):
            for finer, arrays in self._rest(number):
                parts.append(arrays)
                sizes.append(np.full(1, float(1 << finer)))
        if len(parts) == 1:
            return Blocks(*parts[0], sizes[0])
        places, low, high, mean = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return Blocks(places, low, high, mean, np.concatenate(sizes))

    def _rest(self, number: int) -> Iterator[tuple[int, tuple[Floats, Floats, Floats, Floats]]]:
        """The blocks below a level that are not in it yet: at most one of each size."""
        for finer in range(number - 1, -1, -1):
            level = self._levels[finer]
            if len(level) % 2:
                yield finer, level.arrays(len(level) - 1)


def _keep_last(level: _Level, count: int) -> None:
    rest = [array[len(level) - count :].copy() for array in level.arrays()]
    level.truncate(0)
    level.extend(*rest)
