"""Every colour mode to the four that the rest works with: L, LA, RGB, RGBA, of 8 bits each."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganengine.data.reading.unusable import Unusable

_PLAIN = ("L", "LA", "RGB", "RGBA")
_WITH_ALPHA = {"La": "LA", "PA": "RGBA", "RGBa": "RGBA"}
_ALIKE = ("CMYK", "YCbCr", "HSV", "P", "RGBX")


def eight_bit(image: Image.Image) -> Image.Image:
    """The same picture in mode L, LA, RGB or RGBA; 16 bits are scaled down to 8, not cut off.

    Raises:
        Unusable: the mode holds values whose meaning is not known.
    """
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return _scaled(np.asarray(image))
    if mode in {"1", "L", "P", "RGB"} and image.has_transparency_data:
        return image.convert("RGBA")
    if mode in _PLAIN:
        return image
    if mode == "1":
        return image.convert("L")
    if mode in _WITH_ALPHA:
        return image.convert(_WITH_ALPHA[mode])
    if mode in _ALIKE:
        return image.convert("RGB")
    raise Unusable(f"its kind of colours ({mode}) cannot be read; save it as RGB")


def on_white(image: Image.Image) -> Image.Image:
    """A picture with transparent parts, laid on white paper: what a person who looks at a drawing expects."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    white = Image.new("RGBA", image.size, "white")
    laid = Image.alpha_composite(white, image.convert("RGBA"))
    return laid.convert("L" if image.mode == "LA" else "RGB")


def is_grey(image: Image.Image, tolerance: int = 12) -> bool:
    """Whether hardly any pixel has a visible hue, whatever the mode."""
    if image.mode in {"L", "LA"}:
        return True
    values = np.asarray(on_white(image)).astype(np.int16)
    hue = values.max(axis=2) - values.min(axis=2)
    return bool(np.mean(hue > tolerance) < 0.01)


def _scaled(values: NDArray[Any]) -> Image.Image:
    """Numbers of a scientific or medical picture as grey: 0..1, 0..255 and 0..65535 are told apart by the largest."""
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if not (low >= 0 and high <= 65_535):  # NaN, too, is not within
        raise Unusable("its pixel values are outside of what 8 or 16 bits hold; save it as an 8-bit picture")
    top = 65_535.0
    if values.dtype != np.uint16 and high <= 255:
        top = 1.0 if values.dtype.kind == "f" and high <= 1 else 255.0
    return Image.fromarray(np.rint(values.astype(np.float32) * (255.0 / top)).astype(np.uint8))
