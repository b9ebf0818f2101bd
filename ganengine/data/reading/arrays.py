"""Pictures in a NumPy file: one array in .npy, or arrays with names in .npz."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganengine.data.progress import Tell
from ganengine.data.reading.archive import Archive, unreadable
from ganengine.data.reading.collection import Job, Opened, Wish
from ganengine.data.reading.colours import eight_bit
from ganengine.data.reading.npy import Header, blocks, header_of
from ganengine.data.reading.unusable import MAX_PIXELS, MIN_SIDE, Unusable
from ganengine.errors import DatasetError

_IMAGES = ("images", "x", "x_train", "train_images", "data", "arr_0")
_LABELS = ("labels", "y", "y_train", "train_labels", "targets", "arr_1")
_EXPECTED = "Expected are images as [N, height, width], [N, height, width, channels] or [N, channels, height, width]."

ToBytes = Callable[[NDArray[Any]], NDArray[Any]]


class Numbered(Sequence[str]):
    """The names of pictures that have none: ``image 0``, ``image 1``, ..."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        return f"image {range(self._count)[index]}"


@dataclass
class Arrays(Archive):
    """A .npy or .npz file. It is read in portions, and Python objects in it are never loaded."""

    _to_bytes: ToBytes | None = None
    _labels: NDArray[Any] | None = None

    def find(self, tell: Tell) -> None:
        self.left_out, self.ignored = [], 0
        with self._reading():
            key = self._key_of_images()
            with self._member(key) as file:
                header = header_of(file)
                self._check(header)
                self._to_bytes = _to_bytes(self._extent(file, header, tell))
            self.names = Numbered(header.shape[0])
            self._labels = self._read_labels(header.shape[0])

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        chosen = None if wanted is None else set(wanted)
        with self._reading(), self._member(self._key_of_images()) as file:
            header = header_of(file)
            index = 0
            for block in blocks(file, header):
                for row in block:
                    if chosen is None or index in chosen:
                        yield Job(index, partial(self._open, row))
                    index += 1

    def classes(self, usable: Sequence[int]) -> list[str] | None:
        if self._labels is None:
            return None
        found = [str(label) for label in self._labels[np.asarray(usable, dtype=np.int64)].tolist()]
        return found if len(set(found)) > 1 else None

    def _open(self, row: NDArray[Any], wish: Wish) -> Opened:
        assert self._to_bytes is not None
        if row.dtype.kind == "f" and not np.isfinite(row).all():
            raise Unusable("holds values that are not numbers (NaN or infinite)")
        values = self._to_bytes(row)
        if values.dtype != np.uint8:
            values = np.clip(np.rint(values), 0, 255).astype(np.uint8)
        if values.ndim == 3:
            values = values if _channels_last(values.shape) else values.transpose(1, 2, 0)
            values = values[..., 0] if values.shape[2] == 1 else values
        image = eight_bit(Image.fromarray(np.ascontiguousarray(values)))
        return Opened(image, image.size, f"{image.mode}, {row.dtype}")

    def _check(self, header: Header) -> None:
        shape = header.shape
        if header.dtype.kind not in "buif":
            raise DatasetError(f"The array in {self.path} holds {header.dtype}, not numbers.")
        fits = len(shape) == 3 or (len(shape) == 4 and (shape[3] in (1, 3, 4) or shape[1] in (1, 3, 4)))
        sides = shape[1:] if len(shape) == 3 else shape[1:3] if fits and _channels_last(shape[1:]) else shape[2:]
        if not fits or min(sides) < MIN_SIDE or sides[0] * sides[1] > MAX_PIXELS:
            raise DatasetError(f"The array in {self.path} has the shape {list(shape)}. {_EXPECTED}")

    def _extent(self, file: BinaryIO, header: Header, tell: Tell) -> tuple[np.dtype[Any], float, float]:
        """The smallest and the largest finite number of all images."""
        low, high, done = np.inf, -np.inf, 0
        for block in blocks(file, header):
            tell("Looking at the arrays", done, header.shape[0])
            finite = block[np.isfinite(block)] if block.dtype.kind == "f" else block
            if finite.size:
                low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            done += len(block)
        return header.dtype, low, high

    def _read_labels(self, count: int) -> NDArray[Any] | None:
        if not self._is_npz():
            return None
        key = _first(_LABELS, self._keys())
        if key is None:
            return None
        with self._member(key) as file:
            header = header_of(file)
            if header.shape not in {(count,), (count, 1)} or header.dtype.kind not in "buifSU":
                raise DatasetError(
                    f"The labels {key!r} in {self.path} have the shape {list(header.shape)} and hold {header.dtype}; "
                    f"expected is one number or name for each of the {count:,} images."
                )
            labels = np.concatenate([block.reshape(-1) for block in blocks(file, header)] or [np.empty(0)])
        if labels.dtype.kind == "f" and np.array_equal(labels, np.floor(labels)):
            return labels.astype(np.int64)
        return labels.astype(np.str_) if labels.dtype.kind == "S" else labels

    def _is_npz(self) -> bool:
        with self.path.open("rb") as file:
            return file.read(2) == b"PK"

    def _key_of_images(self) -> str:
        if not self._is_npz():
            return ""
        keys = self._keys()
        key = _first(_IMAGES, keys)
        if key is None:
            raise DatasetError(
                f"{self.path} has the arrays {', '.join(map(repr, keys)) or 'none'}; "
                "that of the images should be named 'images'."
            )
        return key

    def _keys(self) -> list[str]:
        with zipfile.ZipFile(self.path) as file:
            self.refuse_bomb(sum(member.file_size for member in file.infolist()))
            return [name.removesuffix(".npy") for name in file.namelist() if name.endswith(".npy")]

    @contextmanager
    def _member(self, key: str) -> Iterator[BinaryIO]:
        if not key:
            with self.path.open("rb") as plain:
                yield plain
            return
        with zipfile.ZipFile(self.path) as file, file.open(f"{key}.npy") as member:
            yield cast(BinaryIO, member)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError) as error:
            raise DatasetError(f"{self.path} is no NumPy file that can be read, or it is cut off: {error}.") from error
        except OSError as error:
            raise unreadable(self.path, error) from error


def _channels_last(shape: tuple[int, ...]) -> bool:
    return shape[2] in (1, 3, 4)


def _first(known: Sequence[str], keys: Sequence[str]) -> str | None:
    plain = {key.lower(): key for key in keys}
    return next((plain[name] for name in known if name in plain), None)


def _to_bytes(extent: tuple[np.dtype[Any], float, float]) -> ToBytes:
    """How numbers of this extent become 0..255.

    Raises:
        DatasetError: it is none of the usual extents.
    """
    dtype, low, high = extent
    slack = 1e-3
    if low > high or (low >= -slack and high <= 1 + slack):
        return lambda values: values * np.float32(255)
    if low >= 0 and high <= 255:
        return lambda values: values
    if low >= -1 - slack and high <= 1 + slack:
        return lambda values: (values + np.float32(1)) * np.float32(127.5)
    if low >= 0 and high <= 65_535 and dtype.kind in "ui":
        return lambda values: values * np.float32(255 / 65_535)
    raise DatasetError(
        f"The numbers in the array are between {low:g} and {high:g}. Expected are 0 to 255, 0 to 1, or -1 to 1."
    )
