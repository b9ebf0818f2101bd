"""The settings of a run at any of its steps: those that it began with, and what was changed since."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, GanEngineError
from ganengine.runs.directory import Parent, RunDirectory

_MOST_ANCESTORS = 100  # a damaged run may name itself as its parent


@dataclass(frozen=True)
class Edit:
    """Settings that became others.

    Attributes:
        step: they hold from the next step on.
        changes: path → (old, new); may be empty for a fork.
        forked_from: name of the run that was forked here; "" for a change in the running training.
    """

    step: int
    changes: Mapping[str, tuple[Any, Any]]
    forked_from: str = ""


class SettingsHistory:
    """What the settings of a run were at each step, known without reading anything again.

    Attributes:
        edits: all changes, those made before a fork among them, in the order they were made.
        start: the settings that the run began with.
        parent: the run and step that it was forked from, or None.
    """

    def __init__(
        self, start: TrainConfig, edits: Sequence[Edit], parent: Parent | None = None, *, inherited: int = 0
    ) -> None:
        """`inherited` tells how many of the edits were made before this run was forked, or by its fork."""
        self.start = start
        self.edits = list(edits)
        self.parent = parent
        self._inherited = inherited
        self._before: SettingsHistory | None = None
        self._configs: dict[tuple[int, ...], TrainConfig] = {}

    @classmethod
    def read(cls, run: RunDirectory) -> Self:
        """Read it from a run's files.

        Raises:
            ConfigError: the run's settings cannot be read.
            RunError: its `run.json` is damaged.
        """
        return cls._read(run, _MOST_ANCESTORS)

    @classmethod
    def _read(cls, run: RunDirectory, generations: int) -> Self:
        parent = parent_of(run)
        edits, inherited = _edits_of(run, parent)
        history = cls(run.config(), edits, parent, inherited=inherited)
        if parent and parent.run and generations:
            before = RunDirectory(run.path.parent / parent.run)
            with suppress(GanEngineError):  # gone or damaged: then the changes that were made since are undone
                if before.info().get("id", "") == parent.id:  # not another one of that name
                    history._before = cls._read(before, generations - 1)
        return history

    def at(self, step: int) -> TrainConfig:
        """The settings in force once `step` was done, with changes that were made at that very step.

        Raises:
            ConfigError: a change cannot be used here.
        """
        if self.parent is not None and step < self.parent.step:
            return self._before.at(step) if self._before else self._undone(step)
        chosen = tuple(i for i in range(self._inherited, len(self.edits)) if self.edits[i].step <= step)
        if chosen not in self._configs:
            config = self.start
            for index in chosen:
                config = _changed(config, {path: new for path, (_, new) in self.edits[index].changes.items()})
            self._configs[chosen] = config
        return self._configs[chosen]

    def edits_until(self, step: int) -> list[Edit]:
        """The changes made until a step, oldest first."""
        return [edit for edit in self.edits if edit.step <= step]

    def add(self, edit: Edit) -> None:
        """One more change, made just now."""
        self.edits.append(edit)

    def _undone(self, step: int) -> TrainConfig:
        config = self.start
        for edit in reversed(self.edits[: self._inherited]):
            if edit.step > step:
                config = _changed(config, {path: old for path, (old, _) in edit.changes.items()})
        return config


def config_at(run: RunDirectory, step: int) -> TrainConfig:
    """The settings that a run had at a step: those that it began with, and all live edits until there.

    Raises:
        ConfigError: they cannot be read, or not be used by this version.
        RunError: the run is damaged.
    """
    return SettingsHistory.read(run).at(step)


def edits_until(run: RunDirectory, step: int) -> list[Edit]:
    """What was changed in a run until a step, and where it was forked, oldest first."""
    return [edit for edit in _edits_of(run, None)[0] if edit.step <= step]


def parent_of(run: RunDirectory) -> Parent | None:
    """Which run this one was forked from, and where; None for a run that began at step 0.

    Raises:
        RunError: its `run.json` is damaged.
    """
    info = run.info()
    found = info.get("parent")
    if not isinstance(found, dict) or not isinstance(found.get("step"), int):
        return None
    return Parent(str(found.get("run", "")), found["step"], str(info.get("parent_id") or ""))


def edit_of(record: Mapping[str, Any]) -> Edit | None:
    """What a record of `events.jsonl` says of the settings; None for all other records."""
    step, changes = record.get("step"), record.get("changes", {})
    if record.get("event") not in {"edit", "fork"} or not isinstance(step, int) or not isinstance(changes, dict):
        return None
    pairs = {str(path): (pair[0], pair[1]) for path, pair in changes.items() if isinstance(pair, list) and pair[1:]}
    forked_from = Path(str(record.get("run", ""))).name if record["event"] == "fork" else ""
    return Edit(step, pairs, forked_from)


def _edits_of(run: RunDirectory, parent: Parent | None) -> tuple[list[Edit], int]:
    """All changes, and how many of them were taken over from the parent."""
    edits: list[Edit] = []
    inherited = forks = 0
    created = str(run.info().get("created", "")) if parent else ""
    for record in run.events():
        if edit := edit_of(record):
            edits.append(edit)
            if edit.forked_from:
                inherited, forks = len(edits), forks + 1
            elif not forks and str(record.get("time", "")) < created:  # forked before forks were written down
                inherited = len(edits)
    return edits, inherited


def _changed(config: TrainConfig, changes: Mapping[str, Any]) -> TrainConfig:
    try:
        return config.with_changes(changes)
    except ConfigError:
        # None is a value of some settings; of others it says that the kind chosen then had no such setting.
        given = {path: value for path, value in changes.items() if value is not None}
        if len(given) == len(changes):
            raise
        return config.with_changes(given)
