"""One file from the network: with progress, a checksum, and nothing half-made left behind."""

import hashlib
import http.client
import os
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from ganengine.data.progress import Tell

TIMEOUT_SECONDS = 15.0
STALE_SECONDS = 600.0
CHUNK_BYTES = 1 << 18
HEADERS = {"User-Agent": "gan-studio", "Accept-Encoding": "identity"}


class DownloadFailed(Exception):
    """A file could not be had; the message is the reason in a few plain words."""


@dataclass(frozen=True)
class RemoteFile:
    """A published file.

    Attributes:
        name: what it is called on the disk.
        urls: where it is, best first.
        md5: what its bytes must hash to, in hexadecimal. Against accidents: the mirrors give no better hash.
    """

    name: str
    urls: tuple[str, ...]
    md5: str


def download(file: RemoteFile, folder: Path, tell: Tell) -> Path:
    """Put a file into a folder, from the first of its addresses that gives the right bytes.

    It appears under its name only when it is complete and right. What `tell` raises goes through, and the part that
    was downloaded is removed. Where another program is downloading the same file, this waits for it.

    Raises:
        DownloadFailed: no address gave it, or the folder cannot be written.
    """
    path = folder / file.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(path, tell):
            if not path.is_file():
                _remove_stale_parts(path)
                _from_any(file, path, tell)
    except OSError as error:
        raise DownloadFailed(f"{folder} cannot be written: {error.strerror or error}") from error
    return path


@contextmanager
def _alone(path: Path, tell: Tell) -> Iterator[None]:
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    while True:
        try:
            lock.acquire(timeout=0.2)
            break
        except Timeout:
            tell(f"Waiting for another download of {path.name}", 0, 0)
    try:
        yield
    finally:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _remove_stale_parts(path: Path) -> None:
    """Remove what a crash has left: a part that still grows was written to a moment ago."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()


def _from_any(file: RemoteFile, path: Path, tell: Tell) -> None:
    reasons = []
    for url in file.urls:
        try:
            return _from(url, file, path, tell)
        except DownloadFailed as failure:
            reasons.append(f"{urlsplit(url).hostname}: {failure}")
    raise DownloadFailed("; ".join(reasons) or "no address is known")


def _from(url: str, file: RemoteFile, path: Path, tell: Tell) -> None:
    what = f"Downloading {file.name}"
    tell(what, 0, 0)
    digest = hashlib.md5(usedforsecurity=False)
    # The lock is removed at the end, so that it may fail to keep out a third program: each has a part of its own.
    part = path.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with part.open("wb") as kept, closing(_received(url)) as received:
            for chunk, done, total in received:
                kept.write(chunk)
                digest.update(chunk)
                tell(what, done, total)
            kept.flush()
            os.fsync(kept.fileno())
        if digest.hexdigest() != file.md5:
            raise DownloadFailed("what arrived is not the right file (its checksum differs)")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _received(url: str) -> Generator[tuple[bytes, int, int], None, None]:
    """The chunks of a file, each with the bytes received up to now and the bytes in all (0 where not known)."""
    done = 0
    try:
        request = urllib.request.Request(url, headers=HEADERS)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            total = int(response.headers.get("Content-Length") or 0)
            # read1 gives what is there, so that progress is told, and a cancel heard, on a slow line too.
            while chunk := response.read1(CHUNK_BYTES):
                done += len(chunk)
                yield chunk, done, total
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadFailed(_reason(error)) from error
    if done < total:
        raise DownloadFailed(f"the connection ended after {done:,} of {total:,} bytes")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} {error.reason}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer for {TIMEOUT_SECONDS:.0f} seconds"
    if isinstance(cause, ssl.SSLError):
        return f"no secure connection: {cause.reason}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__
