"""Data sets of 32×32 colour images."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganengine.data.cache import cached, key_of
from ganengine.data.dataset import ImageDataset
from ganengine.data.named.parts import part_setting
from ganengine.data.named.resize import resized
from ganengine.data.progress import Tell, silent
from ganengine.data.reading.archive import file_key, unreadable
from ganengine.data.reading.entry import Draft, Meta
from ganengine.data.sources.base import DataSource
from ganengine.fields import setting
from ganengine.places import data_root
from ganengine.shapes import ImageShape

PIECE = 1024  # images written at once


class ColourSet(DataSource):
    """A named set of 32×32 RGB images. Its files take seconds to read, so the pixels are kept in the cache.

    Attributes:
        classes: name of each class.
    """

    classes: ClassVar[tuple[str, ...]]

    part: Literal["train", "test", "all"] = part_setting()
    resolution: Literal[32, 64] = setting(
        32,
        title="Resolution",
        description="Side of the images. 32 is how they are; 64 enlarges them.",
        unit="pixels",
    )

    def image_shape(self) -> ImageShape:
        return ImageShape(channels=3, resolution=self.resolution)

    def needs_download(self) -> str | None:
        return self._lacking(data_root(), self._parts())

    def load(self, tell: Tell = silent) -> ImageDataset:
        parts = self._parts()
        files = self._provide(data_root(), parts, tell)
        key = key_of(self.source, self.part, self.resolution, *map(_file_key, files))

        def make(draft: Draft) -> None:
            labels: list[Tensor] = []
            draft.write(self.image_shape(), self._pieces(self._read(files, parts, tell), labels))
            draft.set_labels(torch.cat(labels).numpy(), self.classes)

        return cached(key, make, Meta(self.title, str(files[0].parent)), tell).dataset

    def _pieces(self, pairs: Iterable[tuple[Tensor, Tensor]], labels: list[Tensor]) -> Iterator[NDArray[np.uint8]]:
        for images, answers in pairs:
            labels.append(answers)
            for piece in torch.split(images, PIECE):
                yield resized(piece, self.resolution).numpy()

    def _parts(self) -> list[str]:
        return ["train", "test"] if self.part == "all" else [self.part]

    def _lacking(self, root: Path, parts: Sequence[str]) -> str | None:
        """How much `_provide` would download, e.g. ``30 MB``; None where nothing is missing."""
        raise NotImplementedError

    def _provide(self, root: Path, parts: Sequence[str], tell: Tell) -> list[Path]:
        """The files that hold the parts, downloaded where they are missing; at least one."""
        raise NotImplementedError

    def _read(self, files: Sequence[Path], parts: Sequence[str], tell: Tell) -> Iterable[tuple[Tensor, Tensor]]:
        """Images uint8 [N, 3, 32, 32] and labels int64 [N] of those files, in as many pieces as they are stored."""
        raise NotImplementedError


def _file_key(path: Path) -> str:
    try:
        return file_key(path)
    except OSError as error:
        raise unreadable(path, error) from error
