"""Runs beside each other: what differs between them, and how far each came."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ganengine.config import TrainConfig
from ganengine.differences import Difference, differences, short_labels, told_apart
from ganengine.errors import ConfigError
from ganengine.events import MetricsEvent, RunStatus
from ganengine.runs.directory import RunDirectory

LOSSES = {"loss/d_real": "D real", "loss/d_fake": "D fake", "loss/g": "G"}


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

    def last(self, key: str) -> float | None:
        """The newest value of a metric."""
        curve = self.curve(key)
        return curve[-1][1] if curve else None

    def sample_at(self, step: int) -> int | None:
        """The newest sample up to a step, or None."""
        return max((known for known in self.sample_steps if known <= step), default=None)


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
        sampled = [run for run in self.runs if run.sample_steps]
        counted = [run for run in sampled if run.status != RunStatus.FAILED] or sampled
        shared = set.intersection(*(set(run.sample_steps) for run in counted)) if counted else set()
        # Where samples were made at other steps, the beginning is all that is shared.
        return max(shared, default=0) or min((run.sample_steps[-1] for run in counted), default=0)


def compare_runs(directories: Sequence[RunDirectory]) -> Comparison:
    """Read runs, also ones that are being trained, and set them beside each other.

    Raises:
        RunError: one of them is damaged.
    """
    infos = [directory.info() for directory in directories]
    configs = [_config_of(directory) for directory in directories]
    differing = differences(configs)
    groups = [group_of(info) for info in infos]
    labels = _variations(groups) or short_labels(len(infos), differing)
    labels = told_apart(labels, [directory.name for directory in directories])
    runs = tuple(map(_compared, directories, labels, configs, infos))
    return Comparison(_title(groups), runs, differing, _evaluations(runs))


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


def _evaluations(runs: Sequence[ComparedRun]) -> dict[str, str]:
    from ganengine.metrics.measures.base import by_key

    titles = {key: title for key, (_, title) in by_key().items()}
    found = {key for run in runs for point in run.metrics for key in point.values if key.startswith("eval/")}
    known = [key for key in titles if key in found]
    return {key: titles.get(key, key) for key in [*known, *sorted(found - set(known))]}


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
