"""New folders under a runs root: no number is given twice, none is seen before it is complete. Imports no torch."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from ganengine.errors import StorageError
from ganengine.runs.scan import number_of

_DRAFT = ".new-"
# The highest number so far, so that the one of a run in the trash is not given again: forks and queues name runs by it.
_LAST = ".last-number"
# To make a folder takes milliseconds: who holds the lock for longer hangs, or the disk does.
_PATIENCE_S = 60


def new_folder(root: Path, name: str, fill: Callable[[Path], None]) -> Path:
    """Make the folder of a new run, e.g. ``00007-mnist-simple``, whole or not at all; returns where.

    Any number of processes and threads may do so under one root at once.

    Args:
        name: for people, e.g. the preset's; what does not suit a folder's name is left out.
        fill: writes what belongs into the folder at the given path, which is not yet the final one.

    Raises:
        StorageError: it could not be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock", timeout=_PATIENCE_S):
            _discard_drafts(root)
            number = _next_number(root)
            path = root / f"{number:05d}-{slug(name)}"
            draft = root / f"{_DRAFT}{path.name}"
            try:
                draft.mkdir()
                fill(draft)
                _remember(root, number)
                draft.rename(path)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
    except OSError as error:
        raise StorageError("a new run", root, error) from error
    return path


def discard_folder(path: Path) -> None:
    """Delete the folder of a run that never began, and give its number back if it is still the last one."""
    root, number = path.parent, number_of(path.name)
    with suppress(OSError), FileLock(root / ".lock", timeout=_PATIENCE_S):
        with suppress(OSError):  # gone at once: nobody shall take half of one for a damaged one
            path = path.rename(root / f"{_DRAFT}{path.name}")
        shutil.rmtree(path, ignore_errors=True)
        if _remembered(root) == number and max(_numbers(root), default=0) < number:
            _remember(root, number - 1)


def slug(name: str) -> str:
    """A name as a part of a folder's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-") or "run"


def _discard_drafts(root: Path) -> None:
    """What a crash left unfinished; nobody works on it, since we hold the lock."""
    for draft in root.glob(f"{_DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)


def _next_number(root: Path) -> int:
    return max((*_numbers(root), _remembered(root)), default=0) + 1


def _numbers(root: Path) -> Iterator[int]:
    return (number for path in root.iterdir() if (number := number_of(path.name)) and path.is_dir())


def _remembered(root: Path) -> int:
    try:
        text = (root / _LAST).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return 0
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _remember(root: Path, number: int) -> None:
    with suppress(OSError):  # without it the folders' names still tell
        (root / _LAST).write_text(f"{number}\n", encoding="ascii")
