"""What zip and tar archives have in common. Members are read one by one and never written to the disk."""

import os
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Literal

from ganengine.data.dataset import LeftOut
from ganengine.data.reading.collection import Collection, Opened, Wish
from ganengine.data.reading.decoding import decode
from ganengine.data.reading.names import Kind, foreign_reason, is_safe, kind_of
from ganengine.data.reading.unusable import MAX_FILE_BYTES, Unusable, file_too_large, plain_bytes
from ganengine.errors import DatasetError

# Photos do not shrink in archives, and flat drawings in uncompressed formats to a hundredth at most.
MAX_RATIO = 200
HARMLESS_BYTES = 2**29

_BLOCK = 2**16
_BLOCKS = 16


class Archive(Collection):
    """An archive file; names are those of its members."""

    def content_key(self) -> str:
        try:
            return file_key(self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error

    def takes(self, name: str, size: int) -> bool:
        """Whether a member is to be read; if not, that is noted."""
        if not is_safe(name):
            return self.refuses(name, "refused: its name points outside of the archive")
        match kind_of(name.replace("\\", "/")):
            case Kind.FOREIGN:
                return self.refuses(name, foreign_reason(name))
            case Kind.OTHER:
                self.ignored += 1
                return False
            case Kind.HIDDEN:
                return False
        return size <= MAX_FILE_BYTES or self.refuses(name, str(file_too_large(size)))

    def refuses(self, name: str, reason: str) -> Literal[False]:
        """Note a member that is left out."""
        self.left_out.append(LeftOut(name, reason))
        return False

    def refuse_bomb(self, unpacked: int) -> None:
        """Stop where the members so far are far larger than the file they came out of.

        Raises:
            DatasetError: they are.
        """
        packed = self.path.stat().st_size
        if unpacked > max(HARMLESS_BYTES, MAX_RATIO * packed):
            raise DatasetError(
                f"{self.path} is refused: it unpacks to at least {plain_bytes(unpacked)}, "
                f"{unpacked // max(1, packed):,} times its own size. Such files are made to fill up computers."
            )


def decode_member(data: bytes | Unusable, wish: Wish) -> Opened:
    """Decode what was read of a member, or say why it could not be read.

    Raises:
        Unusable: in both cases.
    """
    if isinstance(data, Unusable):
        raise data
    return decode(data, wish)


def file_key(path: Path) -> str:
    """A hash of a file's size, time and some of its content, in the same time for any size.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())
        key = blake2b(f"{stat.st_size} {stat.st_mtime_ns} ".encode(), digest_size=16)
        key.update(some_blocks(file, stat.st_size))
    return key.hexdigest()


def some_blocks(file: BinaryIO, size: int) -> bytes:
    """A hash of blocks spread over a file, with its beginning and its end."""
    digest = blake2b(digest_size=16)
    last = max(0, size - _BLOCK)
    for place in sorted({last * index // (_BLOCKS - 1) for index in range(_BLOCKS)}):
        file.seek(place)
        digest.update(file.read(_BLOCK))
    return digest.digest()


def unreadable(path: Path, error: Exception) -> DatasetError:
    """The error for a file that cannot be opened at all."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return DatasetError(f"{path} cannot be read: {reason.lower()}.")
