"""The frames of films, made one by one: of a training, and of a walk between latent vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ganengine.errors import PublishError
from ganengine.export.grid import Images, compose_grid, near_square, read_sample, with_caption
from ganengine.export.strip import captions_of, moments
from ganengine.publish.colormaps import coloured
from ganengine.publish.fresh import class_of

if TYPE_CHECKING:
    from ganengine.publish.source import Source
    from ganengine.sampler import Sampler

_LEGIBLE = 480  # pixels; films narrower than this are drawn larger, unless a scale is given
_WALKERS = 16


@dataclass(frozen=True)
class Layout:
    """How each frame is laid out; rows and columns that are 0 follow from the images, and so does a scale of 0."""

    rows: int
    columns: int
    padding: int
    scale: int
    colormap: str

    def grid(self, count: int, class_columns: int = 0) -> tuple[int, int]:
        """Rows and columns for so many images."""
        rows, columns = self.rows, self.columns
        if rows and columns:
            return rows, columns
        if rows or columns:
            other = max(1, -(-count // (rows or columns)))
            return (rows, other) if rows else (other, columns)
        return (-(-count // class_columns), class_columns) if class_columns else near_square(count)

    def frame(self, images: Images, rows: int, columns: int) -> Images:
        """One frame [H, W, C] of images [N, H, W, C]."""
        width = columns * (images.shape[2] + self.padding)
        scale = self.scale or max(1, -(-_LEGIBLE // width))
        grid = compose_grid(images, rows, columns, padding=self.padding, scale=scale)
        return coloured(grid, self.colormap)


# -- a training --------------------------------------------------------------------------------------------------------


def training_steps(source: Source, most: int) -> list[int]:
    """The moments of a training that its film shows."""
    return moments(source.sample_steps, most)


def training_frames(
    source: Source, layout: Layout, most: int, caption: Literal["step", "epoch", "none"]
) -> Iterator[Images]:
    """A frame for each moment, from the first sample to the last.

    Raises:
        PublishError: there are no samples, or they have fewer images than the layout.
        DatasetError: one cannot be read.
    """
    steps = training_steps(source, most)
    if source.run is None or not steps:
        raise PublishError(f"{source.name} has no samples yet.")
    lines = captions_of(source.run, steps, caption) or [""] * len(steps)
    widest = max(lines, key=len)
    shape: tuple[int, ...] = ()
    for step, line in zip(steps, lines, strict=True):
        path = source.run.sample_path(step)
        if not path.exists():
            continue  # thinned out by a training that goes on
        sample = read_sample(path)
        shape = shape or sample.images.shape
        if sample.images.shape != shape:
            continue  # a fork with another number of images: a film has frames of one size
        rows, columns = layout.grid(len(sample.images), sample.columns)
        frame = layout.frame(sample.images, rows, columns)
        yield with_caption(frame, line, widest) if line else frame


# -- a walk ------------------------------------------------------------------------------------------------------------


def walk_frames(
    sampler: Sampler, layout: Layout, *, stops: int, frames: int, seed: int, label: str
) -> Iterator[Images]:
    """Frames of images that all walk at once, each from latent vector to latent vector and back to its first.

    The last frame is the one before the first, so that the film repeats without a jump.

    Args:
        stops: latent vectors that each image passes.
        frames: of the whole film.
        label: the class of all; "" gives each class its share.
    """
    import torch

    from ganengine.inspection.walks import slerp
    from ganengine.latents import class_blocks, latents_of_seed

    count, rows, columns = walkers(sampler, layout)
    dim, cpu = sampler.config.generator.latent_dim, torch.device("cpu")
    z = latents_of_seed(seed, count * stops, dim, cpu).reshape(count, stops, dim)
    chosen = class_of(sampler, label)
    labels = class_blocks(count, len(sampler.classes)) if chosen is None else torch.full((count,), chosen)
    for frame in range(frames):
        leg, place = divmod(frame * stops / frames, 1.0)
        start, end = z[:, int(leg) % stops], z[:, (int(leg) + 1) % stops]
        here = torch.cat([slerp(a, b, torch.tensor([place])) for a, b in zip(start, end, strict=True)])
        yield layout.frame(sampler.images_of(here, labels), rows, columns)


def walkers(sampler: Sampler, layout: Layout) -> tuple[int, int, int]:
    """How many images walk, in so many rows and columns: without a layout a few, or two rows of each class."""
    classes = len(sampler.classes)
    rows, columns = layout.grid(max(_WALKERS, classes), 0)
    return rows * columns, rows, columns
