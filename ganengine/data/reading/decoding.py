"""The bytes of a picture's file → a picture, or the reason why not. Nothing in such a file is trusted."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from PIL import Image, UnidentifiedImageError

from ganengine.data.reading.collection import Opened, Wish
from ganengine.data.reading.colours import eight_bit
from ganengine.data.reading.unusable import MAX_PIXELS, MIN_SIDE, Unusable

# What people keep pictures in. Pillow knows many more, and each is more code for a hostile file to attack.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "GIF", "TIFF", "PPM")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Within, Pillow does not warn of oddities in files: `decode` judges for itself what can be used.

    To be entered once around all threads that decode: Python 3.11 has no filter of a thread's own.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\b")
        yield


def decode(data: bytes, wish: Wish) -> Opened:
    """Decode the first frame, upright.

    Raises:
        Unusable: with the reason.
    """
    if not data:
        raise Unusable("empty file (0 bytes)")
    try:
        return _decode(data, wish)
    except Unusable:
        raise
    except UnidentifiedImageError:
        raise _not_an_image(data) from None
    except Image.DecompressionBombError as error:
        count = re.search(r"\((\d+) pixels", str(error))
        raise _too_many_pixels(f"{int(count[1]) // 10**6:,} million" if count else "too many") from None
    except MemoryError:
        raise Unusable("too large for the memory of this computer") from None
    except Exception as error:  # Pillow's decoders raise a dozen kinds for damaged files
        raise Unusable(_damage(error)) from None


def _decode(data: bytes, wish: Wish) -> Opened:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        width, height = image.size
        _check_size(width, height)
        mode, tiff = image.mode, image.format == "TIFF"
        if wish.side and image.format in {"JPEG", "MPO"}:
            _decode_smaller(image, wish)
        image.load()
        # A TIFF has been turned by Pillow already.
        orientation = 1 if tiff else _orientation(image)
        # A copy, since asking for further frames below may change the picture.
        plain = eight_bit(image.copy())
        upright = plain.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else plain
        size = (height, width) if orientation in _SIDEWAYS else (width, height)
        return Opened(upright, size, mode, _animated(image))


def _decode_smaller(image: Image.Image, wish: Wish) -> None:
    """Let the JPEG decoder halve the sides while they stay at least twice what is needed."""
    width, height = image.size
    scale = 2 * wish.side / min(width, height)
    if scale < 1:
        mode = "L" if wish.grey and image.mode in {"L", "RGB"} else None
        image.draft(mode, (max(1, int(width * scale)), max(1, int(height * scale))))


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width:,}×{height:,}")
    if min(width, height) < MIN_SIDE:
        raise Unusable(f"too small: {width}×{height} pixels; at least {MIN_SIDE}×{MIN_SIDE} are needed")


def _too_many_pixels(size: str) -> Unusable:
    return Unusable(f"too large: {size} pixels; at most {MAX_PIXELS // 10**6} million are read")


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged notes of the camera do not spoil a picture
        return 1
    return value if isinstance(value, int) else 1


def _animated(image: Image.Image) -> bool:
    with suppress(Exception):  # further frames may be damaged; the first one is what is used
        return image.format != "MPO" and bool(getattr(image, "is_animated", False))
    return False


def _not_an_image(data: bytes) -> Unusable:
    beginning = data[:512]
    if not beginning.strip(b"\0"):
        return Unusable("not an image: the file holds only zeros", is_image=False)
    with suppress(UnicodeDecodeError):
        text = beginning[:-4].decode() if len(beginning) == 512 else beginning.decode()
        if all(sign.isprintable() or sign.isspace() for sign in text):
            page = text.lstrip("\ufeff").lstrip()[:14].lower().startswith(("<!doctype html", "<html"))
            return Unusable("not an image: it is " + ("a web page" if page else "a text"), is_image=False)
    return Unusable("not an image that can be read, or damaged at its beginning", is_image=False)


def _damage(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "truncated" in text.lower() or isinstance(error, EOFError):
        return "cut off: the end of the file is missing"
    return f"damaged ({text[:120]})" if text else "damaged"
