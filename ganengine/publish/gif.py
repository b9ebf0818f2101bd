"""GIF, one frame at a time. Pillow compresses the pixels; as it wants all frames at once, the container is ours."""

import io
import struct
from typing import BinaryIO

from PIL import Image

from ganengine.export.grid import Images

_FOR_EVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_TRAILER = b"\x3b"
_HAS_TABLE = 0x80
_LONGEST = 65_535  # hundredths of a second


class GifEncoder:
    """Writes an endless GIF. Each frame has up to 256 colours of its own."""

    def __init__(self, file: BinaryIO, width: int, height: int, fps: float) -> None:
        self._file = file
        self._size = width, height
        self._fps = fps
        self._table: bytes | None = None
        self._shown = 0  # frame times so far

    def add(self, frame: Images, times: int) -> None:
        """Show a frame for so many frame times."""
        table, pixels = _compressed(frame)
        if self._table is None:
            self._table = table
            self._file.write(b"GIF89a" + struct.pack("<HHBBB", *self._size, 0x70 | _flags(table), 0, 0) + table)
            self._file.write(_FOR_EVER)
        own = b"" if table == self._table else table
        self._file.write(b"\x21\xf9\x04" + struct.pack("<BHBB", 0x04, self._delay(times), 0, 0))
        self._file.write(b"\x2c" + struct.pack("<HHHHB", 0, 0, *self._size, _flags(own) if own else 0) + own)
        self._file.write(pixels)

    def close(self) -> None:
        """Write the end."""
        self._file.write(_TRAILER)

    def _delay(self, times: int) -> int:
        """Hundredths of a second; what rounding takes from one frame, a later one gets."""
        before, self._shown = self._shown, self._shown + times
        hundredths = round(self._shown * 100 / self._fps) - round(before * 100 / self._fps)
        return min(hundredths, _LONGEST)


def _flags(table: bytes) -> int:
    """That there is a colour table, and the power of two that it has entries."""
    return _HAS_TABLE | ((len(table) // 3).bit_length() - 2)


def _compressed(frame: Images) -> tuple[bytes, bytes]:
    """Colour table and compressed pixels of one frame, out of a GIF of this frame alone."""
    grey = frame.shape[2] == 1
    picture = Image.fromarray(frame[:, :, 0] if grey else frame)
    buffer = io.BytesIO()
    (picture if grey else picture.quantize(256)).save(buffer, format="GIF", interlace=0)
    data = buffer.getvalue()
    table, place = _table_at(data, 10, 13)
    while data[place] == 0x21:  # extensions
        place += 2
        while data[place]:
            place += data[place] + 1
        place += 1
    own, start = _table_at(data, place + 9, place + 10)
    return own or table, data[start : -len(_TRAILER)]


def _table_at(data: bytes, flags: int, place: int) -> tuple[bytes, int]:
    """The colour table at a place, if the byte at `flags` says that there is one; and what comes behind it."""
    size = 3 * (2 << (data[flags] & 7)) if data[flags] & _HAS_TABLE else 0
    return data[place : place + size], place + size
