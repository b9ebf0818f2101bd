"""CIFAR-10."""

import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from ganengine.data.named import published
from ganengine.data.named.colour import ColourSet
from ganengine.data.named.files import damaged, provide
from ganengine.data.named.plain_pickle import load
from ganengine.data.progress import Tell

FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
ARCHIVE_SIZE = "170 MB"
BATCHES = {"train": [f"data_batch_{number}" for number in range(1, 6)], "test": ["test_batch"]}


class CIFAR10(ColourSet):
    """60,000 small colour photographs of animals and vehicles in ten classes, 50,000 of them for training.

    Krizhevsky 2009: Learning multiple layers of features from tiny images, technical report, University of Toronto.
    """

    title: ClassVar[str] = "CIFAR-10"
    source: Literal["cifar10"] = "cifar10"
    classes: ClassVar[tuple[str, ...]] = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )

    def _lacking(self, root: Path, parts: Sequence[str]) -> str | None:
        unpacked = all((root / FOLDER / name).is_file() for name in _names(parts))
        return None if unpacked or (root / ARCHIVE).is_file() else ARCHIVE_SIZE

    def _provide(self, root: Path, parts: Sequence[str], tell: Tell) -> list[Path]:
        unpacked = [root / FOLDER / name for name in _names(parts)]
        if all(path.is_file() for path in unpacked):
            return unpacked
        provide(self.title, root, [ARCHIVE], published.of_cifar10, tell)
        return [root / ARCHIVE]

    def _read(self, files: Sequence[Path], parts: Sequence[str], tell: Tell) -> Iterable[tuple[Tensor, Tensor]]:
        names = _names(parts)
        found = _from_archive(files[0], names) if files[0].name == ARCHIVE else _from_files(files)
        batches: dict[str, tuple[Tensor, Tensor]] = {}
        tell(f"Reading {self.title}", 0, len(names))
        for name, batch in found:  # an archive has an order of its own
            batches[name] = batch
            tell(f"Reading {self.title}", len(batches), len(names))
        return [batches[name] for name in names]


def _names(parts: Sequence[str]) -> list[str]:
    return [name for part in parts for name in BATCHES[part]]


def _from_files(files: Sequence[Path]) -> Iterator[tuple[str, tuple[Tensor, Tensor]]]:
    for path in files:
        try:
            with path.open("rb") as file:
                batch = _batch(file)
        except (OSError, ValueError) as error:
            raise damaged(path, error) from error
        yield path.name, batch


def _from_archive(archive: Path, names: Sequence[str]) -> Iterator[tuple[str, tuple[Tensor, Tensor]]]:
    missing = {f"{FOLDER}/{name}": name for name in names}
    try:
        with tarfile.open(archive, "r|gz") as tar:
            for member in tar:
                if member.name in missing and (file := tar.extractfile(member)):
                    yield missing.pop(member.name), _batch(file)
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise damaged(archive, error) from error
    if missing:
        raise damaged(archive, f"it lacks {' and '.join(missing)}")


def _batch(file: IO[bytes]) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, 32, 32] and labels int64 [N] of one file."""
    found = load(file)
    try:
        images, labels = found[b"data"], torch.tensor(found[b"labels"], dtype=torch.int64)
        whole = isinstance(images, np.ndarray) and images.shape == (*labels.shape, 3072)
    except (KeyError, TypeError) as error:
        raise ValueError("it is no batch of CIFAR-10") from error
    if not whole or not bool(((labels >= 0) & (labels < 10)).all()):
        raise ValueError("its images and labels do not fit together")
    return torch.from_numpy(images).reshape(-1, 3, 32, 32), labels
