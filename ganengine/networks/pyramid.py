"""The sizes that a DCGAN passes through between its smallest feature map and the image."""

from ganengine.shapes import ImageShape

# Side of the smallest feature map; each further layer doubles it.
_SMALLEST = {28: 7, 32: 4, 64: 4}


def problem_with(shape: ImageShape) -> str | None:
    """Why a pyramid cannot be made for that shape, or None."""
    if shape.resolution in _SMALLEST:
        return None
    sizes = ", ".join(map(str, _SMALLEST))
    return f"makes images of {sizes} pixels, and the data have {shape.resolution}; choose another resolution or an MLP"


def pyramid(shape: ImageShape, width: int) -> tuple[int, list[int]]:
    """Side of the smallest feature map, and the channels of each map from the smallest to the largest but the image.

    The channels halve where the side doubles; the largest hidden map has `width` of them.
    """
    smallest = _SMALLEST[shape.resolution]
    doublings = (shape.resolution // smallest).bit_length() - 1
    return smallest, [width << level for level in reversed(range(doublings))]
