"""A folder of pictures, with all folders in it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path

from ganengine.data.dataset import LeftOut
from ganengine.data.progress import Tell, silent
from ganengine.data.reading.collection import Collection, Job, Opened, Wish
from ganengine.data.reading.decoding import decode
from ganengine.data.reading.names import Kind, foreign_reason, kind_of
from ganengine.data.reading.unusable import MAX_FILE_BYTES, Unusable, file_too_large
from ganengine.errors import DatasetError

_TELL_EVERY = 2000


@dataclass
class Folder(Collection):
    """Files are named by their path below the folder, with ``/``. Links are followed, each folder once."""

    _stamps: list[tuple[str, int, int]] = field(default_factory=list)

    def content_key(self) -> str:
        if not self._stamps:
            self.find(silent)
        key = blake2b(digest_size=16)
        for name, size, changed in self._stamps:
            key.update(f"{name}\0{size}\0{changed}\n".encode(errors="surrogateescape"))
        return key.hexdigest()

    def find(self, tell: Tell) -> None:
        self.ignored, self.left_out = 0, []
        found = []
        for name, stat in _files(self.path, self.left_out):
            match kind_of(name):
                case Kind.IMAGE:
                    found.append((name, stat.st_size, stat.st_mtime_ns))
                    if len(found) % _TELL_EVERY == 0:
                        tell("Looking for pictures", len(found), 0)
                case Kind.FOREIGN:
                    self.left_out.append(LeftOut(name, foreign_reason(name)))
                case Kind.OTHER:
                    self.ignored += 1
        self._stamps = sorted(found)
        self.names = [name for name, _, _ in self._stamps]
        self.left_out.sort(key=lambda left_out: left_out.name)

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        for index in range(len(self.names)) if wanted is None else wanted:
            yield Job(index, partial(_open, self.path / self.names[index]))


def _open(path: Path, wish: Wish) -> Opened:
    try:
        with path.open("rb") as file:
            if (size := os.fstat(file.fileno()).st_size) > MAX_FILE_BYTES:
                raise file_too_large(size)
            data = file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise Unusable(f"cannot be opened: {(error.strerror or str(error)).lower()}") from None
    return decode(data, wish)


def _files(root: Path, left_out: list[LeftOut]) -> Iterator[tuple[str, os.stat_result]]:
    """Every regular file below `root`; a folder that cannot be read is noted, `root` itself must be readable."""
    waiting = [""]
    seen: set[tuple[int, int]] = set()
    while waiting:
        below = waiting.pop()
        try:
            place = (root / below).stat()
            # On some file systems every folder has the number 0.
            if place.st_ino and (place.st_dev, place.st_ino) in seen:
                continue
            seen.add((place.st_dev, place.st_ino))
            with os.scandir(root / below) as entries:
                for entry in entries:
                    name = f"{below}{entry.name}"
                    if entry.is_dir():
                        if kind_of(name) is not Kind.HIDDEN:
                            waiting.append(f"{name}/")
                    elif entry.is_file():  # no pipe, no device
                        yield name, entry.stat()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            if not below:
                raise DatasetError(f"The folder {root} cannot be read: {reason}.") from error
            left_out.append(LeftOut(below, f"the folder cannot be read: {reason}"))
