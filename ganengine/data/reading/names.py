"""What the name of a file says: whether it may be an image, whether it is safe, and its class."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import PurePosixPath

_IMAGES = frozenset(
    (
        "png",
        "apng",
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "mpo",
        "webp",
        "bmp",
        "dib",
        "gif",
        "tif",
        "tiff",
        "pgm",
        "ppm",
        "pnm",
    )
)
_FOREIGN = {
    **dict.fromkeys(("heic", "heif", "avif", "jp2", "j2k", "jxl"), "JPEG or PNG"),
    **dict.fromkeys(("svg", "eps", "psd", "xcf", "ai", "ico", "tga", "exr", "hdr"), "PNG"),
    **dict.fromkeys(("cr2", "cr3", "nef", "arw", "dng", "raf", "orf", "rw2"), "JPEG or TIFF"),
}
_SYSTEM = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
_DRIVE = re.compile(r"[A-Za-z]:")


class Kind(Enum):
    """What a file may be, by its name."""

    IMAGE = auto()
    FOREIGN = auto()  # an image of a format that is not read
    OTHER = auto()  # a text, a table, ...
    HIDDEN = auto()  # what systems leave behind, and what is hidden on purpose


def kind_of(name: str) -> Kind:
    """Judge a name within a folder or an archive (parts divided by ``/``)."""
    path = PurePosixPath(name)
    if any((part.startswith(".") and part not in {".", ".."}) or part.lower() in _SYSTEM for part in path.parts):
        return Kind.HIDDEN
    ending = path.suffix[1:].lower()
    if ending in _IMAGES or not ending:  # no ending: the content decides
        return Kind.IMAGE
    return Kind.FOREIGN if ending in _FOREIGN else Kind.OTHER


def claims_to_be_an_image(name: str) -> bool:
    """Whether the name has an image's ending, so that a person expects it to be one."""
    return PurePosixPath(name).suffix[1:].lower() in _IMAGES


def foreign_reason(name: str) -> str:
    """Why a picture of a format that is not read is left out."""
    ending = PurePosixPath(name).suffix[1:].lower()
    return f"{ending.upper()} files cannot be read; save it as {_FOREIGN[ending]}"


def is_safe(name: str) -> bool:
    """Whether a member's name stays inside its archive."""
    plain = name.replace("\\", "/")
    return not (plain.startswith("/") or _DRIVE.match(plain) or ".." in plain.split("/") or "\0" in plain)


def classes_of(names: Sequence[str]) -> list[str] | None:
    """The class of each image: its first folder, below a single folder that wraps up everything.

    Returns None where the names tell no classes: some image is in no such folder, or there is only one.
    """
    folders = [PurePosixPath(name.replace("\\", "/")).parts[:-1] for name in names]
    depth = 0
    while folders and all(len(parts) > depth for parts in folders):
        found = [parts[depth] for parts in folders]
        if len(set(found)) > 1:
            return found
        depth += 1
    return None
