"""Moves runs to the desktop's trash, and back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QFile

from ganengine.errors import GanEngineError, RunError

_NAMED = 5


@dataclass(frozen=True)
class Trashed:
    """A run in the trash.

    Attributes:
        place: where it was.
        trash: where it is now; None where the desktop does not tell.
    """

    place: Path
    trash: Path | None


@dataclass(frozen=True)
class Outcome:
    """What became of runs that were to go to the trash: those that went, and reasons why others did not."""

    moved: list[Trashed] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def what_goes(paths: Sequence[Path]) -> str:
    """The runs by name with what they hold, for a question."""
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.size import in_words, size_of

    sizes = [size_of(RunDirectory(path)) for path in paths]
    lines = [f"{path.name}: {size}" for path, size in zip(paths[:_NAMED], sizes, strict=False)]
    if len(paths) > _NAMED:
        rest = sum(size.total for size in sizes[_NAMED:])
        lines.append(f"and {len(paths) - _NAMED:,} more, {in_words(rest)}")
    return "\n".join(lines)


def to_trash(paths: Sequence[Path]) -> Outcome:
    """Move each run that nobody trains to the trash."""
    outcome = Outcome()
    for path in paths:
        try:
            outcome.moved.append(_trash(path))
        except GanEngineError as error:
            outcome.reasons.append(str(error))
    return outcome


def put_back(moved: Sequence[Trashed]) -> Outcome:
    """Undo `to_trash`."""
    outcome = Outcome()
    for run in moved:
        try:
            _put_back(run)
        except OSError as error:
            outcome.reasons.append(f"{run.place.name} stays in the trash: {error.strerror or error}.")
        else:
            outcome.moved.append(run)
    return outcome


def _trash(path: Path) -> Trashed:
    from ganengine.runs.directory import RunDirectory

    run = RunDirectory(path)
    run.acquire()  # no training can begin with it meanwhile
    try:
        file = QFile(str(path))
        if not file.moveToTrash():
            raise RunError(f"{path.name} was not moved: there is no trash for this place, or it may not be changed.")
        found = Path(file.fileName())
        return Trashed(path, found if found != path and found.exists() else None)
    finally:
        run.release()


def _put_back(run: Trashed) -> None:
    if run.trash is None:
        raise FileNotFoundError("it is not known where it is now")
    if run.place.exists():
        raise FileExistsError(f"there is another {run.place.name} now")
    shutil.move(run.trash, run.place)
    note = run.trash.parent.parent / "info" / f"{run.trash.name}.trashinfo"
    note.unlink(missing_ok=True)
