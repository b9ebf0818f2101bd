"""One entry of the cache: the files that it consists of, how they are written and read back."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import torch
from numpy.typing import NDArray

from ganengine.data.dataset import ImageDataset, LeftOut
from ganengine.data.reading.archive import some_blocks
from ganengine.errors import StorageError
from ganengine.shapes import ImageShape

VERSION = 1
_IMAGES, _LABELS, _META = "images.bin", "labels.npy", "meta.json"
_PORTION = 16 * 2**20  # bytes


class CacheNotWritten(StorageError):
    """The decoded images could not be kept; nothing half-made is left."""

    def __init__(self, path: Path, cause: OSError) -> None:
        Exception.__init__(
            self,
            f"The decoded images could not be written to {path}: {cause.strerror or cause}. Free some space there, or "
            "name another folder in the environment variable GAN_STUDIO_CACHE.",
        )


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turn the errors of a disk that is full, read-only or gone into `CacheNotWritten`."""
    try:
        yield
    except OSError as error:
        raise CacheNotWritten(path, error) from error


@dataclass
class Meta:
    """What is known of an entry beside its pixels.

    Attributes:
        source: the path that it was made from; only for people.
        shape: channels and resolution.
        details: facts of the original files, for the data check.
        digest: `ImageDataset.fingerprint`; `check` is a hash of blocks of the file, by which damage is noticed.
    """

    name: str
    source: str
    shape: tuple[int, int] = (1, 1)
    count: int = 0
    classes: tuple[str, ...] = ()
    left_out: list[LeftOut] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    check: str = ""
    version: int = VERSION

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back `to_json`.

        Raises:
            ValueError, TypeError, KeyError: it is damaged, or of another version.
        """
        values = json.loads(text)
        values["left_out"] = [LeftOut(*pair) for pair in values["left_out"]]
        values["shape"] = tuple(map(int, values["shape"]))
        values["classes"] = tuple(map(str, values["classes"]))
        found = cls(**values)
        if found.version != VERSION:
            raise ValueError(found.version)
        return found

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self) | {"left_out": [[item.name, item.reason] for item in self.left_out]})

    @property
    def dimensions(self) -> tuple[int, int, int, int]:
        """The shape of the whole, [N, C, R, R]."""
        return self.count, self.shape[0], self.shape[1], self.shape[1]


@dataclass(frozen=True)
class Entry:
    """A complete entry: the images, mapped into memory, and what is known of them."""

    dataset: ImageDataset
    meta: Meta


class Draft:
    """An entry that is being written.

    Attributes:
        meta: to be filled in; count, shape, digest and check are set by the draft.
    """

    def __init__(self, folder: Path, meta: Meta) -> None:
        self._folder = folder
        self.meta = meta

    def write(self, shape: ImageShape, images: Iterable[NDArray[np.uint8]]) -> None:
        """Write images uint8 [C, R, R], or portions [n, C, R, R], as they come.

        Raises:
            StorageError: the disk is full, read-only or gone.
        """
        size = 0
        # Not mapped into memory: where the disk is full, writing there kills the process.
        with writing_to(self._folder), (self._folder / _IMAGES).open("wb") as file:
            for image in images:
                size += file.write(np.ascontiguousarray(image, dtype=np.uint8).data)
        self.meta.shape = (shape.channels, shape.resolution)
        self.meta.count = size // shape.size

    def set_labels(self, labels: NDArray[np.int64], classes: tuple[str, ...]) -> None:
        """Write the class number of each image.

        Raises:
            StorageError: as for `write`.
        """
        with writing_to(self._folder):
            np.save(self._folder / _LABELS, labels, allow_pickle=False)
        self.meta.classes = classes

    def finish(self) -> None:
        """Hash the pixels, and force everything to the disk.

        Raises:
            StorageError: as for `write`.
        """
        path = self._folder / _IMAGES
        with writing_to(self._folder):
            with path.open("rb") as file:
                self.meta.digest = _fingerprint(self.meta.dimensions, file)
                self.meta.check = some_blocks(file, path.stat().st_size).hex()
            (self._folder / _META).write_text(self.meta.to_json(), encoding="utf-8")
            for part in self._folder.iterdir():
                with part.open("rb+") as written:
                    os.fsync(written.fileno())


def read_entry(folder: Path) -> Entry | None:
    """The entry in a folder, or None where it is missing, incomplete or damaged."""
    images_path = folder / _IMAGES
    try:
        meta = Meta.from_json((folder / _META).read_text(encoding="utf-8"))
        size = images_path.stat().st_size
        with images_path.open("rb") as file:
            if size != int(np.prod(meta.dimensions)) or some_blocks(file, size).hex() != meta.check:
                return None
        labels = np.load(folder / _LABELS, allow_pickle=False) if meta.classes else None
        if labels is not None and (labels.shape != (meta.count,) or labels.dtype != np.int64):
            return None
        # Copy on write: nothing reaches the file, and torch may have a tensor that it believes to be writable.
        images = torch.from_numpy(np.memmap(images_path, np.uint8, mode="c", shape=meta.dimensions))
    except (OSError, ValueError, TypeError, KeyError, EOFError):
        return None
    with suppress(OSError):
        os.utime(folder / _META)  # the time of its last use
    return Entry(_dataset(meta, images, labels), meta)


def last_use(folder: Path) -> tuple[int, int]:
    """When an entry was last opened (ns), and how many bytes it takes.

    Raises:
        OSError: it is going away just now.
    """
    return (folder / _META).stat().st_mtime_ns, sum(file.stat().st_size for file in folder.iterdir())


def _dataset(meta: Meta, images: torch.Tensor, labels: NDArray[np.int64] | None) -> ImageDataset:
    return ImageDataset(
        name=meta.name,
        images=images,
        labels=None if labels is None else torch.from_numpy(labels),
        classes=meta.classes,
        left_out=tuple(meta.left_out),
        digest=meta.digest,
    )


def _fingerprint(dimensions: tuple[int, ...], file: BinaryIO) -> str:
    """`ImageDataset.fingerprint` of a file's pixels, without holding them in memory."""
    digest = hashlib.blake2b(str(dimensions).encode(), digest_size=12)
    while portion := file.read(_PORTION):
        digest.update(portion)
    return digest.hexdigest()
