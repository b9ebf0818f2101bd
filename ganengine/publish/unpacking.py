"""Reads a run bundle that may come from anybody.

Nothing that the archive says is believed: only names that a run has are unpacked, none of them twice, no links, nothing
larger than such a file may be, and never more bytes than were announced. What comes out is looked at before it
becomes a run; and checkpoints are only ever read as plain weights.
"""

import json
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ganengine.config import TrainConfig
from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError, GanEngineError, PublishError, StorageError
from ganengine.publish.bundles import FORMAT, MANIFEST, VERSION, limit_of
from ganengine.runs.creation import new_folder
from ganengine.runs.directory import RunDirectory, list_runs, now
from ganengine.runs.scan import UNFINISHED

_CHUNK = 1 << 20
_MOST_FILES = 200_000
_MOST_BYTES = 256 << 30
_ENCRYPTED = 0x1
_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_SIDE = 32_768  # pixels of a sample
_FOLDERS = ("samples", "checkpoints", "exports")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_bundle(path: Path) -> bool:
    """Whether a file is a run bundle, by its first entry; other zips hold pictures."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return bool(entries) and entries[0].filename == MANIFEST


def unpack(bundle: Path, root: Path, tell: Tell = silent) -> RunDirectory:
    """Make a run of a bundle under a runs root, with a number of its own.

    Raises:
        PublishError: the file is no bundle, is damaged, or holds what no run has.
        StorageError: there is no room for it.
    """
    with _opened(bundle) as archive:
        entries = _checked(bundle, archive.infolist())
        name = _check_manifest(bundle, archive)
        total = sum(entry.file_size for entry in entries)
        with _draft(root, total) as draft:
            for folder in _FOLDERS:
                (draft / folder).mkdir()
            _extract(archive, entries, draft, total, tell)
            _settle(bundle, draft, root)
            return RunDirectory(new_folder(root, _without_number(name), lambda folder: _move(draft, folder)))


@contextmanager
def _opened(bundle: Path) -> Iterator[zipfile.ZipFile]:
    if not bundle.is_file():
        raise PublishError(f"There is no file {bundle}.")
    try:
        with _damage_heard(), zipfile.ZipFile(bundle) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise PublishError(f"{bundle.name} is not a run bundle, or is damaged.") from error


@contextmanager
def _damage_heard() -> Iterator[None]:
    """zipfile raises a good dozen of kinds, `zlib.error` and `struct.error` among them."""
    try:
        yield
    except (GanEngineError, OSError):
        raise
    except Exception as error:
        raise zipfile.BadZipFile(str(error)) from error


def _read(source: IO[bytes], size: int) -> bytes:
    """The next bytes of an entry. What is wrong in here is the archive's fault, not that of the disk written to."""
    try:
        return source.read(size)
    except OSError as error:
        raise zipfile.BadZipFile(str(error)) from error


def _checked(bundle: Path, entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The entries without the manifest, if they are such as a run has."""
    names = [entry.filename for entry in entries]
    if not names or names[0] != MANIFEST:
        raise PublishError(f"{bundle.name} is not a run bundle of GAN Studio.")
    if len(names) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise PublishError(f"{bundle.name} is larger than any run: refused.")
    for entry in entries:
        if problem := _problem_with(entry):
            raise PublishError(f"{bundle.name} holds {_shown(entry.filename)}, {problem}: refused.")
    if len(set(names)) < len(names):
        raise PublishError(f"{bundle.name} holds a file twice: refused.")
    if missing := {"config.toml", "run.json"} - set(names):
        raise PublishError(f"{bundle.name} is not complete: it holds no {min(missing)}.")
    return entries[1:]


def _problem_with(entry: zipfile.ZipInfo) -> str:
    limit = limit_of(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not limit:
        return "which no run has"
    if kind not in (0, stat.S_IFREG):
        return "which is not a plain file"
    if entry.file_size > limit:
        return "which is larger than such a file can be"
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        return "which is packed in another way than GAN Studio does"
    return ""


def _check_manifest(bundle: Path, archive: zipfile.ZipFile) -> str:
    """The name that the run had."""
    manifest = _json(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise PublishError(f"{bundle.name} is not a run bundle of GAN Studio.")
    if manifest.get("version") != VERSION:
        raise PublishError(f"{bundle.name} was made by a newer version of GAN Studio; update to open it.")
    return str(manifest.get("run", ""))


@contextmanager
def _draft(root: Path, total: int) -> Iterator[Path]:
    """A hidden folder under the root, of which nothing stays."""
    draft = root / f".import-{secrets.token_hex(6)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(root).free < total:
            raise PublishError(f"There is not enough room in {root}: the run needs {total / 1e6:,.0f} MB.")
        draft.mkdir()
        yield draft
    except OSError as error:
        raise StorageError("the run", root, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], draft: Path, total: int, tell: Tell) -> None:
    done = 0
    for entry in entries:
        # The name is one of ours: at most one folder, which is there.
        with archive.open(entry) as source, (draft / entry.filename).open("xb") as target:
            left = entry.file_size
            while chunk := _read(source, min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise zipfile.BadZipFile("more than announced")
                target.write(chunk)
                done += len(chunk)
                tell("Unpacking megabytes", done // _CHUNK, total // _CHUNK)


def _settle(bundle: Path, draft: Path, root: Path) -> None:
    """See that the files are what their names say, and write what is true of the run here into its `run.json`."""
    try:
        TrainConfig.load(draft / "config.toml")
    except ConfigError as error:
        raise PublishError(f"The settings in {bundle.name} cannot be used here: {error}") from error
    for sample in (draft / "samples").iterdir():
        _check_picture(bundle, sample)
    info = _json((draft / "run.json").read_bytes())
    if not isinstance(info.get("status"), str):
        raise PublishError(f"{bundle.name} is damaged: its run.json says nothing of a run.")
    if info["status"] in UNFINISHED:
        info["status"] = "stopped"
    if not isinstance(info.get("id"), str) or _is_known(root, info["id"]):
        info["id"] = secrets.token_hex(8)  # a second copy is a run of its own
    info["imported"] = {"from": bundle.name, "time": now()}
    (draft / "run.json").write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")


def _check_picture(bundle: Path, path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(24)
    sides = int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big")
    if not start.startswith(_PNG) or not all(0 < side <= _LARGEST_SIDE for side in sides):
        raise PublishError(f"{bundle.name} holds {path.name}, which is not a picture: refused.")


def _is_known(root: Path, run_id: str) -> bool:
    return any(run.known_info().get("id") == run_id for run in list_runs(root))


def _move(draft: Path, folder: Path) -> None:
    for child in list(draft.iterdir()):
        child.rename(folder / child.name)


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _without_number(name: str) -> str:
    number, _, rest = name.partition("-")
    return rest if number.isdecimal() and rest else name or "imported"


def _shown(name: str) -> str:
    """A name as it may be shown: short, and without what a terminal would obey."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in name)
    return repr(clean if len(clean) <= 60 else clean[:60] + "…")
