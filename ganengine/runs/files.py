"""Writing files so that a crash at any moment leaves the old or the new one, never half of one."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from ganengine.errors import StorageError


def write_atomically(path: Path, write: Callable[[BinaryIO], None], what: str) -> None:
    """Write a temporary file beside `path`, force it to disk and rename it; raises as `being_written`."""
    with being_written(path, what) as file:
        write(file)


@contextmanager
def being_written(path: Path, what: str) -> Iterator[BinaryIO]:
    """A temporary file beside `path`, to write and to read again, that takes its place where all went well.

    Raises:
        StorageError: it could not be written; `path` is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        _discard(temporary)
        raise StorageError(what, path, error) from error
    except BaseException:
        _discard(temporary)
        raise


def write_text(path: Path, text: str, what: str) -> None:
    """Replace a text file (UTF-8) in one go; see `write_atomically`."""
    write_atomically(path, lambda file: _ignore(file.write(text.encode())), what)


def append_json_line(path: Path, record: dict[str, Any]) -> None:
    """Add one line to a JSON-lines file.

    Raises:
        StorageError: it could not be written.
    """
    append_text(path, json.dumps(record) + "\n")


def append_text(path: Path, text: str) -> None:
    """Add text (UTF-8) to the end of a file, or nothing.

    Raises:
        StorageError: it could not be written.
    """
    size = path.stat().st_size if path.exists() else 0
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        with suppress(OSError):  # half a line would spoil the next one
            os.truncate(path, size)
        raise StorageError(path.name, path, error) from error


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON-lines file; lines that are not whole (a crash, a full disk) are passed over."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def end_last_line(path: Path) -> None:
    """Close a last line that a crash left open, so that what is appended does not run into it."""
    if path.exists() and path.stat().st_size:
        with path.open("rb+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


def _sync_directory(directory: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a directory, and does not need it
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _discard(path: Path) -> None:
    with suppress(OSError):  # the disk may be gone altogether; the first error says so
        path.unlink()


def _ignore(_: object) -> None:
    return None
