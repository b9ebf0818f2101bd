"""From the engine's data set to what the window shows. Runs in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.views.dataset_facts import DatasetFacts, counted

if TYPE_CHECKING:
    from ganengine.data.check import DataReport
    from ganengine.data.dataset import ImageDataset

_LOOKED_AT = 2000  # images for the histogram, before all are checked

_MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "I": "16-bit grey",
    "I;16": "16-bit grey",
    "I;16B": "16-bit grey",
    "P": "colours of a palette",
    "RGB": "colour",
    "RGBA": "colour with transparency",
    "CMYK": "print colours (CMYK)",
}

Images = NDArray[np.uint8]


def images_at(dataset: ImageDataset, indices: Any) -> Images:
    """Some images, uint8 [N, H, W, C]."""
    from ganengine.sampling import as_arrays

    return as_arrays(dataset.images[np.asarray(indices).tolist()])


def facts_of(dataset: ImageDataset) -> DatasetFacts:
    """A data set in numbers."""
    looked_at = np.sort(np.random.default_rng(0).permutation(dataset.count)[:_LOOKED_AT])
    values = np.zeros(256, dtype=np.int64)
    for few in np.array_split(looked_at, 16):  # counting takes eight bytes for each of an image
        values += np.bincount(images_at(dataset, few).reshape(-1), minlength=256)
    return DatasetFacts(
        name=dataset.name,
        count=dataset.count,
        side=dataset.shape.resolution,
        channels=dataset.shape.channels,
        classes=_classes(dataset),
        histogram=tuple(values.tolist()),
        looked_at=len(looked_at),
        left_out=tuple((_printable(item.name), item.reason) for item in dataset.left_out),
    )


def labels_of(dataset: ImageDataset) -> NDArray[np.int64] | None:
    """The class number of each image, or None."""
    return None if dataset.labels is None else np.asarray(dataset.labels.cpu().numpy(), dtype=np.int64)


def findings_text(report: DataReport) -> str:
    """What the check found, a line for each thing."""
    lines = [
        _found(report.superfluous, "is a copy of another one", "are copies of others") or "No duplicates.",
        _found(len(report.blanks), "shows nearly nothing", "show nearly nothing") or "No nearly blank images.",
    ]
    counts = [count for _, count in report.classes]
    if counts and max(counts) > 3 * min(counts):
        lines.append("The classes are uneven: the rare ones will be learnt less well.")
    if originals := report.originals:
        width, height = originals.sizes[0][0]
        more = originals.different_sizes - 1
        kinds = f" and {counted(more, 'other size')}" if more else ""
        lines.append(f"The files are {width}×{height} pixels{kinds}, in {_colours(originals.modes)}.")
        if originals.animated:
            lines.append(
                _found(
                    originals.animated,
                    "is animated; its first frame is used",
                    "are animated; their first frames are used",
                )
            )
    return "\n".join(lines)


def _colours(modes: Sequence[tuple[str, int]]) -> str:
    """How the files keep colours, in words; the most frequent kinds first."""
    words = list(dict.fromkeys(_MODES.get(mode, mode) for mode, _ in modes))
    return f"{words[0]}" if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _found(count: int, one: str, many: str) -> str:
    return f"{counted(count, 'image')} {one if count == 1 else many}." if count else ""


def _classes(dataset: ImageDataset) -> tuple[tuple[str, int], ...]:
    labels = labels_of(dataset)
    if labels is None or not dataset.classes:
        return ()
    counts = np.bincount(labels, minlength=len(dataset.classes)).tolist()
    return tuple(zip(dataset.classes, counts, strict=True))


def _printable(name: str) -> str:
    """A file's name without control characters that an archive may have put in."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)
