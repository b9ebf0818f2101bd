"""A strip over time: what the same latent vectors became, from a run's first sample to its last."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ganengine.errors import RunError
from ganengine.export.grid import Images, compose_grid, load_sample
from ganengine.publish.colormaps import coloured
from ganengine.runs.directory import RunDirectory

Captions = Literal["step", "epoch", "none"]
CAPTIONS: tuple[Captions, ...] = get_args(Captions)
_READABLE = 64  # pixels; a narrower column has no room for its caption
_LARGEST, _SMALLEST = 22, 9  # sizes of the captions' font


def strip_of_run(
    run: RunDirectory,
    *,
    columns: int = 8,
    rows: int = 4,
    captions: Captions = "step",
    scale: int = 0,
    padding: int = 2,
    invert: bool = False,
    colormap: str = "none",
    until: int | None = None,
) -> Images:
    """A picture [H, W, C]: time goes from left to right, and each row is one latent vector.

    Args:
        columns: moments, spread evenly over the run; fewer where it has fewer samples.
        rows: latent vectors, spread evenly over the sample, so that in a grid of classes they differ in class.
        captions: what is written under each column.
        scale: each pixel becomes scale × scale pixels; 0 makes images wide enough for the captions.
        invert: grey images dark on light; the same as the colormap "inverted".
        colormap: a name of `ganengine.publish.colormaps`, for grey images.
        until: leave out what is later than this step.

    Raises:
        RunError: the run has no samples.
        DatasetError: one of them is damaged.
    """
    steps = moments([step for step in run.sample_steps() if until is None or step <= until], columns)
    if not steps:
        raise RunError(f"{run.name} has no samples yet.")
    samples = [load_sample(run.sample_path(step)) for step in steps]
    rows = min(rows, *(len(sample) for sample in samples))
    tiles = np.concatenate([sample[spread(rows, len(sample))] for sample in samples])
    # One column is one sample: row by row, the first latent vector comes first.
    by_row = tiles.reshape(len(steps), rows, *tiles.shape[1:]).swapaxes(0, 1).reshape(tiles.shape)
    scale = scale or -(-_READABLE // tiles.shape[2])
    picture = compose_grid(by_row, rows, len(steps), padding=padding, scale=scale)
    picture = coloured(picture, "inverted" if invert else colormap)
    texts = captions_of(run, steps, captions)
    return _captioned(picture, texts, tiles.shape[2] * scale + padding, padding) if texts else picture


def moments(steps: Sequence[int], count: int) -> list[int]:
    """At most `count` of the ascending steps, as evenly spread in time as can be, with the first and the last."""
    if count >= len(steps):
        return list(steps)
    if count <= 1:
        return list(steps[-1:])
    known = np.asarray(steps)
    wanted = np.linspace(known[0], known[-1], count)
    nearest = {int(np.abs(known - moment).argmin()) for moment in wanted}
    # Where samples are sparse, two moments may fall on one: those in between fill up.
    spare = (index for index in spread(len(known), len(known)).tolist() if index not in nearest)
    while len(nearest) < count:
        nearest.add(next(spare))
    return [int(known[index]) for index in sorted(nearest)]


def spread(count: int, total: int) -> NDArray[np.int64]:
    """`count` of the indices 0 to total - 1, evenly spread from the first on."""
    return np.arange(count) * total // max(count, 1)


def captions_of(run: RunDirectory, steps: Sequence[int], captions: Captions) -> list[str]:
    """What stands under the images of each step; nothing for "none"."""
    if captions == "none":
        return []
    if captions == "step":
        return [f"step {step:,}" for step in steps]
    history = run.metrics()
    known = [0, *(point.step for point in history)], [0.0, *(point.epoch for point in history)]
    epochs = np.interp(steps, *known)
    # Whole epochs are enough where the strip spans many.
    decimals = 0 if epochs[-1] >= 5 * len(steps) else 1
    return [f"epoch {epoch:,.{decimals}f}" for epoch in epochs]


def _captioned(picture: Images, texts: Sequence[str], pitch: int, padding: int) -> Images:
    """The picture with a line of captions below, one for each column, `pitch` pixels apart."""
    font = _font(texts, pitch - 12)
    if any(font.getlength(text) > pitch for text in texts):
        texts = [text.partition(" ")[2] for text in texts]  # the number alone still says when
    line = Image.new("L", (picture.shape[1], round(font.size * 1.9)), 255)
    draw = ImageDraw.Draw(line)
    for column, text in enumerate(texts):
        draw.text((padding + (column + 0.5) * pitch, line.height / 2), text, fill=0, font=font, anchor="mm")
    below = np.asarray(line)[:, :, None].repeat(picture.shape[2], axis=2)
    return np.concatenate([picture, below], axis=0)


def _font(texts: Sequence[str], width: int) -> ImageFont.FreeTypeFont:
    """The largest font in which every text fits into the width, or the smallest that can be read."""
    size = _LARGEST
    while True:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
        if size <= _SMALLEST or all(font.getlength(text) <= width for text in texts):
            return font
        size -= 1
