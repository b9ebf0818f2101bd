"""What a list wants to know of a run's settings and cannot learn from `run.json`. Imports no torch by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ganengine.runs.damage import settings_of
from ganengine.runs.facts import best_key, best_of, facts_of, fingerprint, whole
from ganengine.runs.scan import Stamp, read_info
from ganengine.runs.summary import BestValue, RunSummary

_INFO, _CONFIG, _METRICS = 0, 2, 3  # places in a stamp


@dataclass(frozen=True)
class Verdict:
    """What `config.toml` says, and whether it can be used.

    Attributes:
        stamp: of the files that it was made from: `run.json`, `config.toml`, and `metrics.jsonl` if it was read.
        preset, data, optimizers, best: as in a row, of runs whose `run.json` does not tell; else empty.
        damage: what is wrong with the settings, in one sentence.
    """

    stamp: Stamp
    preset: str = ""
    data: str = ""
    optimizers: str = ""
    best: BestValue | None = None
    damage: str = ""

    @property
    def says_nothing(self) -> bool:
        """Whether it adds nothing to a row."""
        return not (self.preset or self.data or self.optimizers or self.best or self.damage)

    def is_of(self, stamp: Stamp) -> bool:
        """Whether it still holds for files with this stamp."""
        info, config, metrics = self.stamp
        return info == stamp[_INFO] and config == stamp[_CONFIG] and metrics in {None, stamp[_METRICS]}


def quick_verdict_on(row: RunSummary, stamp: Stamp) -> Verdict | None:
    """That nothing is to be said, where the settings are as `run.json` says that they were written; else None."""
    if not (row.data and row.optimizers):
        return None
    info, _ = read_info(row.path)
    return Verdict((stamp[_INFO], stamp[_CONFIG], None)) if "best" in info and _is_as_written(row, info) else None


def verdict_on(row: RunSummary, stamp: Stamp) -> Verdict:
    """Look into a run's settings, and where need be into its history."""
    info, _ = read_info(row.path)
    settings, damage = settings_of(row.path, info)
    facts = facts_of(settings) if settings else {}
    best = None if "best" in info else _best_in(row.path / "metrics.jsonl", best_key(settings))
    files = stamp[_INFO], stamp[_CONFIG], None if "best" in info else stamp[_METRICS]
    return Verdict(files, **facts, best=best, damage=damage)


def _is_as_written(row: RunSummary, info: Mapping[str, Any]) -> bool:
    """Whether this version of the program wrote the settings, and nobody touched them since."""
    versions = info.get("versions")
    if not isinstance(versions, dict) or versions.get("gan-studio") != _version():
        return False
    try:
        return fingerprint((row.path / "config.toml").read_bytes()) == info.get("settings")
    except OSError:
        return False


def _best_in(metrics: Path, preferred: str) -> BestValue | None:
    """The best value of a history; most lines hold none, and are not parsed."""
    try:
        with metrics.open("rb") as file:
            lines = [line for line in file if b'"eval/' in line]
    except OSError:
        return None
    return best_of(((whole(row.get("step")), row) for row in map(_parsed, lines)), preferred)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


@cache
def _version() -> str:
    return version("gan-studio")
