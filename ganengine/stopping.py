"""When a training ends by itself before its last step: the settings, and the rules as functions of its history."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ganengine.fields import Section, setting
from ganengine.metrics.measures.base import all_metrics

NO_METRIC = "none"
LONG = 2000  # steps for which a collapse must last: many trainings recover from a short one
OFTEN = 10  # and so many looks at it

if TYPE_CHECKING:
    StopMetric = str
else:  # every metric that there is
    StopMetric = Literal[(NO_METRIC, *all_metrics())]


class Stopping(Section):
    """What ends a training before its last step. A run that is ended so counts as finished."""

    minutes: float = setting(
        0.0,
        title="Stop after",
        description="End the training after so many minutes, counted as the plots count them: without pauses, and "
        "without the time for samples and evaluations. 0 sets no limit.",
        unit="minutes",
        applies="now",
        ge=0,
        le=1_000_000,
    )
    metric: StopMetric = setting(
        NO_METRIC,
        title="Watched metric",
        description="The metric that Stop at and Patience look at. It is known only where images are evaluated.",
        applies="now",
        labels={NO_METRIC: "None"} | {name: metric.title for name, metric in all_metrics().items()},
    )
    target: float = setting(
        0.0,
        title="Stop at",
        description="End the training as soon as the metric is this good. 0 turns it off.",
        applies="now",
        ge=0,
        le=1_000_000,
    )
    patience: int = setting(
        0,
        title="Patience",
        description="End the training when the metric was not better than its best for so many evaluations in a row. "
        "0 turns it off.",
        unit="evaluations",
        applies="now",
        ge=0,
        le=10_000,
    )
    on_collapse: bool = setting(
        False,
        title="Stop on collapse",
        description=f"End the training when nothing is to be hoped for: for {LONG:,} steps, D has told real from "
        "generated images without any doubt, or all images of the sample have looked alike.",
        applies="now",
    )

    @property
    def watches_metric(self) -> bool:
        """Whether any rule looks at the metric."""
        return self.metric != NO_METRIC and bool(self.target or self.patience)

    @property
    def needs_classes(self) -> bool:
        """Whether the metric that is watched exists only for data with classes."""
        return self.watches_metric and all_metrics()[self.metric].needs_classes

    def problem(self, evaluation_every: int) -> str:
        """Why the metric can never end the training, or nothing."""
        if self.watches_metric and not evaluation_every:
            return "is never measured: set Evaluate every (evaluation.every) too"
        return ""

    def time_is_up(self, seconds: float) -> str:
        """The reason to end after so many seconds of training, or nothing."""
        if self.minutes and seconds >= 60 * self.minutes:
            unit = "minute" if self.minutes == 1 else "minutes"
            return f"Stopped after {self.minutes:g} {unit} of training, as its rule says."
        return ""

    def metric_decides(self, values: Sequence[tuple[int, float]]) -> str:
        """The reason to end after these (step, value) of the metric, oldest first, or nothing."""
        if not (self.watches_metric and values):
            return ""
        metric = all_metrics()[self.metric]
        sign = 1 if metric.better == "lower" else -1
        best_at = min(range(len(values)), key=lambda index: sign * values[index][1])  # of equals the first
        step, best = values[best_at]
        if self.target and sign * best <= sign * self.target:
            return (
                f"Stopped because {metric.title} reached {best:.4g} at step {step:,}; the target was {self.target:g}."
            )
        since = len(values) - 1 - best_at
        if self.patience and since >= self.patience:
            return (
                f"Stopped because {metric.title} did not improve in {_times(since)} (best {best:.4g} at step {step:,})."
            )
        return ""


class Streak:
    """For how long something has been so without a break."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._last = self._count = 0

    def add(self, step: int, holds: bool) -> None:
        """One more look at it."""
        if not holds:
            self._since, self._count = None, 0
            return
        self._since = step if self._since is None else self._since
        self._last = step
        self._count += 1

    def is_long(self) -> bool:
        """Whether it has lasted long enough to be no mere phase."""
        return self._since is not None and self._last - self._since >= LONG and self._count >= OFTEN


def has_won(prob_real: float, prob_fake: float) -> bool:
    """Whether D has no doubt left: G's gradient says nothing any more."""
    return prob_real > 0.99 and prob_fake < 0.01


def are_alike(made: float, real: float) -> bool:
    """Whether images with the variety `made` are the same image, by the side of real ones with `real`."""
    return made < 0.03 * real


D_HAS_WON = (
    f"Stopped because D has won: for {LONG:,} steps it has told real from generated images without any doubt. "
    "Try a lower learning rate for D, or more regularization."
)
ALL_ALIKE = (
    f"Stopped because G has collapsed: for {LONG:,} steps all its images have looked alike. "
    "Try a lower learning rate for G, or another loss."
)


def _times(count: int) -> str:
    return "1 evaluation" if count == 1 else f"{count} evaluations"
