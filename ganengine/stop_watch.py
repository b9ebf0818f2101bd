"""Watches a training's history for a reason to end it."""

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.errors import DatasetError, RunError
from ganengine.events import EditEvent, Event, MetricsEvent, RunStarted, SamplesEvent
from ganengine.export.grid import read_sample
from ganengine.metrics.measures.base import all_metrics
from ganengine.runs.directory import RunDirectory
from ganengine.stopping import ALL_ALIKE, D_HAS_WON, Streak, are_alike, has_won

_REALS = 512


class StopWatch:
    """A `TrainingObserver` that says when one of the stop rules ends the training.

    What it knows is a function of the run directory, so that a training that goes on exactly ends exactly where it
    would have ended. What a fork took over from its parent does not count: it is begun to become another.
    """

    def __init__(self, directory: RunDirectory, dataset: ImageDataset) -> None:
        self._directory = directory
        self._dataset = dataset
        self._config = TrainConfig()
        self._evaluations: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._won = Streak()
        self._alike = Streak()
        self._real_variety: dict[bool, float] = {}
        self._reason = ""
        self._begun_at = -1  # the step of the fork
        self._seconds_before = 0.0

    def reason(self, seconds: float) -> str:
        """Why the training ends here, after so many seconds, or nothing. Quick: asked before every step."""
        return self._reason or self._config.stopping.time_is_up(seconds - self._seconds_before)

    def notify(self, event: Event) -> None:
        """Take note of one event."""
        match event:
            case RunStarted(config=config, step=step):
                self._config = config
                self._begun_at = _fork_step(self._directory)
                self._look_back(step)
            case EditEvent(config=config, step=step):
                before, self._config = _rules_of(self._config), config
                if _rules_of(config) != before:
                    self._look_back(step)
            case MetricsEvent():
                self._add_point(event)
            case SamplesEvent(step=step, images=images, columns=columns):
                self._add_sample(step, images, columns)
            case _:
                return
        self._reason = self._decide()

    def _decide(self) -> str:
        rules = self._config.stopping
        if rules.watches_metric:
            key = all_metrics()[rules.metric].key(self._config.evaluation.features)
            if reason := rules.metric_decides(self._evaluations[key]):
                return reason
        if rules.on_collapse and self._won.is_long():
            return D_HAS_WON
        return ALL_ALIKE if rules.on_collapse and self._alike.is_long() else ""

    def _look_back(self, step: int) -> None:
        """Begin anew with what the run directory holds up to a step."""
        self._evaluations.clear()
        self._won, self._alike = Streak(), Streak()
        self._seconds_before = 0.0
        rules = self._config.stopping
        if rules.watches_metric or rules.on_collapse or rules.minutes:
            for point in self._directory.metrics():
                if point.step <= self._begun_at:
                    self._seconds_before = point.seconds
                elif point.step <= step:
                    self._add_point(point)
        if rules.on_collapse:
            self._look_back_at_samples(step)

    def _add_point(self, point: MetricsEvent) -> None:
        values = point.values
        for key, value in values.items():
            if key.startswith("eval/") and isinstance(value, int | float):  # whatever else a damaged line holds
                self._evaluations[key].append((point.step, value))
        if self._config.loss.tells_probability and "prob/real" in values and "prob/fake" in values:
            self._won.add(point.step, has_won(values["prob/real"], values["prob/fake"]))

    def _look_back_at_samples(self, step: int) -> None:
        """Find the newest samples that are all alike; what was before them does not matter."""
        streak: list[int] = []
        for known in reversed(self._directory.sample_steps()):
            if self._begun_at < known <= step and self._counts(known):
                try:
                    sample = read_sample(self._directory.sample_path(known))
                except DatasetError:
                    continue  # damaged later
                if not self._is_one_image(sample.images, sample.columns):
                    break
                streak.append(known)
        for known in reversed(streak):
            self._alike.add(known, True)

    def _add_sample(self, step: int, images: NDArray[np.uint8], columns: int) -> None:
        if self._config.stopping.on_collapse and self._counts(step):
            self._alike.add(step, self._is_one_image(images, columns))

    def _counts(self, step: int) -> bool:
        """Whether a training makes a sample of this step also where nobody pauses it or goes on with it there."""
        return step % self._config.recording.sample_every == 0

    def _is_one_image(self, images: NDArray[np.uint8], columns: int) -> bool:
        if len(images) < 2:
            return False
        blocks = [images[start : start + columns] for start in range(0, len(images), columns)] if columns else []
        return are_alike(variety(blocks or [images]), self._reals(bool(blocks)))

    def _reals(self, within_classes: bool) -> float:
        """The variety of the real images, of each class by itself or of all."""
        if within_classes not in self._real_variety:
            images, labels = self._dataset.images, self._dataset.labels
            chosen = np.linspace(0, len(images) - 1, min(_REALS, len(images))).astype(np.int64)
            pixels: NDArray[Any] = images[chosen.tolist()].cpu().numpy()
            blocks = [pixels]
            if within_classes and labels is not None:
                found = labels[chosen.tolist()].cpu().numpy()
                blocks = [pixels[found == label] for label in np.unique(found)]
            self._real_variety[within_classes] = variety(blocks)
        return self._real_variety[within_classes]


def _fork_step(directory: RunDirectory) -> int:
    """The step that a run was forked at; -1 for one that began by itself."""
    try:
        parent = directory.info().get("parent")
    except RunError:
        return -1
    step = parent.get("step") if isinstance(parent, dict) else None
    return step if isinstance(step, int) else -1


def _rules_of(config: TrainConfig) -> tuple[object, ...]:
    return config.stopping, config.recording.sample_every


def variety(blocks: list[NDArray[Any]]) -> float:
    """How unlike each other the images uint8 [n, …] of a block are: the standard deviation of a pixel, 0 to 127.5.

    The mean over pixels and blocks; blocks of one image say nothing, and where there are only such, all are taken
    together.
    """
    several = [block for block in blocks if len(block) > 1] or [np.concatenate(blocks)]
    return float(np.mean([block.std(axis=0, dtype=np.float32).mean() for block in several]))
