"""Data sets in the form of MNIST: four IDX files of 28×28 grey images and their labels."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.named import published
from ganengine.data.named.download import RemoteFile
from ganengine.data.named.files import damaged, is_there, provide
from ganengine.data.named.idx import read_idx
from ganengine.data.named.parts import part_setting
from ganengine.data.named.resize import joined
from ganengine.data.progress import Tell, silent
from ganengine.data.sources.base import DataSource
from ganengine.fields import setting
from ganengine.places import data_root
from ganengine.shapes import ImageShape


class GreySet(DataSource):
    """A named set of 28×28 grey images.

    Attributes:
        folder: its folder within the data root; torchvision's class of the same name knows where it is published.
        prefixes: how the names of the files of each part begin.
        classes: name of each class.
        first_label: the label of the first class in the files.
        megabytes: how much there is to download for each part.
        transposed: whether the files hold the columns of an image one after the other, not the rows.
    """

    folder: ClassVar[str]
    prefixes: ClassVar[Mapping[str, str]] = {"train": "train", "test": "t10k"}
    classes: ClassVar[tuple[str, ...]]
    first_label: ClassVar[int] = 0
    transposed: ClassVar[bool] = False
    megabytes: ClassVar[Mapping[str, int]]

    part: Literal["train", "test", "all"] = part_setting()
    resolution: Literal[28, 32, 64] = setting(
        28,
        title="Resolution",
        description="Side of the images. 28 is how they are; 32 adds a black border; 64 enlarges them.",
        unit="pixels",
    )

    def image_shape(self) -> ImageShape:
        return ImageShape(channels=1, resolution=self.resolution)

    def needs_download(self) -> str | None:
        folder = data_root() / self.folder / "raw"
        lacking = [
            part for part, prefix in self._prefixes() if not all(is_there(folder, name) for name in _names(prefix))
        ]
        return f"{sum(self.megabytes[part] for part in lacking)} MB" if lacking else None

    def load(self, tell: Tell = silent) -> ImageDataset:
        folder = data_root() / self.folder / "raw"
        names = list(self._file_names())
        self._provide(folder, [name for pair in names for name in pair], tell)
        pairs = []
        for done, (pictures, answers) in enumerate(names):
            tell(f"Reading {self.title}", done, len(names))
            pairs.append(self._read(folder, pictures, answers))
        images = joined([pixels for pixels, _ in pairs], self.resolution)
        return ImageDataset(self.title, images, torch.cat([labels for _, labels in pairs]), self.classes)

    @classmethod
    def listing(cls) -> Mapping[str, RemoteFile]:
        """Where the files are published."""
        return published.of_mnist_kind(cls.folder)

    def _file_names(self) -> Iterator[tuple[str, str]]:
        for _, prefix in self._prefixes():
            yield _names(prefix)

    def _prefixes(self) -> Iterator[tuple[str, str]]:
        """(part, how its files begin) of the parts that are used."""
        for part, prefix in self.prefixes.items():
            if self.part in {part, "all"}:
                yield part, prefix

    def _provide(self, folder: Path, names: list[str], tell: Tell) -> None:
        missing = [f"{name}.gz" for name in names if not (folder / name).is_file()]
        provide(self.title, folder, missing, self.listing, tell)

    def _stored(self, folder: Path, name: str) -> Path | zipfile.Path:
        """Where a file is now: unpacked, or as it was published."""
        plain = folder / name
        return plain if plain.is_file() else folder / f"{name}.gz"

    def _read(self, folder: Path, pictures: str, answers: str) -> tuple[Tensor, Tensor]:
        """Images uint8 [N, 1, 28, 28] and labels int64 [N] of one pair of files."""
        label_file = self._stored(folder, answers)
        images = torch.from_numpy(read_idx(self._stored(folder, pictures), (28, 28)))
        labels = torch.from_numpy(read_idx(label_file, ())).long() - self.first_label
        if len(images) != len(labels):
            raise damaged(label_file, f"it has {len(labels):,} labels for {len(images):,} images")
        if len(labels) and not 0 <= labels.min() <= labels.max() < len(self.classes):
            raise damaged(label_file, f"not all labels belong to one of the {len(self.classes)} classes")
        return (images.mT.contiguous() if self.transposed else images).unsqueeze(1), labels


def _names(prefix: str) -> tuple[str, str]:
    """The file of the images and that of the labels."""
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
