"""All runs under a root as rows of a list, kept up to date by reading only what changed. Imports no torch."""

import math
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ganengine.runs.locks import LOCK, is_locked
from ganengine.runs.query import matches
from ganengine.runs.scan import Stamp, is_run, read_row, stamp_of
from ganengine.runs.summary import BestValue, Parent, RunGroup, RunSummary
from ganengine.runs.verdict import Verdict, quick_verdict_on, verdict_on

__all__ = ["BestValue", "Changes", "Parent", "RunGroup", "RunIndex", "RunSummary", "matches"]


@dataclass(frozen=True)
class Changes:
    """What a refresh found. False where nothing changed.

    Attributes:
        added, changed: the rows as they are now.
        removed: folder names of runs that are gone.
        is_complete: whether every run's settings were looked into; else the next refresh goes on with that.
    """

    added: tuple[RunSummary, ...] = ()
    changed: tuple[RunSummary, ...] = ()
    removed: tuple[str, ...] = ()
    is_complete: bool = True

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass
class _Known:
    """What is remembered of a run between two refreshes.

    Attributes:
        stamp: of its files when they were read.
        row: as read, without the verdict.
        shown: the row with the verdict.
        verdict: on its settings; None: they were not looked into yet.
    """

    stamp: Stamp
    row: RunSummary
    shown: RunSummary
    verdict: Verdict | None = None


class RunIndex:
    """The runs under a root. One thread may refresh it while others read `runs`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, _Known] = {}
        self._runs: tuple[RunSummary, ...] = ()
        self._by_name: dict[str, RunSummary] = {}
        self._refreshing = threading.Lock()
        self._is_listed = False

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All runs as the last refresh found them, newest first; a snapshot that never changes."""
        return self._runs

    def __iter__(self) -> Iterator[RunSummary]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def get(self, name: str) -> RunSummary | None:
        """The run of a folder name, or None."""
        return self._by_name.get(name)

    def refresh(self, seconds: float = 0.25) -> Changes:
        """Look what changed on disk since the last time, and read that.

        Args:
            seconds: for what is slow to read of runs that older versions made, or somebody edited; what is left over
                is read by the next refresh. The first one leaves it to those after it, so that there soon is a list,
                unless it has for ever (`math.inf`).
        """
        with self._refreshing:
            return self._refresh(seconds)

    def _refresh(self, seconds: float) -> Changes:
        before = self._by_name
        found = {name: known for name, folder in _folders(self.root) if (known := self._look_at(name, folder))}
        is_complete = _look_into(list(found.values()), time.monotonic() + seconds, quickly=not self._is_listed)
        self._is_listed = True
        after = {name: known.shown for name, known in found.items()}
        self._known = found
        changed = tuple(run for name, run in after.items() if name in before and run != before[name])
        added = tuple(run for name, run in after.items() if name not in before)
        removed = tuple(name for name in before if name not in after)
        if changed or added or removed:
            self._by_name = after
            self._runs = tuple(sorted(after.values(), key=lambda run: (run.number, run.name), reverse=True))
        return Changes(added, changed, removed, is_complete)

    def _look_at(self, name: str, folder: str) -> _Known | None:
        """What is known of a run, read again where it changed; None for a folder that is no run."""
        stamp, known = stamp_of(folder), self._known.get(name)
        if known and known.stamp == stamp and is_locked(known.row.path / LOCK) == known.row.is_active:
            return known
        if (known is None or stamp[0] is None) and not is_run(Path(folder)):
            return None
        row = read_row(self.root / name)
        verdict = known.verdict if known and known.verdict and known.verdict.is_of(stamp) else None
        return _Known(stamp, row, _shown(row, verdict), verdict)


def _look_into(runs: list[_Known], deadline: float, *, quickly: bool) -> bool:
    """Look into the settings of runs, the newest first, until time is up; whether all were.

    Args:
        quickly: leave out those whose settings must be parsed, unless there is no deadline.
    """
    for known in runs:
        if known.verdict is None and (verdict := quick_verdict_on(known.row, known.stamp)):
            known.verdict = verdict
    waiting = [known for known in runs if known.verdict is None]
    if quickly and deadline < math.inf:
        return not waiting
    waiting.sort(key=lambda known: known.row.number, reverse=True)
    for place, known in enumerate(waiting):
        if place and time.monotonic() > deadline:
            return False
        known.verdict = verdict_on(known.row, known.stamp)
        known.shown = _shown(known.row, known.verdict)
    return True


def _shown(row: RunSummary, verdict: Verdict | None) -> RunSummary:
    """A row with what its settings say where `run.json` does not."""
    if verdict is None or verdict.says_nothing:
        return row
    return replace(
        row,
        preset=row.preset or verdict.preset,
        data=row.data or verdict.data,
        optimizers=row.optimizers or verdict.optimizers,
        best=row.best or verdict.best,
        damage=row.damage or verdict.damage,
    )


def _folders(root: Path) -> list[tuple[str, str]]:
    """Name and path of each folder that may be a run."""
    try:
        with os.scandir(root) as entries:
            return [(entry.name, entry.path) for entry in entries if _may_be_run(entry)]
    except OSError:
        return []


def _may_be_run(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_dir()
    except OSError:
        return False  # a link that leads in a circle, or a place that is not ours
