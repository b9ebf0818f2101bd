"""The images of several runs at one moment: one by one, and side by side in one picture."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from ganengine.alignment import Moment
from ganengine.common_latents import CommonLatents, checkpoint_near
from ganengine.comparison import ComparedRun, Comparison
from ganengine.errors import CheckpointError, DatasetError, RunError
from ganengine.export.grid import Images, compose_grid, near_square, read_sample, save_png, with_caption

Theme = Literal["auto", "light", "dark"]
When = Moment | int | None
"""A moment, a step, or the newest moment that all runs have."""
_GAP = 12
_MOST_SHOWN = 64
_LEAST_WIDTH = 260  # pixels; small grids are made larger, so that the caption can be read


@dataclass(frozen=True)
class SampleGrid:
    """One run's images as one picture.

    Attributes:
        step: that they are from.
        picture: uint8 [H, W, C].
        covered: uint8 [H, W, 1], 255 where there is an image and 0 between them.
        note: how they were made, where they are not the run's own samples.
    """

    step: int
    picture: Images
    covered: Images
    note: str = ""

    @property
    def text(self) -> str:
        """E.g. "step 1,200"."""
        return f"{self.note or 'step'} {self.step:,}"


def sample_grid(run: ComparedRun, moment: Moment | int) -> SampleGrid | None:
    """The run's newest samples up to a moment; None where there are none, or they cannot be read."""
    found = run.sample_at(moment)
    if found is None:
        return None
    try:
        sample = read_sample(run.directory.sample_path(found))
    except DatasetError:
        return None
    return _grid(found, sample.images, sample.columns)


def common_grid(run: ComparedRun, moment: Moment | int, latents: CommonLatents) -> SampleGrid | None:
    """What the run's nearest checkpoint makes of common latent vectors; None where it has none that can be used."""
    checkpoint = checkpoint_near(run.directory, run.step_at(moment))
    try:
        made = latents.images(checkpoint) if checkpoint else None
    except CheckpointError:
        return None
    return _grid(made.step, made.images, made.columns, "checkpoint of step") if made else None


def grids_of(comparison: Comparison, when: When, latents: CommonLatents | None = None) -> list[SampleGrid | None]:
    """Each run's images at a moment: its own samples, or what it makes of common latent vectors.

    Raises:
        ConfigError, OutOfMemory: they cannot be made here.
    """
    at = moment_of(comparison, when)
    return [common_grid(run, at, latents) if latents else sample_grid(run, at) for run in comparison.runs]


def moment_of(comparison: Comparison, when: When) -> Moment:
    """The moment that is meant."""
    if when is None:
        return comparison.moment()
    return when if isinstance(when, Moment) else Moment("step", when)


def png_bytes(grid: SampleGrid) -> bytes:
    """A grid as the content of a PNG file; the ground shows between its images."""
    buffer = io.BytesIO()
    layers = np.concatenate([grid.picture, grid.covered], axis=2)  # grey or colour, and how opaque
    Image.fromarray(layers).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def save_side_by_side(
    path: Path,
    comparison: Comparison,
    when: When = None,
    *,
    latents: CommonLatents | None = None,
    theme: Theme = "auto",
) -> None:
    """Write the runs' grids at one moment beside each other, each with a caption, as one PNG.

    Args:
        latents: make the images of these, instead of showing each run's own samples.
        theme: dark on light, unless it is "dark".

    Raises:
        RunError: none of the runs has images.
        ConfigError, OutOfMemory, StorageError: they could not be made or written.
    """
    at, dark = moment_of(comparison, when), theme == "dark"
    tiles = [
        _in_colour(_captioned(grid, f"{run.label} · {grid.text}", dark=dark))
        for run, grid in zip(comparison.runs, grids_of(comparison, at, latents), strict=True)
        if grid is not None
    ]
    if not tiles:
        what = "checkpoints to make images from" if latents else "samples"
        raise RunError(f"None of these runs has {what} yet.")
    notes = {at.align: at.at, "runs": [run.name for run in comparison.runs]}
    save_png(path, _beside(tiles, 0 if dark else 255), notes)


def _grid(step: int, images: Images, columns: int, note: str = "") -> SampleGrid:
    images = images if columns else images[:_MOST_SHOWN]
    rows, across = near_square(len(images))
    if columns:  # one class a row
        rows, across = -(-len(images) // columns), columns
    scale = max(1, -(-_LEAST_WIDTH // (across * images.shape[2])))
    picture = compose_grid(images, rows, across, padding=2, scale=scale, background=255)
    covered = compose_grid(np.full_like(images[..., :1], 255), rows, across, padding=2, scale=scale, background=0)
    return SampleGrid(step, picture, covered, note)


def _captioned(grid: SampleGrid, caption: str, *, dark: bool) -> Images:
    if not dark:
        return with_caption(grid.picture, caption)
    # The caption is black on white, so both are turned around, and the images so twice.
    picture: Images = 255 - with_caption(255 - np.where(grid.covered > 0, grid.picture, np.uint8(70)), caption)
    return picture


def _in_colour(picture: Images) -> Images:
    return picture.repeat(3, axis=2) if picture.shape[2] == 1 else picture


def _beside(tiles: list[Images], ground: int) -> Images:
    height = max(tile.shape[0] for tile in tiles)
    width = sum(tile.shape[1] for tile in tiles) + _GAP * (len(tiles) + 1)
    canvas = np.full((height + 2 * _GAP, width, 3), ground, dtype=np.uint8)
    left = _GAP
    for tile in tiles:
        canvas[_GAP : _GAP + tile.shape[0], left : left + tile.shape[1]] = tile
        left += tile.shape[1] + _GAP
    return canvas
