"""A walk as a film, as a strip, or as single images."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganengine.data.progress import Tell, silent
from ganengine.export.grid import compose_grid, inverted, save_png, save_singles
from ganengine.inspection.subject import Subject
from ganengine.inspection.walks import Walk, walk_images

Images = NDArray[np.uint8]
FILMS = frozenset({".mp4", ".gif"})


def write_walk(
    path: Path,
    subject: Subject,
    way: Walk,
    *,
    fps: float = 30,
    scale: int = 4,
    invert: bool = False,
    tell: Tell = silent,
) -> None:
    """Write a film where the path ends in .mp4 or .gif, one picture where it ends in .png, else single images.

    Args:
        scale: each pixel becomes scale × scale pixels, unblurred.
        invert: grey images dark on light.

    Raises:
        StorageError: it could not be written.
        Cancelled: from `tell`; nothing is left of a film or a picture then.
    """
    frames = _told(walk_images(subject, way), len(way), tell, invert=invert)
    suffix = path.suffix.lower()
    if suffix in FILMS:
        _film(path, frames, fps, scale)
    elif suffix == ".png":
        ground = 255 if invert and subject.sampler.shape.channels == 1 else 0
        images = np.stack(list(frames))
        save_png(path, compose_grid(images, 1, len(images), padding=scale, scale=scale, background=ground))
    else:
        for number, frame in enumerate(frames):
            save_singles(path, frame[None], number, scale)


def _film(path: Path, frames: Iterator[Images], fps: float, scale: int) -> None:
    from ganengine.publish.film import FilmWriter

    with FilmWriter(path, fps) as film:
        for frame in frames:
            film.add(np.ascontiguousarray(frame.repeat(scale, axis=0).repeat(scale, axis=1)))


def _told(frames: Iterator[Images], total: int, tell: Tell, *, invert: bool) -> Iterator[Images]:
    for number, frame in enumerate(frames):
        tell("Making the walk", number, total)
        yield inverted(frame) if invert else frame
    tell("Making the walk", total, total)
