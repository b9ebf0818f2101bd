"""Decoded images on the disk: made once, complete or not at all, and mapped into memory from then on.

An entry is a folder ``<cache root>/datasets/<key>`` with ``images.bin`` (uint8 [N, C, R, R]), ``labels.npy`` (int64
[N], only with labels) and ``meta.json``. The key says all that the content depends on, so entries are never changed.
One is written in ``<key>.tmp`` under a lock, which also keeps two programs from making the same one, and then renamed.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ganengine import places
from ganengine.data.progress import Tell
from ganengine.data.reading.entry import VERSION, CacheNotWritten, Draft, Entry, Meta, last_use, read_entry, writing_to

KEPT_BYTES = 20 * 2**30  # of all entries; the least recently used ones beyond are removed
_POLL_S = 0.2


def key_of(*parts: object) -> str:
    """The key of an entry that depends on these things, each with a plain `str`."""
    text = json.dumps([VERSION, *map(str, parts)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def cached(key: str, make: Callable[[Draft], None], meta: Meta, tell: Tell) -> Entry:
    """The entry of a key; where there is none yet, or it is damaged, `make` writes it.

    Args:
        meta: name and source of a new entry.
        tell: hears when another program is waited for, and may raise to end that.

    Raises:
        StorageError: it could not be written.
        Exception: whatever `make` or `tell` raises; nothing is left of the entry then.
    """
    root = places.cache_root() / "datasets"
    if found := read_entry(root / key):
        return found
    with writing_to(root):
        root.mkdir(parents=True, exist_ok=True)
    _remove_stale(root)
    with _locked(root / f"{key}.lock", tell):
        found = read_entry(root / key)  # another program may have made it meanwhile
        if found is None:
            _make(root / key, make, meta)
            found = read_entry(root / key)
    if found is None:
        raise CacheNotWritten(root, OSError("what was written cannot be read back"))
    remove_least_used(sparing=key)
    return found


def remove_least_used(keep_bytes: int = KEPT_BYTES, sparing: str = "") -> list[str]:
    """Remove entries, the least recently opened first, until the rest is within `keep_bytes`; returns their keys."""
    entries = []
    for meta in (places.cache_root() / "datasets").glob("*/meta.json"):
        if meta.parent.suffix != ".tmp":
            with suppress(OSError):
                entries.append((*last_use(meta.parent), meta.parent))
    total = sum(size for _, size, _ in entries)
    removed = []
    for _, size, folder in sorted(entries):
        if total <= keep_bytes:
            break
        if folder.name != sparing and _remove(folder):
            total -= size
            removed.append(folder.name)
    return removed


def _make(folder: Path, make: Callable[[Draft], None], meta: Meta) -> None:
    temporary = folder.with_suffix(".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        with writing_to(folder.parent):
            temporary.mkdir()
        draft = Draft(temporary, meta)
        make(draft)
        draft.finish()
        with writing_to(folder.parent):
            if folder.exists():  # damaged
                shutil.rmtree(folder)
            temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _remove_stale(root: Path) -> None:
    """Remove what crashes have left behind; whoever is still writing holds the lock."""
    for temporary in root.glob("*.tmp"):
        with suppress(Timeout, OSError), FileLock(temporary.with_suffix(".lock"), timeout=0):
            shutil.rmtree(temporary, ignore_errors=True)


def _remove(folder: Path) -> bool:
    try:
        with FileLock(folder.with_suffix(".lock"), timeout=0):
            aside = folder.with_suffix(".tmp")
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)  # fails on Windows while somebody has it open, which then keeps all of it
            shutil.rmtree(aside, ignore_errors=True)
    except (Timeout, OSError):
        return False
    return True


@contextmanager
def _locked(path: Path, tell: Tell) -> Iterator[None]:
    """Hold a lock that is waited for in steps, between which `tell` may cancel."""
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=_POLL_S)
            break
        except Timeout:
            tell("Waiting until the same images are prepared elsewhere", 0, 0)
        except OSError as error:
            raise CacheNotWritten(path.parent, error) from error
    try:
        yield
    finally:
        lock.release()
