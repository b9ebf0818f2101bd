"""Street View House Numbers."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from ganengine.data.named import published
from ganengine.data.named.colour import ColourSet
from ganengine.data.named.files import damaged, provide
from ganengine.data.progress import Tell

MEGABYTES = {"train": 182, "test": 64}


class SVHN(ColourSet):
    """99,289 colour photographs of digits on house walls, 73,257 of them for training.

    The cropped digits, without the extra part. Netzer, Wang, Coates, Bissacco, Wu & Ng 2011: Reading digits in natural
    images with unsupervised feature learning, NIPS workshop on deep learning.
    """

    title: ClassVar[str] = "Street View House Numbers"
    source: Literal["svhn"] = "svhn"
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")

    def _lacking(self, root: Path, parts: Sequence[str]) -> str | None:
        lacking = [part for part in parts if not (root / f"{part}_32x32.mat").is_file()]
        return f"{sum(MEGABYTES[part] for part in lacking)} MB" if lacking else None

    def _provide(self, root: Path, parts: Sequence[str], tell: Tell) -> list[Path]:
        names = [f"{part}_32x32.mat" for part in parts]
        provide(self.title, root, names, published.of_svhn, tell)
        return [root / name for name in names]

    def _read(self, files: Sequence[Path], parts: Sequence[str], tell: Tell) -> Iterable[tuple[Tensor, Tensor]]:
        for done, path in enumerate(files):
            tell(f"Reading {self.title}", done, len(files))
            yield _digits(path)


def _digits(path: Path) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, 32, 32] and labels int64 [N] of one file."""
    from scipy.io import loadmat

    try:
        held = loadmat(path, variable_names=["X", "y"])
        images, labels = held["X"], held["y"].astype(np.int64).reshape(-1)
    except MemoryError:
        raise
    except Exception as error:  # damaged files make scipy raise almost anything
        raise damaged(path, error) from error
    if images.dtype != np.uint8 or images.shape != (32, 32, 3, len(labels)):
        raise damaged(path, "its images and labels do not fit together")
    labels %= 10  # the digit 0 is class 10 in the file
    return torch.from_numpy(np.ascontiguousarray(images.transpose(3, 2, 0, 1))), torch.from_numpy(labels)
