"""Pictures in a .tar archive, packed or not."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any, BinaryIO, cast

from ganengine.data.progress import Tell
from ganengine.data.reading.archive import Archive, decode_member, unreadable
from ganengine.data.reading.collection import Job
from ganengine.data.reading.unusable import Unusable
from ganengine.errors import DatasetError

_TELL_EVERY = 500
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError)
_PACKERS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}


@dataclass
class Tar(Archive):
    """A .tar, .tar.gz, .tar.bz2 or .tar.xz file, read from its beginning to its end, in the order that it has."""

    _places: list[int] = field(default_factory=list)  # which of the members each name is

    def find(self, tell: Tell) -> None:
        self.ignored, self.left_out, self.names, self._places = 0, [], [], []
        names: list[str] = []
        with self._members() as members:
            for place, (member, _) in enumerate(members):
                if place % _TELL_EVERY == 0:
                    tell("Looking for pictures", len(names), 0)
                if member.isdir() or not self.takes(member.name, member.size):
                    continue
                if not member.isreg() or member.issparse():
                    self.refuses(member.name, "a link or a special file")
                    continue
                names.append(member.name)
                self._places.append(place)
        self.names = names

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        indices = range(len(self.names)) if wanted is None else wanted
        waiting = {self._places[index]: index for index in indices}
        with self._members(again=True) as members:
            for place, (member, read) in enumerate(members):
                if not waiting:
                    return
                if (index := waiting.pop(place, None)) is not None:
                    yield Job(index, partial(decode_member, _content(read, member)))
        for index in waiting.values():
            yield Job(index, partial(decode_member, _lost()))

    @contextmanager
    def _members(self, again: bool = False) -> Iterator[Iterator[tuple[tarfile.TarInfo, "_Read"]]]:
        """All members up to where the archive is damaged; the damage is noted the first time."""
        try:
            with self.path.open("rb") as file:
                pack = next((pack for sign, pack in _PACKERS.items() if _begins_with(file, sign)), None)
                plain = file if pack is None else cast(BinaryIO, _Guarded(pack(file), self.refuse_bomb))
                yield self._walk(plain, "r:" if pack is None else "r|", again)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise unreadable(self.path, error) from error

    def _walk(self, plain: BinaryIO, mode: Any, again: bool) -> Iterator[tuple[tarfile.TarInfo, "_Read"]]:
        count = 0
        try:
            with tarfile.open(fileobj=plain, mode=mode) as archive:

                def read(member: tarfile.TarInfo) -> bytes:
                    content = archive.extractfile(member)
                    return b"" if content is None else content.read()

                while (member := archive.next()) is not None:
                    if mode == "r|":
                        self.refuse_bomb(member.size)
                    count += 1
                    yield member, read
                    # Else it keeps a list of all members, for millions of pictures a large one.
                    archive.members = []  # type: ignore[attr-defined]
                if mode == "r:":
                    _must_end_here(plain, archive.offset)
        except _DAMAGE as error:
            if not count:
                raise DatasetError(
                    f"{self.path} is not a tar archive, or it is damaged. Copy or download it again."
                ) from error
            if not again:
                reason = f"the archive is cut off or damaged after {count:,} files; what follows is lost"
                self.refuses(self.path.name, reason)


_Read = Callable[[tarfile.TarInfo], bytes]


def _content(read: _Read, member: tarfile.TarInfo) -> bytes | Unusable:
    try:
        return read(member)
    except _DAMAGE:
        return _lost()


def _lost() -> Unusable:
    return Unusable("cut off: the archive ends within it, or is damaged there")


def _begins_with(file: BinaryIO, sign: bytes) -> bool:
    found = file.read(len(sign))
    file.seek(0)
    return found == sign


def _must_end_here(file: BinaryIO, place: int) -> None:
    """Python takes a damaged header for the archive's end, which is a block of zeros."""
    file.seek(place)
    if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
        raise tarfile.ReadError("damaged header")


class _Guarded(io.RawIOBase):
    """What comes out of an unpacker, as long as it is not suspiciously much."""

    def __init__(self, packed: IO[bytes], check: Callable[[int], None]) -> None:
        self._packed = packed
        self._check = check
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._packed.read(size)
        self._count += len(data)
        self._check(self._count)
        return data
