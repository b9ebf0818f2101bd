"""A decoded picture of any size → uint8 [C, R, R]."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganengine.data.reading.colours import on_white
from ganengine.shapes import ImageShape

Fit = Literal["crop", "pad", "stretch"]


def fitted(image: Image.Image, shape: ImageShape, fit: Fit) -> NDArray[np.uint8]:
    """Scale to the shape; transparent parts become white.

    Args:
        image: mode L, LA, RGB or RGBA.
        fit: cut off what sticks out of the middle square, add a border, or distort.
    """
    side = shape.resolution
    width, height = image.size
    if fit == "crop":
        square = min(width, height)
        left, top = (width - square) // 2, (height - square) // 2
        small = _scaled(image, (side, side), (left, top, left + square, top + square))
    elif fit == "stretch":
        small = _scaled(image, (side, side), (0, 0, width, height))
    else:
        scale = side / max(width, height)
        inner = max(1, round(width * scale)), max(1, round(height * scale))
        small = _scaled(image, inner, (0, 0, width, height))
    small = on_white(small).convert("L" if shape.channels == 1 else "RGB")
    values = np.asarray(_bordered(small, side) if small.size != (side, side) else small)
    return values[None] if values.ndim == 2 else np.ascontiguousarray(values.transpose(2, 0, 1))


def _scaled(image: Image.Image, size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    if box[2:] == image.size and box[:2] == (0, 0) and image.size == size:
        return image
    if (box[2] - box[0], box[3] - box[1]) == size:
        return image.crop(box)
    shrinks = size[0] <= box[2] - box[0]
    kernel = Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC
    # Colours are weighted with their opacity in this: what is invisible does not bleed into edges.
    return image.resize(size, kernel, box=box, reducing_gap=3.0)


def _bordered(image: Image.Image, side: int) -> Image.Image:
    """In the middle of a square of the colour that the corners have: white around drawings, black around digits."""
    corners = [image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    usual: Any = np.median(np.array(corners), axis=0).astype(int).tolist()
    square = Image.new(image.mode, (side, side), tuple(usual) if isinstance(usual, list) else usual)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
