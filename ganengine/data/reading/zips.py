"""Pictures in a .zip archive."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from lzma import LZMAError

from ganengine.data.progress import Tell
from ganengine.data.reading.archive import Archive, decode_member, unreadable
from ganengine.data.reading.collection import Job
from ganengine.data.reading.unusable import MAX_FILE_BYTES, Unusable
from ganengine.errors import DatasetError

_ENCRYPTED = 0x1
_LINK = 0o120000
_FILE_TYPE = 0o170000


@dataclass
class Zip(Archive):
    """A .zip file, in the order of its members' names."""

    _members: list[zipfile.ZipInfo] = field(default_factory=list)

    def find(self, tell: Tell) -> None:
        self.ignored, self.left_out, total = 0, [], 0
        found = []
        with self._opened() as file:
            for member in file.infolist():
                if member.is_dir():
                    continue
                total += member.file_size
                self.refuse_bomb(total)
                if not self.takes(member.filename, member.file_size):
                    continue
                if reason := _refusal(member):
                    self.refuses(member.filename, reason)
                else:
                    found.append(member)
        self._members = sorted(found, key=lambda member: member.filename)
        self.names = [member.filename for member in self._members]

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        with self._opened() as file:
            for index in range(len(self.names)) if wanted is None else wanted:
                # Read here, decoded by whoever does the job: a zip file has one place to read from.
                yield Job(index, partial(decode_member, _read(file, self._members[index])))

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except zipfile.BadZipFile:
            raise DatasetError(
                f"{self.path} is not a zip archive, or it is cut off or damaged. Copy or download it again."
            ) from None
        except (OSError, ValueError, NotImplementedError) as error:
            raise unreadable(self.path, error) from error


def _refusal(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _ENCRYPTED:
        return "protected with a password; unpack the archive yourself and choose the folder"
    if (member.external_attr >> 16) & _FILE_TYPE == _LINK:
        return "a link, not a file"
    return ""


def _read(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | Unusable:
    try:
        with file.open(member) as content:
            return content.read(MAX_FILE_BYTES)
    except NotImplementedError:
        return Unusable("packed by a method that cannot be read; unpack the archive yourself and choose the folder")
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError, RuntimeError):
        return Unusable("damaged within the archive")
