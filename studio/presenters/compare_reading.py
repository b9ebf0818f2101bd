"""Reads runs for a comparison from their files, off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.views.compare_dialog import RunEntry
from studio.views.compare_view import MOST_RUNS

if TYPE_CHECKING:
    from ganengine.alignment import Align, Moment
    from ganengine.common_latents import CommonLatents
    from ganengine.comparison import Comparison
    from ganengine.runs.summary import RunSummary


@dataclass(frozen=True)
class Entries:
    """All runs that can be compared, the newest first, and those to begin with."""

    entries: list[RunEntry]
    ticked: frozenset[Path]


def run_entries(root: Path, current: Path | None) -> Entries:
    """The runs under a root but those in the archive; ticked are the current one and its plan's, or the newest two."""
    from ganengine.runs.index import RunIndex

    index = RunIndex(root)
    index.refresh()
    runs = [run for run in index.runs if not run.archived or run.path == current]
    groups = {run.path: run.group.id if run.group else str(run.path) for run in runs}
    chosen = current if current in groups else next(iter(groups), None)
    ticked = [path for path in groups if chosen and groups[path] == groups[chosen]][:MOST_RUNS]
    return Entries(list(map(_entry, runs)), frozenset(ticked if len(ticked) > 1 else list(groups)[:2]))


def _entry(run: RunSummary) -> RunEntry:
    state = " · ".join(part for part in (run.name if run.title else "", run.status, f"step {run.step:,}") if part)
    return RunEntry(run.path, run.called, run.group.variation if run.group else "", state)


def read_comparison(paths: Sequence[Path]) -> Comparison:
    """What the runs' files say.

    Raises:
        RunError: one of them is gone.
    """
    from ganengine.comparison import compare_runs
    from ganengine.runs.directory import RunDirectory

    return compare_runs([RunDirectory.open(path) for path in paths])


@dataclass(frozen=True)
class ReportWish:
    """What a report is to show.

    Attributes:
        align, moment: what the images have in common; None for the newest that all have.
        latents: what the images are made of; None for the runs' own samples.
        smoothing: weight of the losses' moving average.
    """

    align: Align
    moment: Moment | None
    latents: CommonLatents | None
    smoothing: float


def write_report(paths: Sequence[Path], target: Path, wish: ReportWish) -> Path:
    """Write a comparison as HTML or, by its ending, as a PNG of the images; returns where.

    Raises:
        RunError, ConfigError, OutOfMemory, StorageError: it could not be made.
    """
    from ganengine.export.comparison import save_html
    from ganengine.export.comparison_grid import save_side_by_side

    target = target if target.suffix.lower() in {".html", ".png"} else target.with_name(f"{target.name}.html")
    comparison = read_comparison(paths)
    moment = wish.moment or comparison.moment(wish.align)
    if target.suffix.lower() == ".png":
        save_side_by_side(target, comparison, moment, latents=wish.latents)
    else:
        save_html(target, comparison, moment, latents=wish.latents, smoothing=wish.smoothing)
    return target
