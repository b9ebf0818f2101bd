"""How much room a run takes on the disk, by kind."""

import os
from dataclasses import dataclass
from pathlib import Path

from ganengine.runs.directory import RunDirectory

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Part:
    """Files of one kind: how many, and their bytes."""

    count: int = 0
    bytes: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.count + other.count, self.bytes + other.bytes)


@dataclass(frozen=True)
class RunSize:
    """What a run's directory holds.

    Attributes:
        checkpoints, samples, exports: their folders.
        history: settings, metrics, events and the log.
    """

    checkpoints: Part
    samples: Part
    exports: Part
    history: Part

    @property
    def total(self) -> int:
        """Bytes of the whole run."""
        return self.checkpoints.bytes + self.samples.bytes + self.exports.bytes + self.history.bytes

    def __str__(self) -> str:
        """For people, e.g. "12 checkpoints of 3.4 MB each, 240 samples 2.1 MB, 43 MB in all"."""
        parts = []
        if self.checkpoints.count:
            each = in_words(round(self.checkpoints.bytes / self.checkpoints.count))
            plural, tail = ("s", " each") if self.checkpoints.count > 1 else ("", "")
            parts.append(f"{self.checkpoints.count:,} checkpoint{plural} of {each}{tail}")
        if self.samples.count:
            plural = "s" if self.samples.count > 1 else ""
            parts.append(f"{self.samples.count:,} sample{plural} {in_words(self.samples.bytes)}")
        if self.exports.count:
            parts.append(f"exports {in_words(self.exports.bytes)}")
        return ", ".join([*parts, f"{in_words(self.total)} in all"])


def size_of(run: RunDirectory) -> RunSize:
    """Count what is there now; what vanishes meanwhile is passed over."""
    return RunSize(
        _part(run.path / "checkpoints", ".pt"),
        _part(run.path / "samples", ".png"),
        _part(run.path / "exports"),
        _part(run.path),
    )


def in_words(size: float) -> str:
    """A number of bytes for people, e.g. "3.4 MB"."""
    unit = 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 9.95 else f"{size:.1f} {_UNITS[unit]}"


def _part(folder: Path, ending: str = "") -> Part:
    """The files directly in a folder."""
    found = Part()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(ending):
                    found += _of(entry)
    except OSError:
        pass
    return found


def _of(entry: "os.DirEntry[str]") -> Part:
    try:
        return Part(1, entry.stat().st_size) if entry.is_file() else Part()
    except OSError:
        return Part()
