"""The sizes that a convolutional network passes through between its smallest feature map and the image."""

from ganengine.shapes import ImageShape

# Side of the smallest feature map, and how often it can be doubled.
_SMALLEST = (4, 5, 6, 7)
_DOUBLINGS = (2, 3, 4, 5)
_LARGEST = 128
# Maps grow at most this many times wider than the width: as in SNGAN's networks for 64 and 128 pixels.
_WIDEST = 16


def resolutions() -> dict[int, tuple[int, int]]:
    """Resolution → side of the smallest map, and how often it is doubled."""
    sizes = {side << doublings: (side, doublings) for side in _SMALLEST for doublings in _DOUBLINGS}
    return {resolution: found for resolution, found in sorted(sizes.items()) if resolution <= _LARGEST}


def problem_with(shape: ImageShape) -> str | None:
    """Why a pyramid cannot be made for that shape, or None."""
    known = list(resolutions())
    if shape.resolution in known:
        return None
    sizes = f"{', '.join(map(str, known[:-1]))} or {known[-1]}"
    return f"works with images of {sizes} pixels, and the data have {shape.resolution}; choose another size or an MLP"


def pyramid(shape: ImageShape, width: int) -> tuple[int, list[int]]:
    """Side of the smallest feature map, and the channels of each map from the smallest to the image's own size.

    The channels halve where the side doubles, down to `width`; the last number is that of a map as large as the image.
    """
    smallest, doublings = resolutions()[shape.resolution]
    return smallest, [width * min(1 << level, _WIDEST) for level in reversed(range(doublings + 1))]
