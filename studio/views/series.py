"""A training's metrics as growing columns of numbers. Knows no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from studio.views.pyramid import Blocks, Pyramid
from studio.views.rows import AXES, Axis, Places, RowTable
from studio.views.smoothing import Floats

__all__ = ["AXES", "Axis", "History", "MetricsRow", "Span"]

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MetricsRow:
    """What was measured at one log point.

    Attributes:
        step: generator steps done.
        epoch: passes through the data done, with a fraction.
        images: real images seen.
        seconds: time trained.
        values: metric key (``loss/g``, ``prob/real``, ...) to value.
    """

    step: int
    epoch: float
    images: int
    seconds: float
    values: Mapping[str, float]


class History:
    """Metric columns over steps, which always increase.

    A column may appear late and have gaps: a missing, infinite or NaN value is a gap. Rows that start before the last
    known step rewind the history first: the training went on from an earlier checkpoint. A row at the last known step
    itself adds to it, as the measure of quality does to the losses.

    The memory is bounded, at about 5 MB a metric: of a very long training, values are known in blocks, each with its
    lowest and highest value and its mean (see `Pyramid`).
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._rows = RowTable()
        self._columns: dict[str, Pyramid] = {}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._rows)

    @property
    def keys(self) -> tuple[str, ...]:
        """The metrics met so far, in order of appearance."""
        return tuple(self._columns)

    @property
    def nbytes(self) -> int:
        """What all numbers take."""
        return self._rows.nbytes + sum(column.nbytes for column in self._columns.values())

    # -- growing -------------------------------------------------------------------------------------------------------

    def append(self, step: int, epoch: float, values: Mapping[str, float]) -> None:
        """Add one row."""
        self.extend([MetricsRow(step, epoch, 0, 0.0, values)])

    def extend(self, rows: Sequence[MetricsRow]) -> None:
        """Add rows in order."""
        names = dict.fromkeys(chain.from_iterable(row.values for row in rows))
        missing = np.nan
        self.extend_columns(
            np.array([row.step for row in rows], dtype=np.float64),
            np.array([row.epoch for row in rows], dtype=np.float64),
            {name: np.array([row.values.get(name, missing) for row in rows], float) for name in names},
            np.array([row.seconds / 60 for row in rows], dtype=np.float64),
        )

    def extend_columns(
        self, steps: Floats, epochs: Floats, columns: Mapping[str, Floats], minutes: Floats | None = None
    ) -> None:
        """Add rows that are already columns, each of shape [n]; without minutes, they took none.

        Raises:
            ValueError: the columns differ in length.
        """
        places: Places = {
            "step": steps,
            "epoch": epochs,
            "minute": np.zeros(len(steps)) if minutes is None else minutes,
        }
        if any(len(values) != len(steps) for values in (*places.values(), *columns.values())):
            raise ValueError("every column needs one value a step")
        # From one step back to another, or twice the same: each piece increases.
        cuts = np.flatnonzero(np.diff(steps) <= 0) + 1
        for start, stop in pairwise((0, *cuts.tolist(), len(steps))):
            part = slice(start, stop)
            self._extend_increasing(
                {axis: x[part] for axis, x in places.items()}, {name: values[part] for name, values in columns.items()}
            )

    def _extend_increasing(self, places: Places, columns: Mapping[str, Floats]) -> None:
        steps = places["step"]
        if len(steps) == 0:
            return
        last = self._rows.last_step
        if steps[0] < last:
            self.truncate_after(float(steps[0]) - 1)
        new = slice(1 if steps[0] == last else 0, None)
        self._rows.extend({axis: x[new] for axis, x in places.items()})
        for name, values in columns.items():
            _extend(self._columns.setdefault(name, Pyramid()), steps, values)

    def truncate_after(self, step: float) -> None:
        """Forget all rows after this step."""
        self._rows.truncate_after(step)
        for column in self._columns.values():
            column.truncate_after(step)

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def outline(self, key: str, axis: Axis = "step", within: Span | None = None, most: int = 1000) -> Blocks:
        """One metric in at most so many blocks, of which `Blocks.outline` is the line; where `axis` says.

        Args:
            within: only what lies between these places on the axis, and the next ones to both sides.
        """
        blocks = self._column(key).between(*self._steps_within(within, axis), most)
        return Blocks(
            self._rows.convert(blocks.places, "step", axis), blocks.low, blocks.high, blocks.mean, blocks.sizes
        )

    def smooth_line(
        self, key: str, weight: float, axis: Axis = "step", within: Span | None = None, most: int = 1000
    ) -> tuple[Floats, Floats]:
        """x and y of one metric's moving average in about `most` points; see `Pyramid.smoothed`."""
        steps, values = self._column(key).smoothed(*self._steps_within(within, axis), most, weight)
        return self._rows.convert(steps, "step", axis), values

    def _steps_within(self, within: Span | None, axis: Axis) -> Span:
        if within is None:
            return float("-inf"), float("inf")
        if axis == "step":
            return within
        low, high = self._rows.convert(np.array(within), axis, "step").tolist()
        return low, high

    # -- what is read --------------------------------------------------------------------------------------------------

    def column(self, key: str, axis: Axis = "step") -> tuple[Floats, Floats]:
        """x and y of one metric as finely as it was kept: finite values only, shape [n] each; empty for an unknown key.

        Of a very long training, means; see `Pyramid`.
        """
        blocks = self._column(key).finest()
        return self._rows.convert(blocks.places, "step", axis), blocks.mean

    def smoothed(self, key: str, weight: float, axis: Axis = "step") -> tuple[Floats, Floats]:
        """As `column`, smoothed by `ema`."""
        return self.smooth_line(key, weight, axis, most=2**62)

    def span(self, axis: Axis = "step") -> Span | None:
        """The first and the last x, or None without rows."""
        return self._rows.span(axis)

    def nearest(self, x: float, axis: Axis = "step", keys: Sequence[str] = ()) -> tuple[int, float] | None:
        """The step and epoch of the row nearest to ``x``, or None without rows.

        Args:
            keys: only rows in which one of these was measured count; without any, all rows.
        """
        if not len(self):
            return None
        sought = self._step_at(x, axis)
        known = [self._columns[key].finest().places for key in keys if key in self._columns]
        found = (
            [_nearest(steps, sought) for steps in known if len(steps)]
            if keys
            else [_nearest(self._rows.places("step"), sought)]
        )
        if not found:
            return None
        step = min(found)[1]
        return step, self.epoch_at(step)

    def value_at(self, key: str, step: float) -> float:
        """The metric at exactly this step; NaN where it was not measured. Of a block, the mean."""
        column = self._column(key)
        blocks = column.finest()
        row = int(np.searchsorted(blocks.places, step))
        if row < len(blocks) and (column.block > 1 or blocks.places[row] == step):
            return float(blocks.mean[row])
        return float("nan")

    def rows_at_once(self, keys: Sequence[str]) -> int:
        """Of how many rows a value of `value_at` may be the mean; 1 unless the training is very long."""
        return max((self._column(key).block for key in keys), default=1)

    def epoch_at(self, step: float) -> float:
        """The epoch at any step, by interpolation between rows (0 without rows)."""
        return self.place_of(step, "epoch")

    def epochs_at(self, steps: Floats) -> Floats:
        """As `epoch_at`, for many steps at once."""
        return self._rows.convert(steps, "step", "epoch")

    def place_of(self, step: float, axis: Axis) -> float:
        """Where a step lies on an axis, by interpolation between rows (0 without rows)."""
        return float(self._rows.convert(np.array([step], dtype=np.float64), "step", axis)[0])

    def _step_at(self, x: float, axis: Axis) -> float:
        """The step at a place on an axis, by interpolation between rows."""
        return float(self._rows.convert(np.array([x], dtype=np.float64), axis, "step")[0])

    def _column(self, key: str) -> Pyramid:
        return self._columns.get(key) or Pyramid()


def _extend(column: Pyramid, steps: Floats, values: Floats) -> None:
    """Add values whose steps increase; one at the last known step or before takes the place of that."""
    finite = np.isfinite(values)
    if not finite.all():
        steps, values = steps[finite], values[finite]
    if len(values) and steps[0] <= column.last:
        column.truncate_after(float(steps[0]) - 1)
    column.extend(steps, values)


def _nearest(steps: Floats, sought: float) -> tuple[float, int]:
    """(distance, step) of the step nearest to the one sought; the earlier of two that are equally near."""
    right = min(int(np.searchsorted(steps, sought)), len(steps) - 1)
    left = max(right - 1, 0)
    row = left if abs(steps[left] - sought) <= abs(steps[right] - sought) else right
    return abs(float(steps[row]) - sought), int(steps[row])
