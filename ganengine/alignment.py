"""What "the same moment" means in several trainings: the same step, or as much time trained. Imports no torch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ganengine.console import duration

Align = Literal["step", "time"]
_TOLERANCE = 1e-6  # seconds; what was rounded on its way to a slider and back is still the same moment


@dataclass(frozen=True)
class Moment:
    """A place that several runs have in common.

    Attributes:
        align: whether `at` counts generator steps, or seconds spent training.
    """

    align: Align
    at: float

    @property
    def text(self) -> str:
        """E.g. "at step 1,200", or "after 2:05 of training"."""
        return f"at step {round(self.at):,}" if self.align == "step" else f"after {training_time(self.at)} of training"


def training_time(seconds: float) -> str:
    """E.g. "4.2 s", "2:05" or "1:02:05"."""
    return f"{seconds:.1f} s" if seconds < 59.95 else duration(seconds)


class Clock:
    """When a run was at which step; between two log points the time passes evenly.

    Args:
        steps, seconds: of each log point, in order.
    """

    def __init__(self, steps: Sequence[float], seconds: Sequence[float]) -> None:
        self._steps = np.concatenate([[0.0], np.asarray(steps, dtype=np.float64)])
        self._seconds = np.concatenate([[0.0], np.maximum.accumulate(np.asarray(seconds, dtype=np.float64))])

    def seconds_at(self, step: float) -> float:
        """Seconds trained when this step was done; the last known after the last log point."""
        return float(np.interp(step, self._steps, self._seconds))

    def step_at(self, moment: Moment, last: int) -> int:
        """The step that was done at a moment, at most the last one."""
        step = moment.at if moment.align == "step" else float(np.interp(moment.at, self._seconds, self._steps))
        return min(int(step + _TOLERANCE), last)

    def newest(self, steps: Iterable[int], moment: Moment) -> int | None:
        """The last of these steps that was done by a moment, or None."""
        if moment.align == "step":
            return max((step for step in steps if step <= moment.at), default=None)
        return max((step for step in steps if self.seconds_at(step) <= moment.at + _TOLERANCE), default=None)
