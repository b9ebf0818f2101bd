"""A search for good settings: Optuna proposes them, the queue trains them, the runs' own files say how good they were.

Akiba et al. 2019, "Optuna"; the sampler is TPE, Bergstra et al. 2011, "Algorithms for hyper-parameter optimization".
The study lies beside the queue; a trial is an item of one group, and its number the item's index in it.
"""

import hashlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, QueueError, StorageError
from ganengine.metrics.measures.base import all_metrics
from ganengine.plans import Group, PlannedRun
from ganengine.queue.items import Item, ItemStatus
from ganengine.queue.spaces import Choice, Space, fingerprint, fitted, rounded, settings_of, title_of
from ganengine.queue.store import Queue, run_directory

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

_STARTUP = 6  # trials at random, before the sampler knows anything
_LOOKS = 5  # evaluations of each run, where the settings do not say how often
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class TrialResult:
    """One trial as it stands.

    Attributes:
        title: what it tried, for people.
        value: of the metric, the best of the run; None as long as there is none.
        state: "waiting", "running", "finished", "failed", ..., or "pruned".
        item: the queue's, or None where it was taken out of it.
    """

    number: int
    title: str
    value: float | None
    state: str
    item: Item | None


class Search:
    """One search, which goes on where it was when it is made again with the same arguments.

    Attributes:
        group: the id of its plan in the queue.
        base: the settings that all trials share.
        spaces: what is varied.
        key: the metric's in the history of a run, e.g. ``eval/fid_own``.
    """

    def __init__(self, queue: Queue, base: TrainConfig, spaces: Sequence[Space], metric: str, seed: int = 0) -> None:
        """Open the study, or begin one.

        Args:
            metric: the name of a metric, e.g. ``fid``.
            seed: start of the sampler's random numbers; not that of the runs.

        Raises:
            ConfigError: something that is varied does not exist or cannot take its values.
            QueueError: the study's file is damaged.
        """
        if metric not in all_metrics():
            raise ConfigError("metric", f"must be one of {', '.join(all_metrics())}, not {metric!r}")
        self._metric = all_metrics()[metric]
        self.base = _evaluated(base, metric)
        self.spaces = fitted(spaces, self.base)
        self.key = self._metric.key(self.base.evaluation.features)
        self.group = _identity(self.base, self.spaces, metric, seed)
        self._queue, self._seed = queue, seed
        self._path = queue.root / ".queue" / f"search-{self.group}.journal"
        self._study = self._opened()

    def settle(self) -> None:
        """Tell the study what came of the trials that ended."""
        with self._alone():
            items = self._items()
            for trial in self._running():
                self._settle(trial, items.get(trial.number))

    def top_up(self, total: int, ahead: int = 1) -> tuple[Item, ...]:
        """Queue new trials, until `ahead` wait or run, or there are `total`; returns those that were queued."""
        added: list[Item] = []
        with self._alone():
            while len(self._running()) < ahead and self.count < total:
                item = self._propose(total)
                added += [item] if item else []
        return tuple(added)

    @property
    def count(self) -> int:
        """How many trials there are, without those that were taken out of the queue."""
        from optuna.trial import TrialState

        return sum(trial.state != TrialState.FAIL for trial in self._study.get_trials(deepcopy=False))

    @property
    def is_over(self) -> bool:
        """Whether nothing waits or runs."""
        return not self._running()

    def trials(self) -> list[TrialResult]:
        """All trials, the best first, then those without a value."""
        items = self._items()
        found = [self._result(trial, items.get(trial.number)) for trial in self._study.get_trials(deepcopy=False)]
        sign = 1 if self._metric.better == "lower" else -1
        return sorted(found, key=lambda trial: math.inf if trial.value is None else sign * trial.value)

    def best(self) -> TrialResult | None:
        """The best trial, or None as long as there is no value."""
        found = self.trials()
        return found[0] if found and found[0].value is not None else None

    def settings(self, number: int) -> TrainConfig:
        """The settings of a trial."""
        trial = self._study.get_trials(deepcopy=False)[number]
        return settings_of(self.base, self.spaces, self._chosen(trial.params))

    def trial_of(self, item: Item) -> "Trial | None":
        """The study's own trial of an item, for reports while it trains."""
        from optuna import Trial

        running = {trial.number: trial for trial in self._running()}
        if item.group is None or item.group.id != self.group or item.group.index not in running:
            return None
        return Trial(self._study, running[item.group.index]._trial_id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _opened(self) -> "Study":
        import optuna
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._alone():
                _drop_half_line(self._path)
                lock: Any = _Lock(self._path.with_suffix(".writing"))
                backend = JournalFileBackend(str(self._path), lock_obj=lock)
                return optuna.create_study(
                    storage=optuna.storages.JournalStorage(backend),
                    study_name=self.group,
                    direction="minimize" if self._metric.better == "lower" else "maximize",
                    pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP),
                    load_if_exists=True,
                )
        except OSError as error:
            raise StorageError("the search", self._path, error) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QueueError(
                f"The search in {self._path} is damaged and cannot go on; move the file away to begin it anew."
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self._path.with_suffix(".lock"), timeout=_PATIENCE_S)
        try:
            lock.acquire()
        except Timeout:
            raise QueueError(f"The search in {self._path} is in use by another program.") from None
        try:
            yield
        finally:
            lock.release()

    def _items(self) -> dict[int, Item]:
        """Trial number → item."""
        return {item.group.index: item for item in self._queue.items() if item.group and item.group.id == self.group}

    def _running(self) -> "list[FrozenTrial]":
        from optuna.trial import TrialState

        return self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))

    def _settle(self, trial: "FrozenTrial", item: Item | None) -> None:
        from optuna.trial import TrialState

        if item is None:  # taken out of the queue, or never put into it for a crash
            self._study.tell(trial.number, state=TrialState.FAIL)
        elif item.has_ended:
            value = self._value(item)
            if item.status == ItemStatus.FINISHED and value is not None:
                self._study.tell(trial.number, value)
            else:  # it counts as worse than all that came to its end
                self._study.tell(trial.number, state=TrialState.PRUNED)

    def _propose(self, total: int) -> Item | None:
        from optuna.trial import TrialState

        # A new sampler for each trial: what it proposes is the same whether or not there was a crash before.
        self._study.sampler = _sampler(self._seed + len(self._study.get_trials(deepcopy=False)))
        trial = self._study.ask(self._distributions())
        chosen = self._chosen(trial.params)
        title = title_of(self.spaces, chosen)
        try:
            config = settings_of(self.base, self.spaces, chosen)
        except ConfigError:
            self._study.tell(trial.number, state=TrialState.PRUNED)
            return None
        name = f"{self._metric.title} by {', '.join(_name(space) for space in self.spaces)}"
        group = Group(self.group, f"Search: {name}", title, trial.number, max(total, trial.number + 1))
        return self._queue.add([PlannedRun(config, group)])[0]

    def _distributions(self) -> "dict[str, BaseDistribution]":
        return {",".join(space.paths): _distribution(space) for space in self.spaces}

    def _chosen(self, params: dict[str, Any]) -> list[Any]:
        """A value for each space, from a trial's parameters."""
        found = []
        for space in self.spaces:
            value = params[",".join(space.paths)]
            if isinstance(space, Choice):
                value = json.loads(value)
            elif isinstance(value, float):
                value = min(max(rounded(value), space.low), space.high)
            found.append(value)
        return found

    def _value(self, item: Item) -> float | None:
        """The best value of the metric in an item's run."""
        run = run_directory(self._queue, item)
        values = [point.values.get(self.key) for point in run.metrics()] if run else []
        known = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
        return (min if self._metric.better == "lower" else max)(known, default=None)

    def _result(self, trial: "FrozenTrial", item: Item | None) -> TrialResult:
        from optuna.trial import TrialState

        states = {TrialState.PRUNED: "given up", TrialState.FAIL: "removed", TrialState.COMPLETE: "finished"}
        state = item.status.value if item else states.get(trial.state, "waiting")
        value = trial.value if trial.state == TrialState.COMPLETE else None
        title = title_of(self.spaces, self._chosen(trial.params)) if trial.params else ""
        return TrialResult(trial.number, title, value, state, item)


