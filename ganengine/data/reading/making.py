"""From a collection to an entry of the cache."""

import re
from collections import Counter
from typing import Any, Literal

import numpy as np

from ganengine.data.dataset import LeftOut
from ganengine.data.progress import Tell
from ganengine.data.reading.collection import Collection
from ganengine.data.reading.entry import Draft
from ganengine.data.reading.fitting import Fit
from ganengine.data.reading.guessing import guessed_shape
from ganengine.data.reading.pipeline import Tally, decoded
from ganengine.errors import DatasetError
from ganengine.shapes import ImageShape

_SIZES_KEPT = 50  # most frequent original sizes that are counted one by one
_SHOWN = 3  # files named in an error


def make_entry(
    draft: Draft,
    collection: Collection,
    resolution: int | Literal["auto"],
    channels: Literal["auto", "grey", "colour"],
    fit: Fit,
    tell: Tell,
) -> None:
    """Decode the pictures of a collection whose files are found already.

    Raises:
        DatasetError: there is no usable picture.
        StorageError: the draft could not be written.
    """
    if not collection.names:
        raise _nothing_usable(collection, collection.left_out)
    shape = _shape(collection, resolution, channels, tell)
    tally = Tally()
    draft.write(shape, decoded(collection, shape, fit, tally, tell))
    left_out = sorted([*collection.left_out, *tally.left_out], key=lambda item: item.name)
    if not tally.usable:
        raise _nothing_usable(collection, left_out)
    if (found := collection.classes(tally.usable)) is not None:
        classes = tuple(sorted(set(found), key=_natural))
        numbers = {name: number for number, name in enumerate(classes)}
        draft.set_labels(np.array([numbers[name] for name in found], dtype=np.int64), classes)
    draft.meta.left_out = left_out
    draft.meta.details = _details(tally, collection.ignored)


def _shape(
    collection: Collection, resolution: int | Literal["auto"], channels: Literal["auto", "grey", "colour"], tell: Tell
) -> ImageShape:
    if resolution != "auto" and channels != "auto":
        return ImageShape(1 if channels == "grey" else 3, resolution)
    guess = guessed_shape(collection, tell)
    count = guess.channels if channels == "auto" else 1 if channels == "grey" else 3
    return ImageShape(count, guess.resolution if resolution == "auto" else resolution)


def _details(tally: Tally, ignored: int) -> dict[str, Any]:
    """Plain values for the data check."""
    widths, heights = zip(*tally.sizes, strict=True)
    return {
        "sizes": [[*size, count] for size, count in tally.sizes.most_common(_SIZES_KEPT)],
        "different_sizes": len(tally.sizes),
        "widths": [min(widths), max(widths)],
        "heights": [min(heights), max(heights)],
        "modes": dict(tally.modes.most_common()),
        "animated": tally.animated,
        "ignored": ignored + tally.ignored,
    }


def _nothing_usable(collection: Collection, left_out: list[LeftOut]) -> DatasetError:
    if not left_out:
        other = f" {collection.ignored:,} other files were found." if collection.ignored else ""
        return DatasetError(
            f"There are no pictures in {collection.path}.{other} Pictures are PNG, JPEG, WebP, BMP, GIF or TIFF files."
        )
    reasons = "; ".join(f"{item.name}: {item.reason}" for item in left_out[:_SHOWN])
    more = f"; and {len(left_out) - _SHOWN:,} more" if len(left_out) > _SHOWN else ""
    usual = Counter(item.reason for item in left_out).most_common(1)[0]
    if len(left_out) > _SHOWN and usual[1] == len(left_out):
        reasons, more = f"all {usual[1]:,} files: {usual[0]}", ""
    return DatasetError(f"None of the pictures in {collection.path} can be used ({reasons}{more}).")


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts ``class 2`` before ``class 10``."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
