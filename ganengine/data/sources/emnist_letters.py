"""The letters of EMNIST."""

import string
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from ganengine.data.named import published
from ganengine.data.named.download import RemoteFile
from ganengine.data.named.files import damaged, is_there, provide
from ganengine.data.named.grey import GreySet
from ganengine.data.progress import Tell
from ganengine.places import data_root

ARCHIVE = "gzip.zip"
ARCHIVE_SIZE = "562 MB"


class EMNISTLetters(GreySet):
    """145,600 handwritten letters, capital and small together, 124,800 of them for training.

    Cohen, Afshar, Tapson & van Schaik 2017: EMNIST, an extension of MNIST to handwritten letters, arXiv:1702.05373.
    """

    title: ClassVar[str] = "EMNIST letters"
    source: Literal["emnist-letters"] = "emnist-letters"
    folder: ClassVar[str] = "EMNIST"
    prefixes: ClassVar[Mapping[str, str]] = {"train": "emnist-letters-train", "test": "emnist-letters-test"}
    classes: ClassVar[tuple[str, ...]] = tuple(string.ascii_uppercase)
    first_label: ClassVar[int] = 1
    transposed: ClassVar[bool] = True
    megabytes: ClassVar[Mapping[str, int]] = {"train": 0, "test": 0}  # both are in the one archive

    @classmethod
    def listing(cls) -> Mapping[str, RemoteFile]:
        return published.of_emnist()

    def needs_download(self) -> str | None:
        missing = super().needs_download() and not (data_root() / self.folder / "raw" / ARCHIVE).is_file()
        return ARCHIVE_SIZE if missing else None

    def _provide(self, folder: Path, names: list[str], tell: Tell) -> None:
        if not all(is_there(folder, name) for name in names):
            provide(self.title, folder, [ARCHIVE], self.listing, tell)

    def _stored(self, folder: Path, name: str) -> Path | zipfile.Path:
        loose = super()._stored(folder, name)
        if loose.is_file():
            return loose
        archive = folder / ARCHIVE
        try:
            return zipfile.Path(archive, f"gzip/{name}.gz")
        except (OSError, zipfile.BadZipFile) as error:
            raise damaged(archive, error) from error
