"""Reads runs for a comparison from their files, off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.errors import DatasetError, RunError
from studio.views.compare_dialog import RunEntry

if TYPE_CHECKING:
    from ganengine.comparison import Comparison
    from ganengine.export.grid import Sample


@dataclass(frozen=True)
class Entries:
    """All runs that can be compared, the newest first, and those to begin with."""

    entries: list[RunEntry]
    ticked: frozenset[Path]


def run_entries(root: Path, current: Path | None) -> Entries:
    """The runs under a root; ticked are the current run and those of its plan, or the newest two."""
    from ganengine.comparison import group_of
    from ganengine.runs.directory import list_runs

    entries, groups = [], {}
    for run in reversed(list_runs(root)):
        try:
            info = run.info()
        except RunError:
            continue
        group = group_of(info)
        groups[run.path] = str(group.get("id") or run.path)
        entries.append(
            RunEntry(
                run.path,
                run.name,
                str(group.get("variation") or ""),
                f"{info.get('status', '')} · step {int(info.get('step') or 0):,}",
            )
        )
    chosen = current if current in groups else next(iter(groups), None)
    ticked = [path for path in groups if chosen and groups[path] == groups[chosen]][:6]
    return Entries(entries, frozenset(ticked if len(ticked) > 1 else list(groups)[:2]))


def read_comparison(paths: Sequence[Path]) -> Comparison:
    """What the runs' files say.

    Raises:
        RunError: one of them is damaged.
    """
    from ganengine.comparison import compare_runs
    from ganengine.runs.directory import RunDirectory

    return compare_runs([RunDirectory.open(path) for path in paths])


def write_report(paths: Sequence[Path], target: Path, step: int | None) -> Path:
    """Write a comparison as HTML or, by its ending, as a PNG of the images; returns where.

    Raises:
        RunError, StorageError: it could not be made.
    """
    from ganengine.export.comparison import save_html
    from ganengine.export.comparison_grid import save_side_by_side

    target = target if target.suffix.lower() in {".html", ".png"} else target.with_name(f"{target.name}.html")
    save = save_side_by_side if target.suffix.lower() == ".png" else save_html
    save(target, read_comparison(paths), step)
    return target


def sample_of(run: Path, step: int) -> Sample | None:
    """A run's images of a step; None where the file is damaged or gone."""
    path = run / "samples" / f"step-{step:08d}.png"
    try:
        return _sample(path, path.stat().st_mtime_ns)
    except (DatasetError, OSError):
        return None


@lru_cache(maxsize=256)
def _sample(path: Path, _modified: int) -> Sample:
    from ganengine.export.grid import read_sample

    return read_sample(path)
