"""Run bundles: one zip that holds a run, and what may be in it.

A bundle is written by `pack`, and read by `ganengine.publish.unpacking`, which believes nothing that it says.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Literal

from ganengine.data.progress import Tell
from ganengine.errors import RunError
from ganengine.runs.directory import RunDirectory

FORMAT = "gan-studio-run"
VERSION = 1
MANIFEST = "bundle.json"
SUFFIX = ".run.zip"
Checkpoints = Literal["newest", "all", "none"]

_MEGABYTE = 1 << 20
_CHUNK = _MEGABYTE
# Names that a run has, and the most bytes that each may come to. Nothing else is packed, or unpacked.
_NAMES: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), limit)
    for pattern, limit in {
        r"bundle\.json|about\.json": _MEGABYTE,
        r"run\.json|config\.toml": 4 * _MEGABYTE,
        r"metrics\.jsonl|events\.jsonl|log\.txt": 512 * _MEGABYTE,
        r"samples/step-[0-9]{1,12}\.png": 64 * _MEGABYTE,
        r"checkpoints/step-[0-9]{1,12}\.(keep|best)": 1024,
        r"checkpoints/step-[0-9]{1,12}\.pt": 32 * 1024 * _MEGABYTE,
    }.items()
)
_TEXTS = ("config.toml", "run.json", "about.json", "metrics.jsonl", "events.jsonl", "log.txt")
_COMPRESSED = (".json", ".jsonl", ".toml", ".txt")


def limit_of(name: str) -> int:
    """The most bytes that a file of this name within a run may have; 0 for what no run has."""
    return next((limit for pattern, limit in _NAMES if pattern.fullmatch(name)), 0)


@dataclass(frozen=True)
class Contents:
    """What goes into a bundle.

    Attributes:
        checkpoints: which; a run goes on from the newest, and without any it can only be looked at.
        samples: whether the samples go along.
    """

    checkpoints: Checkpoints = "newest"
    samples: bool = True

    def files(self, run: RunDirectory) -> Iterator[Path]:
        """The files of a run, the checkpoints last."""
        yield from (path for name in _TEXTS if (path := run.path / name).is_file())
        if self.samples:
            yield from (run.sample_path(step) for step in run.sample_steps())
        steps = run.checkpoints.steps()
        for step in {"newest": steps[-1:], "all": steps, "none": []}[self.checkpoints]:
            path = run.checkpoints.path(step)
            yield path
            yield from (mark for ending in (".keep", ".best") if (mark := path.with_suffix(ending)).is_file())


def pack(run: RunDirectory, file: BinaryIO, contents: Contents, tell: Tell) -> None:
    """Write a run's bundle; `tell` hears megabytes.

    Raises:
        RunError: a training that goes on has deleted a checkpoint in the meantime.
    """
    files = list(contents.files(run))
    total, done = sum(_size(path) for path in files), 0
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        archive.writestr(_entry(MANIFEST), json.dumps(_manifest(run, contents), indent=2))
        for path in files:
            name = path.relative_to(run.path).as_posix()
            try:
                source = path.open("rb")
            except FileNotFoundError:
                if path.suffix == ".png":
                    continue  # thinned out by a training that goes on
                raise RunError(f"{run.name} is being trained, and {name} is gone by now. Try again.") from None
            with source, archive.open(_entry(name), "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    done += len(chunk)
                    tell("Packing megabytes", done // _MEGABYTE, max(total, done) // _MEGABYTE)


def packed_size(run: RunDirectory, contents: Contents) -> int:
    """Bytes of all files that go in, before compression."""
    return sum(_size(path) for path in contents.files(run))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_COMPRESSED) else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


def _manifest(run: RunDirectory, contents: Contents) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"GAN Studio {version('gan-studio')}",
        "run": run.name,
        "checkpoints": contents.checkpoints,
        "samples": contents.samples,
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
