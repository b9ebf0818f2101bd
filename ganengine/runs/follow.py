"""Follows a run that another process trains, by what it appends to its files."""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ganengine.events import MetricsEvent
from ganengine.runs.directory import RunDirectory, metrics_of

_FINGERPRINT = 256  # bytes
_SETTLED_S = 2.0  # a folder that changed longer ago than this will not have changed again with the same time stamp


@dataclass(frozen=True)
class News:
    """What is new in a run since it was asked for last.

    Attributes:
        metrics: new points of the plots.
        events: new records of `events.jsonl`.
        samples: steps of new samples.
        dropped: steps whose samples are gone.
        info: `run.json` as it is now.
        restarted: what was told before no longer holds: the run went on from an earlier step. All is told anew.
    """

    metrics: list[MetricsEvent] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=dict)
    restarted: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing new but, perhaps, the status."""
        return not (self.metrics or self.events or self.samples or self.dropped or self.restarted)


class Follower:
    """Reads only what was appended since the last `poll`. Writes nothing."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._metrics, self._events = _Tail(run.path / "metrics.jsonl"), _Tail(run.path / "events.jsonl")
        self._samples: set[int] = set()
        self._folder_time = -1

    def poll(self) -> News:
        """What is new; the first time, all there is.

        Raises:
            RunError: the run is gone, or its `run.json` is damaged.
        """
        info = self._run.info()  # before the rest: once it says "finished", nothing comes after what is read now
        metrics, events = self._metrics.read(), self._events.read()
        restarted = metrics is None or events is None
        if restarted:
            self._metrics.rewind()
            self._events.rewind()
            self._samples, self._folder_time = set(), -1
            metrics, events = self._metrics.read(), self._events.read()
        points = [point for row in metrics or () if (point := metrics_of(row))]
        added, dropped = self._look_for_samples()
        return News(points, events or [], added, dropped, info, restarted)

    def _look_for_samples(self) -> tuple[list[int], list[int]]:
        try:
            changed = (self._run.path / "samples").stat().st_mtime_ns
        except OSError:
            return [], []
        if changed == self._folder_time:
            return [], []
        settled = time.time() - changed / 1e9 > _SETTLED_S
        self._folder_time = changed if settled else -1
        now = set(self._run.sample_steps())
        added, dropped = sorted(now - self._samples), sorted(self._samples - now)
        self._samples = now
        return added, dropped


class _Tail:
    """The end of a file that grows by lines, and that may be written anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rewind()

    def rewind(self) -> None:
        """Begin at the beginning again."""
        self._offset = 0
        self._file = 0
        self._last = b""

    def read(self) -> list[dict[str, Any]] | None:
        """The records since the last call, or None: what was read before no longer stands there.

        A last line that is not whole yet is left for the next call; lines that are broken for good are passed over.
        """
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                if self._offset and (found.st_size < self._offset or found.st_ino != self._file):
                    return None
                self._file = found.st_ino
                file.seek(self._offset - len(self._last))
                text = file.read()
        except FileNotFoundError:
            return None if self._offset else []
        except OSError:
            return []
        if not text.startswith(self._last):
            return None
        whole = text[len(self._last) : text.rfind(b"\n") + 1]
        if whole:
            self._offset += len(whole)
            self._last = (self._last + whole)[-_FINGERPRINT:]
        return [record for line in whole.splitlines() if (record := _record(line)) is not None]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
