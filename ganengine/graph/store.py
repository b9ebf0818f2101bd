"""Compiled steps on the disk: made once for a kind of step on a machine, and loaded in milliseconds from then on.

An entry is a folder ``<cache root>/graphs/<key>``. One is made in a folder beside it, and renamed when it is complete.
It lies in the user's own cache and nowhere else: nothing in a run or data folder is ever loaded as code.
"""

import json
import shutil
import time
from contextlib import suppress
from pathlib import Path

from ganengine import places
from ganengine.graph.build import DESCRIPTION, LIBRARY, digest_of

KEPT = 64  # entries, of about 2 MB each; the least recently used ones beyond are removed
_FORGOTTEN_S = 24 * 3600.0


def root() -> Path:
    """The folder of all entries; it need not exist."""
    return places.cache_root() / "graphs"


def find(key: str) -> Path | None:
    """The complete entry of a key; it counts as used now. A damaged one is removed, for it must never be loaded."""
    folder = root() / key
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        is_whole = description["digest"] == digest_of(folder / LIBRARY)
    except (OSError, ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        discard(key)
        return None
    with suppress(OSError):
        (folder / DESCRIPTION).touch()
    return folder


def add(key: str, made: Path) -> Path:
    """Move a complete entry from beside to its place; where another process was quicker, that one's stays.

    Raises:
        OSError: it cannot be moved.
    """
    try:
        made.rename(root() / key)
    except OSError:
        if find(key) is None:
            made.rename(root() / key)
        else:
            shutil.rmtree(made, ignore_errors=True)
    with suppress(OSError):  # another process may be at it too
        _prune(sparing=key)
    return root() / key


def discard(key: str) -> None:
    """Forget an entry that turned out to be of no use."""
    shutil.rmtree(root() / key, ignore_errors=True)


def _prune(sparing: str) -> None:
    descriptions = sorted(root().glob(f"*/{DESCRIPTION}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for description in descriptions[KEPT:]:
        if description.parent.name != sparing:
            shutil.rmtree(description.parent, ignore_errors=True)
    for left in root().glob("*.tmp"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > _FORGOTTEN_S:
            shutil.rmtree(left, ignore_errors=True)
