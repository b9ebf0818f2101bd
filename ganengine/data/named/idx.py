"""IDX, the file format of MNIST and its kin, plain or gzipped."""

import gzip
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ganengine.data.named.files import damaged

LARGEST_COUNT = 2_000_000


def read_idx(path: Path | zipfile.Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """All items of a file of bytes, uint8 [N, *shape]; gunzipped where its name ends in ``.gz``.

    Args:
        path: the file, on the disk or within a zip archive.
        shape: of one item.

    Raises:
        DatasetError: the file is damaged, or holds something else.
    """
    try:
        with path.open("rb") as stored:
            return items(gzip.GzipFile(fileobj=stored) if path.suffix == ".gz" else stored, shape)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError) as error:
        raise damaged(path, error) from error


def items(file: IO[bytes] | gzip.GzipFile, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """All items of an open file, uint8 [N, *shape].

    Raises:
        ValueError: its header promises something else than such items, or it ends before them or goes on after them.
    """
    header = file.read(4)
    if len(header) < 4 or header[:3] != b"\0\0\x08" or header[3] != 1 + len(shape):
        raise ValueError("it is no IDX file of bytes with the right number of axes")
    count, *sides = np.frombuffer(file.read(4 * header[3]), dtype=">u4").tolist()
    if tuple(sides) != shape or count > LARGEST_COUNT:
        raise ValueError(f"it holds {count:,} items of {sides} where items of {list(shape)} are expected")
    size = count * math.prod(shape)
    held = file.read(size + 1)
    if len(held) != size:
        raise ValueError("it ends too early" if len(held) < size else "it goes on after its last item")
    return np.frombuffer(bytearray(held), dtype=np.uint8).reshape(count, *shape)
