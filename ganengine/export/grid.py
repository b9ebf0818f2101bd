"""Image grids: many images in one PNG, which can be taken apart again."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from ganengine.errors import DatasetError, StorageError
from ganengine.runs.files import write_atomically

Images = NDArray[np.uint8]
_KEY = "gan-studio"


@dataclass(frozen=True)
class Sample:
    """A sample of a run as it was kept.

    Attributes:
        images: uint8 [N, H, W, C].
        columns: of the grid whose rows are the classes; 0 where any layout will do.
    """

    images: Images
    columns: int = 0


def inverted(images: Images) -> Images:
    """Grey images [..., 1] with black and white exchanged, as ink on paper; images in colour as they are."""
    return 255 - images if images.shape[-1] == 1 else images


def near_square(count: int) -> tuple[int, int]:
    """Rows and columns that hold `count` images, as near a square as can be, wider rather than taller."""
    columns = math.ceil(math.sqrt(count))
    return math.ceil(count / columns), columns


def compose_grid(
    images: Images, rows: int, columns: int, *, padding: int = 2, scale: int = 1, background: int = 0
) -> Images:
    """Lay out images [N, H, W, C] row by row, the first at the top left.

    Args:
        padding: pixels between images and around them, after scaling.
        scale: each pixel becomes scale × scale pixels, unblurred.
        background: 0..255, of the padding and of places without an image.

    Returns:
        uint8 [rows·(H·scale + padding) + padding, columns·(W·scale + padding) + padding, C].
    """
    tiles = images[: rows * columns].repeat(scale, axis=1).repeat(scale, axis=2)
    _, height, width, channels = tiles.shape
    size = (rows * (height + padding) + padding, columns * (width + padding) + padding, channels)
    grid = np.full(size, background, dtype=np.uint8)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        top, left = padding + row * (height + padding), padding + column * (width + padding)
        grid[top : top + height, left : left + width] = tile
    return grid


def with_caption(grid: Images, caption: str, widest: str = "") -> Images:
    """The grid with a strip below it that holds one line of text, made small, or else cut, to fit.

    Args:
        widest: the longest line of several grids, so that all have letters and strips of one size.
    """
    _, width, channels = grid.shape
    font = _font_for(widest or caption, width - 8, size=max(12, min(28, width // 24)))
    caption = _cut_to_fit(caption, width - 8, font)
    strip = Image.new("L", (width, int(font.size * 1.9)), 255)
    ImageDraw.Draw(strip).text((width / 2, strip.height / 2), caption, fill=0, font=font, anchor="mm")
    text = np.asarray(strip)[:, :, None].repeat(channels, axis=2)
    return np.concatenate([grid, text], axis=0)


def save_png(path: Path, image: Images, notes: Mapping[str, Any] | None = None) -> None:
    """Write an image [H, W, C] with 1 or 3 channels, and `notes` as JSON inside the file.

    Raises:
        StorageError: it could not be written; a file that was there before is intact.
    """
    info = PngInfo()
    info.add_text(_KEY, json.dumps(dict(notes or {})))
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)

    def write(file: BinaryIO) -> None:
        picture.save(file, format="PNG", pnginfo=info, compress_level=1)

    write_atomically(path, write, "the picture")


def save_sample(path: Path, images: Images, step: int, columns: int = 0) -> None:
    """Write a sample of a run as a grid that `load_sample` takes apart again.

    Args:
        columns: of the grid; 0 makes it nearly square.
    """
    rows, across = (math.ceil(len(images) / columns), columns) if columns else near_square(len(images))
    layout = {
        "count": len(images),
        "rows": rows,
        "columns": across,
        "padding": 2,
        "step": step,
        "by_class": columns > 0,
    }
    save_png(path, compose_grid(images, rows, across, padding=2), layout)


def load_sample(path: Path) -> Images:
    """The images [N, H, W, C] of a sample's PNG; raises as `read_sample`."""
    return read_sample(path).images


def read_sample(path: Path) -> Sample:
    """A sample's PNG, taken apart.

    Raises:
        DatasetError: the file is missing, damaged, or was not made by `save_sample`.
    """
    try:
        with Image.open(path) as picture:
            layout = json.loads(picture.info.get(_KEY, "{}"))
            pixels = np.asarray(picture)
        images = _taken_apart(pixels, *(int(layout[key]) for key in ("count", "rows", "columns", "padding")))
        return Sample(images, int(layout["columns"]) if layout.get("by_class") else 0)
    except (OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise DatasetError(f"{path} is not a sample of a run, or is damaged.") from error


def _taken_apart(pixels: Images, count: int, rows: int, columns: int, padding: int) -> Images:
    """The images of a grid; ValueError where the layout does not go with its size."""
    if min(count, rows, columns, padding + 1) < 1 or count > rows * columns:
        raise ValueError("no such layout")
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    height = (pixels.shape[0] - padding) // rows - padding
    width = (pixels.shape[1] - padding) // columns - padding
    if min(height, width) < 1:
        raise ValueError("the images have no size")
    tiles = []
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = padding + row * (height + padding), padding + column * (width + padding)
        tiles.append(pixels[top : top + height, left : left + width])
    return np.stack(tiles)


def save_singles(folder: Path, images: Images, first: int = 0, scale: int = 1) -> list[Path]:
    """Write each image to a file of its own, `image-00000.png` and so on; returns the paths.

    Raises:
        StorageError: one could not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("the pictures", folder, error) from error
    paths = []
    for number, image in enumerate(images, start=first):
        path = folder / f"image-{number:05d}.png"
        save_png(path, image.repeat(scale, axis=0).repeat(scale, axis=1))
        paths.append(path)
    return paths


def _font_for(text: str, width: int, size: int) -> ImageFont.FreeTypeFont:
    while True:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("Pillow was built without FreeType")
        if size <= 6 or font.getlength(text) <= width:
            return font
        size -= 1


def _cut_to_fit(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    shown = text
    while text and font.getlength(shown) > width:
        text = text[:-1]
        shown = f"{text}…" if text else ""
    return shown
