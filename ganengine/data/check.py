"""The data check: what is in a data set, and what in it may spoil a training."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganengine.data.dataset import ImageDataset, LeftOut
from ganengine.data.progress import Tell, silent
from ganengine.data.sources.base import DataSource
from ganengine.shapes import ImageShape

BLANK_SPREAD = 2.0  # standard deviation of an image's values, of 255, below which it shows nothing
_PORTION = 4 * 2**20  # bytes


@dataclass(frozen=True)
class Originals:
    """What the files were like before they were decoded.

    Attributes:
        sizes: ((width, height), count) of the most frequent sizes, the most frequent first.
        different_sizes: how many sizes there are in all.
        widths, heights: the smallest and the largest.
        modes: (kind of colours, count), the most frequent first.
        animated: files of which only the first frame is used.
        ignored: other files, such as texts.
    """

    sizes: tuple[tuple[tuple[int, int], int], ...]
    different_sizes: int
    widths: tuple[int, int]
    heights: tuple[int, int]
    modes: tuple[tuple[str, int], ...]
    animated: int
    ignored: int


@dataclass(frozen=True)
class DataReport:
    """What the check found. Numbers of images are their indices in the data set.

    Attributes:
        name: what people call the data set.
        count: number of usable images.
        shape: of each, as they are trained on.
        classes: (name, number of images) of each class; empty without labels.
        duplicates: groups of images with exactly the same pixels, each of at least two.
        blanks: images that show nearly nothing but one colour.
        left_out: files that could not be used, and why.
        histogram: how often each of the 256 values occurs.
        mean, spread: mean and standard deviation of all values, 0..255.
        originals: facts of the original files, or None where the source knows none.
    """

    name: str
    count: int
    shape: ImageShape
    classes: tuple[tuple[str, int], ...]
    duplicates: tuple[tuple[int, ...], ...]
    blanks: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    histogram: tuple[int, ...]
    mean: float
    spread: float
    originals: Originals | None = None

    @property
    def superfluous(self) -> int:
        """How many images are copies of an earlier one."""
        return sum(len(group) - 1 for group in self.duplicates)

    def as_text(self) -> str:
        """The report for a terminal; several lines."""
        from ganengine.data.report_text import written

        return written(self)


def check(source: DataSource, tell: Tell = silent) -> DataReport:
    """Load a data set and look at every image.

    Raises:
        ConfigError, DatasetError, StorageError, Cancelled: as for `DataSource.load`.
    """
    from ganengine.data.sources.folder import FolderSource

    if isinstance(source, FolderSource):
        entry = source.open(tell)
        return check_dataset(entry.dataset, tell, _originals(entry.meta.details))
    return check_dataset(source.load(tell), tell)


def check_dataset(dataset: ImageDataset, tell: Tell = silent, originals: Originals | None = None) -> DataReport:
    """Look at every image of a data set that is loaded.

    Raises:
        Cancelled: from `tell`.
    """
    seen: dict[bytes, list[int]] = {}
    blanks: list[int] = []
    histogram = np.zeros(256, dtype=np.int64)
    for start, images in _portions(dataset):
        tell("Checking images", start, dataset.count)
        histogram += np.bincount(images.reshape(-1), minlength=256)
        blanks += (start + np.flatnonzero(_spreads(images, dataset.shape.channels) < BLANK_SPREAD)).tolist()
        for index, image in enumerate(images, start):
            seen.setdefault(blake2b(image, digest_size=16).digest(), []).append(index)
    tell("Checking images", dataset.count, dataset.count)
    mean, spread = _moments(histogram)
    return DataReport(
        name=dataset.name,
        count=dataset.count,
        shape=dataset.shape,
        classes=_classes(dataset),
        duplicates=tuple(tuple(group) for group in seen.values() if len(group) > 1),
        blanks=tuple(blanks),
        left_out=dataset.left_out,
        histogram=tuple(histogram.tolist()),
        mean=mean,
        spread=spread,
        originals=originals,
    )


def _portions(dataset: ImageDataset) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(number of the first, uint8 [n, C × R × R]) of a few megabytes each."""
    at_once = max(1, _PORTION // dataset.shape.size)
    for start in range(0, dataset.count, at_once):
        images: NDArray[np.uint8] = dataset.images[start : start + at_once].cpu().numpy()
        yield start, np.ascontiguousarray(images).reshape(len(images), -1)


def _spreads(images: NDArray[np.uint8], channels: int) -> NDArray[np.float64]:
    """The standard deviation of each image's values, of the channel where it is largest: one colour has none."""
    spreads: NDArray[np.float64] = images.reshape(len(images), channels, -1).std(axis=2).max(axis=1)
    return spreads


def _moments(histogram: NDArray[np.int64]) -> tuple[float, float]:
    values, total = np.arange(256), max(1, int(histogram.sum()))
    mean = float(histogram @ values) / total
    return mean, float(np.sqrt(max(0.0, float(histogram @ values**2) / total - mean**2)))


def _classes(dataset: ImageDataset) -> tuple[tuple[str, int], ...]:
    if dataset.labels is None:
        return ()
    counts = dataset.labels.cpu().bincount(minlength=len(dataset.classes)).tolist()
    names = dataset.classes or tuple(map(str, range(len(counts))))
    return tuple(zip(names, counts, strict=True))


def _originals(details: dict[str, Any]) -> Originals | None:
    if not details:
        return None
    return Originals(
        sizes=tuple(((width, height), count) for width, height, count in details["sizes"]),
        different_sizes=details["different_sizes"],
        widths=tuple(details["widths"]),
        heights=tuple(details["heights"]),
        modes=tuple(details["modes"].items()),
        animated=details["animated"],
        ignored=details["ignored"],
    )
