"""What a file or folder is that somebody drops onto the window."""

from enum import Enum, auto
from pathlib import Path

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".npy", ".npz")
BUNDLES = ".run.zip"


class Dropped(Enum):
    """What becomes of it."""

    RUN = auto()  # a run directory or a checkpoint, to be opened
    BUNDLE = auto()  # a run that was exported, to be imported
    SETTINGS = auto()  # a preset or config file, for the form
    IMAGES = auto()  # a folder, an archive or arrays, to be trained on
    OTHER = auto()  # nothing that we can use


def kind_of(path: Path) -> Dropped:
    """Judge by the name; what is inside is seen when it is opened."""
    if path.suffix == ".pt" or (path / "run.json").is_file():
        return Dropped.RUN
    if path.name.lower().endswith(BUNDLES):
        return Dropped.BUNDLE
    if path.suffix == ".toml":
        return Dropped.SETTINGS
    if holds_images(path):
        return Dropped.IMAGES
    return Dropped.OTHER


def holds_images(path: Path) -> bool:
    """Whether images can be read from it: a folder, or a file with the ending of an archive or of arrays."""
    return path.is_dir() or (path.is_file() and path.name.lower().endswith(ARCHIVES))
