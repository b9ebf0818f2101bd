"""Reads the history of a run from its file, off the window's thread and never all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.views.series import History


def read_history(run: Path, until: float = float("inf")) -> History:
    """The metrics of a run up to a step; as far as they can be read.

    Meanwhile it takes the memory of a `History`, and a few MB.
    """
    from ganengine.runs.columns import read_columns

    history = History()
    for columns in read_columns(run / "metrics.jsonl", until):
        history.extend_columns(columns.steps, columns.epochs, columns.values, columns.seconds / 60)
    return history


def epochs_of(steps: Sequence[int], history: History) -> list[float]:
    """The epoch of each step; empty without a history."""
    if not len(history):
        return []
    first = history.span() or (0.0, 0.0)
    start = history.epoch_at(first[0])
    found = history.epochs_at(np.array(steps, dtype=np.float64))
    # Before the first row there is only the beginning, where step and epoch are 0.
    early = np.array(steps) < first[0]
    found = np.where(early, start * np.array(steps) / max(first[0], 1.0), found)
    epochs: list[float] = found.tolist()
    return epochs
