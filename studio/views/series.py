"""A training's metrics as growing columns of numbers. Knows no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Literal

import numpy as np

from studio.views.smoothing import Floats, ema

Axis = Literal["step", "epoch"]


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


class Buffer:
    """A float64 array that grows at its end; its storage doubles, so that growing is cheap on average."""

    def __init__(self) -> None:
        self._storage = np.empty(256)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def view(self, start: int = 0) -> Floats:
        """The values from ``start`` on, shape [n], not copied: valid until the next change."""
        return self._storage[start : self._length]

    def extend(self, values: Floats) -> None:
        needed = self._length + len(values)
        if needed > len(self._storage):
            grown = np.empty(max(needed, 2 * len(self._storage)))
            grown[: self._length] = self.view()
            self._storage = grown
        self._storage[self._length : needed] = values
        self._length = needed

    def truncate(self, length: int) -> None:
        """Keep at most the first ``length`` values."""
        self._length = min(self._length, length)


@dataclass
class _Column:
    """One metric: only its finite values, each with its own x, so that a plot never meets a NaN."""

    step: Buffer = field(default_factory=Buffer)
    epoch: Buffer = field(default_factory=Buffer)
    value: Buffer = field(default_factory=Buffer)
    smooth: Buffer = field(default_factory=Buffer)
    weight: float = 0.0

    def extend(self, steps: Floats, epochs: Floats, values: Floats) -> None:
        finite = np.isfinite(values)
        if not finite.all():
            steps, epochs, values = steps[finite], epochs[finite], values[finite]
        self.step.extend(steps)
        self.epoch.extend(epochs)
        self.value.extend(values)

    def truncate_after(self, step: float) -> None:
        length = int(np.searchsorted(self.step.view(), step, side="right"))
        for buffer in (self.step, self.epoch, self.value, self.smooth):
            buffer.truncate(length)

    def smoothed(self, weight: float) -> Floats:
        if weight == 0.0:
            return self.value.view()
        if weight != self.weight:
            self.weight = weight
            self.smooth.truncate(0)
        done = len(self.smooth)
        before = float(self.smooth.view()[-1]) if done else 0.0
        self.smooth.extend(ema(self.value.view(done), weight, before, done))
        return self.smooth.view()


class History:
    """Metric columns over steps, which always increase.

    A column may appear late and have gaps: a missing, infinite or NaN value is a gap. Rows that start at or
    before the last known step rewind the history first: the training went on from an earlier checkpoint.
    """

    def __init__(self) -> None:
        self._steps = Buffer()
        self._epochs = Buffer()
        self._columns: dict[str, _Column] = {}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._steps)

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
        )

    def extend_columns(self, steps: Floats, epochs: Floats, columns: Mapping[str, Floats]) -> None:
        """Add rows that are already columns, each of shape [n].

        Raises:
            ValueError: the columns differ in length.
        """
        if any(len(values) != len(steps) for values in (epochs, *columns.values())):
            raise ValueError("every column needs one value a step")
        rewinds = np.flatnonzero(np.diff(steps) <= 0) + 1
        for start, stop in pairwise((0, *rewinds.tolist(), len(steps))):
            part = slice(start, stop)
            self._extend_increasing(steps[part], epochs[part], {name: values[part] for name, values in columns.items()})

    def _extend_increasing(self, steps: Floats, epochs: Floats, columns: Mapping[str, Floats]) -> None:
        if len(steps) == 0:
            return
        if len(self) and steps[0] <= self._steps.view()[-1]:
            self.truncate_after(float(steps[0]) - 1)
        self._steps.extend(steps)
        self._epochs.extend(epochs)
        for name, values in columns.items():
            self._columns.setdefault(name, _Column()).extend(steps, epochs, values)

    def truncate_after(self, step: float) -> None:
        """Forget all rows after this step."""
        length = int(np.searchsorted(self._steps.view(), step, side="right"))
        self._steps.truncate(length)
        self._epochs.truncate(length)
        for column in self._columns.values():
            column.truncate_after(step)

    def clear(self) -> None:
        """Forget everything."""
        self._steps, self._epochs, self._columns = Buffer(), Buffer(), {}

    def column(self, key: str, axis: Axis = "step") -> tuple[Floats, Floats]:
        """x and y of one metric: finite values only, shape [n] each, not copied; empty for an unknown key."""
        column = self._columns.get(key, _Column())
        return (column.step if axis == "step" else column.epoch).view(), column.value.view()

    def smoothed(self, key: str, weight: float, axis: Axis = "step") -> tuple[Floats, Floats]:
        """As `column`, smoothed by `ema`. Costs only the new points while the weight stays the same."""
        column = self._columns.get(key, _Column())
        return (column.step if axis == "step" else column.epoch).view(), column.smoothed(weight)

    def span(self, axis: Axis = "step") -> tuple[float, float] | None:
        """The first and the last x, or None without rows."""
        x = (self._steps if axis == "step" else self._epochs).view()
        return (float(x[0]), float(x[-1])) if len(x) else None

    def nearest(self, x: float, axis: Axis = "step") -> tuple[int, float] | None:
        """The step and epoch of the row nearest to ``x``, or None without rows."""
        known = (self._steps if axis == "step" else self._epochs).view()
        if len(known) == 0:
            return None
        right = min(int(np.searchsorted(known, x)), len(known) - 1)
        left = max(right - 1, 0)
        row = left if abs(known[left] - x) <= abs(known[right] - x) else right
        return int(self._steps.view()[row]), float(self._epochs.view()[row])

    def value_at(self, key: str, step: float) -> float:
        """The metric at exactly this step; NaN where it was not measured."""
        steps, values = self.column(key)
        row = int(np.searchsorted(steps, step))
        return float(values[row]) if row < len(steps) and steps[row] == step else float("nan")

    def epoch_at(self, step: float) -> float:
        """The epoch at any step, by interpolation between rows (0 without rows)."""
        return float(np.interp(step, self._steps.view(), self._epochs.view())) if len(self) else 0.0
