"""NumPy's file format read in portions, from a file or from within an archive."""

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

_PORTION = 8 * 2**20  # bytes
_MAX_WHOLE = 2**31  # bytes of an array that has to be read in one go


class Header(NamedTuple):
    """What is written before the numbers."""

    shape: tuple[int, ...]
    column_by_column: bool
    dtype: np.dtype[Any]


def header_of(file: BinaryIO) -> Header:
    """Read the header; the file then stands at the first number.

    Raises:
        ValueError: there is none, or the array holds Python objects, which could run code when loaded.
    """
    version = npy_format.read_magic(file)
    if version not in {(1, 0), (2, 0)}:
        raise ValueError(f"version {version[0]}.{version[1]} of the format is not known")
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    header = Header(*read(file))
    if header.dtype.hasobject:
        raise ValueError("it holds Python objects, which are not loaded for safety; save an array of numbers")
    if not header.shape or any(side < 0 for side in header.shape):
        raise ValueError("it holds no list of images")
    return header


def blocks(file: BinaryIO, header: Header) -> Iterator[NDArray[Any]]:
    """The array in portions [n, ...] of a few megabytes.

    Raises:
        ValueError: the file ends too early.
    """
    rest = header.shape[1:]
    row = header.dtype.itemsize * int(np.prod(rest, dtype=object))
    if header.column_by_column:
        yield from _whole(file, header, row)
        return
    at_once = max(1, _PORTION // max(1, row))
    for start in range(0, header.shape[0], at_once):
        count = min(at_once, header.shape[0] - start)
        yield np.frombuffer(_exactly(file, count * row), header.dtype).reshape(count, *rest)


def _whole(file: BinaryIO, header: Header, row: int) -> Iterator[NDArray[Any]]:
    size = header.shape[0] * row
    if size > _MAX_WHOLE:
        raise ValueError("it is saved column by column (Fortran order) and too large for that; save it row by row")
    yield np.frombuffer(_exactly(file, size), header.dtype).reshape(header.shape, order="F")


def _exactly(file: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        if not (part := file.read(min(size, _PORTION))):
            raise ValueError("its end is missing")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
