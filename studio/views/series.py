"""A training's metrics as growing columns of numbers. Knows no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal, get_args

import numpy as np

from studio.views.buffers import Buffer
from studio.views.smoothing import Floats, ema

Axis = Literal["step", "epoch", "minute"]
AXES: tuple[Axis, ...] = get_args(Axis)


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


Places = Mapping[Axis, Floats]
"""Where rows lie: for each axis, shape [n]."""


class _Column:
    """One metric: only its finite values, each with its own x, so that a plot never meets a NaN."""

    def __init__(self) -> None:
        self.x: dict[Axis, Buffer] = {axis: Buffer() for axis in AXES}
        self.value = Buffer()
        self._smooth = Buffer()
        self._weight = 0.0

    def extend(self, places: Places, values: Floats) -> None:
        """Add values whose steps increase; one at the last known step or before takes the place of that."""
        finite = np.isfinite(values)
        if not finite.all():
            places, values = {axis: x[finite] for axis, x in places.items()}, values[finite]
        steps = self.x["step"].view()
        if len(values) and len(steps) and places["step"][0] <= steps[-1]:
            self.truncate_after(float(places["step"][0]) - 1)
        for axis, x in places.items():
            self.x[axis].extend(x)
        self.value.extend(values)

    def truncate_after(self, step: float) -> None:
        length = int(np.searchsorted(self.x["step"].view(), step, side="right"))
        for buffer in (*self.x.values(), self.value, self._smooth):
            buffer.truncate(length)

    def smoothed(self, weight: float) -> Floats:
        if weight == 0.0:
            return self.value.view()
        if weight != self._weight:
            self._weight = weight
            self._smooth.truncate(0)
        done = len(self._smooth)
        before = float(self._smooth.view()[-1]) if done else 0.0
        self._smooth.extend(ema(self.value.view(done), weight, before, done))
        return self._smooth.view()


class History:
    """Metric columns over steps, which always increase.

    A column may appear late and have gaps: a missing, infinite or NaN value is a gap. Rows that start before the last
    known step rewind the history first: the training went on from an earlier checkpoint. A row at the last known step
    itself adds to it, as the measure of quality does to the losses.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._x: dict[Axis, Buffer] = {axis: Buffer() for axis in AXES}
        self._columns: dict[str, _Column] = {}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._x["step"])

    @property
    def keys(self) -> tuple[str, ...]:
        """The metrics met so far, in order of appearance."""
        return tuple(self._columns)

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
        last = self._x["step"].view()[-1] if len(self) else -np.inf
        if steps[0] < last:
            self.truncate_after(float(steps[0]) - 1)
        new = slice(1 if steps[0] == last else 0, None)
        for axis, x in places.items():
            self._x[axis].extend(x[new])
        for name, values in columns.items():
            self._columns.setdefault(name, _Column()).extend(places, values)

    def truncate_after(self, step: float) -> None:
        """Forget all rows after this step."""
        length = int(np.searchsorted(self._x["step"].view(), step, side="right"))
        for buffer in self._x.values():
            buffer.truncate(length)
        for column in self._columns.values():
            column.truncate_after(step)

    def column(self, key: str, axis: Axis = "step") -> tuple[Floats, Floats]:
        """x and y of one metric: finite values only, shape [n] each, not copied; empty for an unknown key."""
        column = self._columns.get(key) or _Column()
        return column.x[axis].view(), column.value.view()

    def smoothed(self, key: str, weight: float, axis: Axis = "step") -> tuple[Floats, Floats]:
        """As `column`, smoothed by `ema`. Costs only the new points while the weight stays the same."""
        column = self._columns.get(key) or _Column()
        return column.x[axis].view(), column.smoothed(weight)

    def span(self, axis: Axis = "step") -> tuple[float, float] | None:
        """The first and the last x, or None without rows."""
        x = self._x[axis].view()
        return (float(x[0]), float(x[-1])) if len(x) else None

    def nearest(self, x: float, axis: Axis = "step", keys: Sequence[str] = ()) -> tuple[int, float] | None:
        """The step and epoch of the row nearest to ``x``, or None without rows.

        Args:
            keys: only rows in which one of these was measured count; without any, all rows.
        """
        known = [(column.x[axis].view(), column.x["step"].view()) for column in map(self._columns.get, keys) if column]
        if not keys:
            known = [(self._x[axis].view(), self._x["step"].view())]
        found = [_nearest(places, steps, x) for places, steps in known if len(places)]
        if not found:
            return None
        step = min(found)[1]
        return step, self.epoch_at(step)

    def value_at(self, key: str, step: float) -> float:
        """The metric at exactly this step; NaN where it was not measured."""
        steps, values = self.column(key)
        row = int(np.searchsorted(steps, step))
        return float(values[row]) if row < len(steps) and steps[row] == step else float("nan")

    def epoch_at(self, step: float) -> float:
        """The epoch at any step, by interpolation between rows (0 without rows)."""
        return self.place_of(step, "epoch")

    def place_of(self, step: float, axis: Axis) -> float:
        """Where a step lies on an axis, by interpolation between rows (0 without rows)."""
        if axis == "step":
            return float(step)
        return float(np.interp(step, self._x["step"].view(), self._x[axis].view())) if len(self) else 0.0


def _nearest(places: Floats, steps: Floats, x: float) -> tuple[float, int]:
    """(distance, step) of the place nearest to ``x``; the earlier of two that are equally near."""
    right = min(int(np.searchsorted(places, x)), len(places) - 1)
    left = max(right - 1, 0)
    row = left if abs(places[left] - x) <= abs(places[right] - x) else right
    return abs(float(places[row]) - x), int(steps[row])
