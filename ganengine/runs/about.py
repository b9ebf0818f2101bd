"""What the person says of a run: `about.json`, which no training ever writes. Imports no torch."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from ganengine.errors import StorageError
from ganengine.runs.files import write_text

if TYPE_CHECKING:
    from ganengine.runs.directory import RunDirectory

FILE = "about.json"


@dataclass(frozen=True)
class RunAbout:
    """What the person says of a run.

    Attributes:
        title: what it is called, in place of its folder's name.
        tags: in the order in which they were given, each once.
        archived: whether lists leave it out unless asked for it.
    """

    title: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    archived: bool = False


def read_about(run: "RunDirectory | Path") -> RunAbout:
    """What was said of a run; where the file is missing or damaged, what can be read of it."""
    try:
        found = json.loads((_folder(run) / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return RunAbout()
    return about_of(found)


def write_about(run: "RunDirectory | Path", about: RunAbout) -> None:
    """Replace what is said of a run; also while it is being trained.

    Raises:
        StorageError: it could not be written; what was there before is intact.
    """
    text = json.dumps(asdict(about) | {"tags": clean_tags(about.tags)}, indent=2, ensure_ascii=False)
    write_text(_folder(run) / FILE, text + "\n", "what is said of the run")


def change_about(run: "RunDirectory | Path", change: Callable[[RunAbout], RunAbout]) -> RunAbout:
    """Read, change and write in one go, so that two programs do not lose each other's changes; returns the new one.

    Raises:
        StorageError: it could not be written.
    """
    folder = _folder(run)
    try:
        folder.stat()  # a lock would make it anew where it is gone
        with FileLock(folder / ".about.lock", timeout=20):
            about = change(read_about(folder))
            write_about(folder, about)
            return about
    except OSError as error:
        raise StorageError("what is said of the run", folder / FILE, error) from error


def about_of(found: Any) -> RunAbout:
    """The parsed content of the file; what is not of its kind becomes the default."""
    if not isinstance(found, dict):
        return RunAbout()
    tags = found.get("tags")
    return RunAbout(
        title=_text(found.get("title")),
        tags=tuple(clean_tags(tags)) if isinstance(tags, list) else (),
        notes=_text(found.get("notes")),
        archived=found.get("archived") is True,
    )


def clean_tags(tags: Iterable[Any]) -> list[str]:
    """Each tag once, in order, without spaces (which end a word of a search), commas and the like."""
    words = ["-".join(tag.replace(",", " ").split()).strip("-:") for tag in tags if isinstance(tag, str)]
    return list(dict.fromkeys(word for word in words if word))


def _folder(run: "RunDirectory | Path") -> Path:
    return run if isinstance(run, Path) else run.path


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
