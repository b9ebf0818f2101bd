"""Where the files of a named data set are, and how missing ones are had."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ganengine.data.named.download import DownloadFailed, RemoteFile, download
from ganengine.data.progress import Tell
from ganengine.errors import DatasetError

# File name → where it is published. Called only when a file is missing.
Listing = Callable[[], Mapping[str, RemoteFile]]


def provide(title: str, folder: Path, names: Sequence[str], listing: Listing, tell: Tell) -> None:
    """Download those of the files that the folder lacks.

    Raises:
        DatasetError: it cannot be done; the message says which files to put where.
        Cancelled: from `tell`.
    """
    missing = [name for name in names if not (folder / name).is_file()]
    if not missing:
        return
    tell(f"Looking for {title}", 0, 0)
    try:
        published = listing()
        for name in missing:
            download(published[name], folder, tell)
    except DownloadFailed as failure:
        still = [name for name in missing if not (folder / name).is_file()]
        raise DatasetError(
            f"{title} is not in {folder} and could not be downloaded ({failure}). Put {_in_words(still)} there, "
            "or set another data folder (GAN_STUDIO_DATA)."
        ) from failure


def is_there(folder: Path, name: str) -> bool:
    """Whether a folder has a file, unpacked or as it was published."""
    return (folder / name).is_file() or (folder / f"{name}.gz").is_file()


def damaged(path: Path | zipfile.Path, reason: object) -> DatasetError:
    """The error for a file that cannot be read as what it should be."""
    return DatasetError(f"{path} is damaged ({reason}). Delete or replace it: a missing file is downloaded again.")


def _in_words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
