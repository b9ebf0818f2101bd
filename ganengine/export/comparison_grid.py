"""The sample grids of several runs: one by one, and side by side in one picture."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ganengine.comparison import ComparedRun, Comparison
from ganengine.errors import DatasetError, RunError
from ganengine.export.grid import Images, compose_grid, near_square, read_sample, save_png, with_caption

_GAP = 12
_MOST_SHOWN = 64
_LEAST_WIDTH = 260  # pixels; small grids are made larger, so that the caption can be read


@dataclass(frozen=True)
class SampleGrid:
    """One run's images as one picture.

    Attributes:
        step: that they are from.
        picture: uint8 [H, W, C].
    """

    step: int
    picture: Images


def sample_grid(run: ComparedRun, step: int) -> SampleGrid | None:
    """The run's newest samples up to a step; None where there are none, or they cannot be read."""
    found = run.sample_at(step)
    if found is None:
        return None
    try:
        sample = read_sample(run.directory.sample_path(found))
    except DatasetError:
        return None
    images = sample.images[:_MOST_SHOWN] if not sample.columns else sample.images
    rows, columns = near_square(len(images))
    if sample.columns:  # one class a row
        rows, columns = -(-len(images) // sample.columns), sample.columns
    scale = max(1, -(-_LEAST_WIDTH // (columns * images.shape[2])))
    return SampleGrid(found, compose_grid(images, rows, columns, padding=2, scale=scale, background=255))


def png_bytes(picture: Images) -> bytes:
    """An image [H, W, C] as the content of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def save_side_by_side(path: Path, comparison: Comparison, step: int | None = None) -> None:
    """Write the runs' grids at one step beside each other, each with a caption, as one PNG.

    Raises:
        RunError: none of the runs has samples.
        StorageError: it could not be written.
    """
    at = comparison.step if step is None else step
    grids = [sample_grid(run, at) for run in comparison.runs]
    tiles = [
        _in_colour(with_caption(grid.picture, f"{run.label} · step {grid.step:,}"))
        for run, grid in zip(comparison.runs, grids, strict=True)
        if grid is not None
    ]
    if not tiles:
        raise RunError("None of these runs has samples yet.")
    save_png(path, _beside(tiles), {"step": at, "runs": [run.name for run in comparison.runs]})


def _in_colour(picture: Images) -> Images:
    return picture.repeat(3, axis=2) if picture.shape[2] == 1 else picture


def _beside(tiles: list[Images]) -> Images:
    height = max(tile.shape[0] for tile in tiles)
    width = sum(tile.shape[1] for tile in tiles) + _GAP * (len(tiles) + 1)
    canvas = np.full((height + 2 * _GAP, width, 3), 255, dtype=np.uint8)
    left = _GAP
    for tile in tiles:
        canvas[_GAP : _GAP + tile.shape[0], left : left + tile.shape[1]] = tile
        left += tile.shape[1] + _GAP
    return canvas