def _evaluated(base: TrainConfig, metric: str) -> TrainConfig:
    """The base, with evaluations where it has none, and with the best checkpoint kept by the metric."""
    changes: dict[str, Any] = {"evaluation.best_by": metric}
    if not base.evaluation.every:
        if base.training.length_in != "steps":
            raise ConfigError("evaluation.every", "must say how often the search measures, for the length is in epochs")
        changes["evaluation.every"] = math.ceil(base.training.steps / _LOOKS)
    return base.with_changes(changes)


def _identity(base: TrainConfig, spaces: Sequence[Space], metric: str, seed: int) -> str:
    values = base.model_dump(mode="json")
    values["training"].pop("device")  # where it goes on does not matter
    text = json.dumps([values, fingerprint(spaces), metric, seed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _distribution(space: Space) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(space, Choice):
        return CategoricalDistribution(space.texts)
    if space.whole:
        return IntDistribution(int(space.low), int(space.high), log=space.log)
    return FloatDistribution(space.low, space.high, log=space.log)


def _sampler(seed: int) -> Any:
    from optuna.samplers import TPESampler

    return TPESampler(seed=seed, n_startup_trials=_STARTUP)


class _Lock:
    """A lock that goes with the process, in place of Optuna's own, which outlives a killed one for half a minute."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, timeout=_PATIENCE_S)

    def acquire(self) -> bool:
        self._lock.acquire()
        return True

    def release(self) -> None:
        self._lock.release()


def _drop_half_line(path: Path) -> None:
    """Cut off what a crash left half-written: the next entry would run into it."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        content = file.read()
        if content and not content.endswith(b"\n"):
            file.truncate(content.rfind(b"\n") + 1)
            file.flush()
            os.fsync(file.fileno())


def _name(space: Space) -> str:
    section, _, name = space.paths[0].partition(".")
    return section.partition("_")[0] if isinstance(space, Choice) and space.is_kind else name.replace("_", " ")
