"""Runs beside each other: what differs between them, and how far each came."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ganengine.alignment import Align, Clock, Moment
from ganengine.config import TrainConfig
from ganengine.differences import Difference, differences, short_labels, told_apart
from ganengine.errors import ConfigError
from ganengine.events import MetricsEvent, RunStatus
from ganengine.runs.about import read_about
from ganengine.runs.directory import RunDirectory

LOSSES = {"loss/d_real": "D real", "loss/d_fake": "D fake", "loss/g": "G"}
Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Best:
    """The best value of a metric in a run, and the step at which it was first reached."""

    value: float
    step: int


@dataclass(frozen=True)
class ComparedRun:
    """One run as it stands in a comparison.

    Attributes:
        label: what it differs in, for people; no two runs of a comparison have the same.
        config: the settings that it began with, or None where they cannot be read.
        status, message: how it ended, and why where it failed.
        step: how far it came.
        metrics: the whole history.
        sample_steps: where there are samples, in order.
    """

    directory: RunDirectory
    label: str
    config: TrainConfig | None
    status: str
    message: str
    step: int
    seconds: float
    metrics: tuple[MetricsEvent, ...]
    sample_steps: tuple[int, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.directory.name

    def curve(self, key: str) -> list[tuple[int, float]]:
        """(step, value) of one metric where it was measured and is finite."""
        found = ((point.step, point.values.get(key)) for point in self.metrics)
        return [(step, float(value)) for step, value in found if value is not None and _is_finite(value)]

    def curve_along(self, key: str, align: Align) -> list[tuple[float, float]]:
        """As `curve`, over steps or over minutes of training."""
        if align == "step":
            return [(float(step), value) for step, value in self.curve(key)]
        return [(self.clock.seconds_at(step) / 60, value) for step, value in self.curve(key)]

    def last(self, key: str) -> float | None:
        """The newest value of a metric."""
        curve = self.curve(key)
        return curve[-1][1] if curve else None

    def best(self, key: str) -> Best | None:
        """The best value of an evaluation; None where it was never measured, or what is good is not known."""
        better, curve = better_of(key), self.curve(key)
        if not curve or better is None:
            return None
        step, value = (min if better == "lower" else max)(curve, key=lambda point: point[1])
        return Best(value, step)

    @cached_property
    def clock(self) -> Clock:
        """When it was at which step."""
        known = [point for point in self.metrics if _is_finite(point.seconds)]
        return Clock([point.step for point in known], [point.seconds for point in known])

    def sample_at(self, moment: Moment | int) -> int | None:
        """The newest sample up to a moment, or a step; or None."""
        return self.clock.newest(self.sample_steps, moment if isinstance(moment, Moment) else Moment("step", moment))

    def step_at(self, moment: Moment | int) -> int:
        """How far it was at a moment, or a step."""
        if isinstance(moment, int):
            return min(moment, self.step)
        return self.clock.step_at(moment, self.step)

    @property
    def sampled_seconds(self) -> float:
        """Seconds of training until its newest sample; 0 without any."""
        return self.clock.seconds_at(self.sample_steps[-1]) if self.sample_steps else 0.0


@dataclass(frozen=True)
class Comparison:
    """Several runs beside each other.

    Attributes:
        title: the plan's where all runs are of one.
        differences: settings in which they differ.
        evaluations: metric key → title, of the evaluations that any run has.
    """

    title: str
    runs: tuple[ComparedRun, ...]
    differences: tuple[Difference, ...]
    evaluations: Mapping[str, str]

    @property
    def step(self) -> int:
        """The newest step at which all have samples; a run that failed before it does not hold the others back."""
        counted = self._sampled()
        shared = set.intersection(*(set(run.sample_steps) for run in counted)) if counted else set()
        # Where samples were made at other steps, the beginning is all that is shared.
        return max(shared, default=0) or min((run.sample_steps[-1] for run in counted), default=0)

    def moment(self, align: Align = "step") -> Moment:
        """The newest moment at which all have samples; a run that failed before it does not hold the others back."""
        if align == "step":
            return Moment("step", self.step)
        return Moment("time", min((run.sampled_seconds for run in self._sampled()), default=0.0))

    def _sampled(self) -> Sequence[ComparedRun]:
        sampled = [run for run in self.runs if run.sample_steps]
        return [run for run in sampled if run.status != RunStatus.FAILED] or sampled


def compare_runs(directories: Sequence[RunDirectory]) -> Comparison:
    """Read runs, also ones that are trained now, and set them beside each other; of a damaged one what is readable."""
    infos = [directory.known_info() for directory in directories]
    configs = [_config_of(directory) for directory in directories]
    differing = differences(configs)
    groups = [group_of(info) for info in infos]
    labels = _variations(groups) or short_labels(len(infos), differing)
    labels = _called(told_apart(labels, [directory.name for directory in directories]), directories)
    runs = tuple(map(_compared, directories, labels, configs, infos))
    keys = {key for run in runs for point in run.metrics for key in point.values}
    return Comparison(_title(groups), runs, differing, evaluations_among(keys))


def better_of(key: str) -> Better | None:
    """Which values of a metric are the good ones; None for losses and others of which one cannot say."""
    from ganengine.metrics.measures.base import by_key

    known = by_key().get(key)
    return known[0].better if known else None


def group_of(info: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plan that a run belongs to, from its `run.json`: the fields of `ganengine.plans.Group`, or nothing."""
    group = info.get("group")
    return group if isinstance(group, dict) else {}


def _compared(directory: RunDirectory, label: str, config: TrainConfig | None, info: Mapping[str, Any]) -> ComparedRun:
    metrics = tuple(directory.metrics())
    times: list[Any] = [info.get("seconds"), *(point.seconds for point in metrics[-1:])]
    return ComparedRun(
        directory,
        label,
        config,
        status=str(info.get("status", "")),
        message=str(info.get("message") or ""),
        step=max(_whole(info.get("step")), metrics[-1].step if metrics else 0),
        # What failed or still runs has no total yet.
        seconds=max((float(time) for time in times if _is_finite(time)), default=0.0),
        metrics=metrics,
        sample_steps=tuple(directory.sample_steps()),
    )


def _called(labels: Sequence[str], directories: Sequence[RunDirectory]) -> list[str]:
    """The labels; a run that differs in nothing is called what the person calls it, if no other is called so."""
    titles = [read_about(directory).title for directory in directories]
    return [
        title if title and label == directory.name and titles.count(title) == 1 and title not in labels else label
        for label, title, directory in zip(labels, titles, directories, strict=True)
    ]


def _variations(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """The plan's own names of the runs, where all are of one plan."""
    if not groups or len({str(group.get("id", "")) for group in groups}) > 1 or not groups[0].get("id"):
        return []
    return [str(group.get("variation", "")) for group in groups]


def _title(groups: Sequence[Mapping[str, Any]]) -> str:
    name = groups[0].get("name") if _variations(groups) else None
    return str(name) if name else f"Comparison of {len(groups)} runs"


def _config_of(directory: RunDirectory) -> TrainConfig | None:
    try:
        return directory.config()
    except ConfigError:
        return None  # of another version: its curves and images are still worth seeing


def evaluations_among(keys: Iterable[str]) -> dict[str, str]:
    """Metric key → title of the evaluations among some metric keys, in the order of all measures."""
    from ganengine.metrics.measures.base import by_key

    titles = {key: title for key, (_, title) in by_key().items()}
    found = {key for key in keys if key.startswith("eval/")}
    known = [key for key in titles if key in found]
    return {key: titles.get(key, key) for key in [*known, *sorted(found - set(known))]}


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
