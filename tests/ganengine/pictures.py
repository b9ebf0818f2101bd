"""Picture files made for tests."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(colour: Any = RED, size: tuple[int, int] = (16, 16), mode: str = "RGB") -> Image.Image:
    """One colour all over."""
    return Image.new(mode, size, colour)


def noise(seed: int, size: tuple[int, int] = (32, 32), channels: int = 3) -> Image.Image:
    """Random pixels, which no two pictures share."""
    shape = (size[1], size[0], channels) if channels > 1 else (size[1], size[0])
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def quarters() -> Image.Image:
    """32×32: red and green above blue and white, so that every way of turning it shows."""
    image = plain(RED, (32, 32))
    image.paste(GREEN, (16, 0, 32, 16))
    image.paste(BLUE, (0, 16, 16, 32))
    image.paste(WHITE, (16, 16, 32, 32))
    return image


def png_that_claims(width: int, height: int) -> bytes:
    """A small PNG file whose header promises that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder, with the folders that their names ask for."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip archive with members of any name."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_tar(path: Path, files: Mapping[str, bytes], mode: Any = "w") -> Path:
    """A tar archive with members of any name."""
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path
