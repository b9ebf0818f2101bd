"""Which kind of collection a path is."""

import zipfile
from pathlib import Path

from ganengine.data.reading.archive import unreadable
from ganengine.data.reading.collection import Collection
from ganengine.errors import DatasetError

_READABLE = "a folder, a .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz archive, or a .npy or .npz array"


def collection_at(path: Path) -> Collection:
    """The collection at a path that exists; by its content rather than by its name.

    Raises:
        DatasetError: it is none of those that can be read.
    """
    from ganengine.data.reading.arrays import Arrays
    from ganengine.data.reading.folder import Folder
    from ganengine.data.reading.tars import Tar
    from ganengine.data.reading.zips import Zip

    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise DatasetError(f"{path} is neither a folder nor a file. Choose {_READABLE}.")
    try:
        with path.open("rb") as file:
            beginning = file.read(512)
    except OSError as error:
        raise unreadable(path, error) from error
    if not beginning:
        raise DatasetError(f"{path} is empty (0 bytes). Choose {_READABLE}.")
    if beginning.startswith(b"\x93NUMPY") or (beginning.startswith(b"PK") and _holds_arrays(path)):
        return Arrays(path)
    if beginning.startswith(b"PK"):
        return Zip(path)
    if beginning.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or beginning[257:262] == b"ustar":
        return Tar(path)
    return _by_name(path, {".npy": Arrays, ".npz": Arrays, ".zip": Zip, ".tar": Tar})


def _by_name(path: Path, known: dict[str, type[Collection]]) -> Collection:
    kind = known.get(path.suffix.lower())
    if kind is None:
        raise DatasetError(f"{path} is nothing that pictures can be read from. Choose {_READABLE}.")
    return kind(path)


def _holds_arrays(path: Path) -> bool:
    if path.suffix.lower() == ".npz":
        return True
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)
