"""A run's metrics as columns of numbers, a portion at a time: the history of a long training is larger than memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganengine.runs.files import read_json_lines

Floats = NDArray[np.float64]
ROWS = 4096
"""In a portion."""
_PLACES = ("step", "epoch", "images", "seconds")


@dataclass(frozen=True)
class Columns:
    """Log points that follow each other.

    Attributes:
        steps, epochs, seconds: of each point, shape [n].
        values: metric key → values, shape [n]; NaN where it was not measured.
    """

    steps: Floats
    epochs: Floats
    seconds: Floats
    values: Mapping[str, Floats]


def read_columns(metrics: Path, until: float = float("inf"), rows: int = ROWS) -> Iterator[Columns]:
    """What a `metrics.jsonl` holds up to a step, in portions; damaged lines are passed over."""
    portion: list[dict[str, Any]] = []
    for record in read_json_lines(metrics):
        step = record.get("step")
        if isinstance(step, int) and step <= until:
            portion.append(record)
        if len(portion) == rows:
            yield _columns(portion)
            portion = []
    if portion:
        yield _columns(portion)


def _columns(portion: list[dict[str, Any]]) -> Columns:
    keys = dict.fromkeys(key for record in portion for key in record if key not in _PLACES)
    found = {key: _numbers(portion, key, np.nan) for key in keys}
    values = {key: column for key, column in found.items() if not np.isnan(column).all()}
    steps, epochs, seconds = (_numbers(portion, key, 0.0) for key in ("step", "epoch", "seconds"))
    return Columns(steps, epochs, seconds, values)


def _numbers(portion: list[dict[str, Any]], key: str, missing: float) -> Floats:
    column = [record.get(key, missing) for record in portion]
    try:
        return np.array(column, dtype=np.float64)
    except (TypeError, ValueError):  # somebody wrote something else there
        return np.array([value if isinstance(value, int | float) else missing for value in column], dtype=np.float64)
