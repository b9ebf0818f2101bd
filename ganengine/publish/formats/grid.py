"""A grid of images as one picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import PublishError
from ganengine.export.grid import Images, compose_grid, near_square, save_png, with_caption
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.publish.colormaps import coloured
from ganengine.publish.fresh import label_problem, new_images
from ganengine.publish.settings import (
    Caption,
    Colormap,
    Text,
    Which,
    colormap_setting,
    columns_setting,
    images_setting,
    label_setting,
    padding_setting,
    rows_setting,
    scale_setting,
    seed_setting,
)

if TYPE_CHECKING:
    from ganengine.publish.source import Source

_COUNT = 64


class Grid(Publication):
    """Many images in one PNG, row by row, with a caption if you like."""

    title: ClassVar[str] = "Image grid (PNG)"
    suffix: ClassVar[str] = ".png"
    needs: ClassVar[Needs] = "images"
    order: ClassVar[int] = 10
    kind: Literal["grid"] = "grid"
    images: Which = images_setting()
    seed: int = seed_setting(only_when=("images", "new"))
    label: Text = label_setting(only_when=("images", "new"))
    rows: int = rows_setting(0, 200, "Rows of the grid. 0 makes as many as the images need.")
    columns: int = columns_setting(0, 200, "Columns of the grid. 0 makes it nearly square, or one class a row.")
    padding: int = padding_setting()
    scale: int = scale_setting(2)
    colormap: Colormap = colormap_setting()
    caption: Caption = setting(
        "none",
        title="Caption",
        description="A line of text under the grid.",
        labels={"none": "none", "step": "the step", "text": "my own text"},
    )
    text: Text = setting("", title="Text", description="What stands under the grid.", only_when=("caption", "text"))

    def problem_with(self, source: "Source") -> str:
        if self.images == "new":
            return source.generator_problem() or label_problem(source, self.label)
        there = source.sample_at_hand
        if there is None:
            return source.generator_problem() and f"{source.name} has no images yet."
        rows, columns = self._layout(len(there.images), there.columns)
        if rows * columns <= len(there.images) or not (self.rows and self.columns):
            return ""
        count = len(there.images)
        return f"There {'is' if count == 1 else 'are'} only {count}: choose fewer rows or columns, or new images."

    def describe(self, source: "Source") -> str:
        there = source.sample_at_hand
        if there is None:
            return ""
        rows, columns = self._layout(len(there.images), there.columns)
        height, width = (side * self.scale for side in there.images.shape[1:3])
        across, down = (
            number * (side + self.padding) + self.padding for number, side in ((columns, width), (rows, height))
        )
        caption = ", and the caption" if self._line(0) else ""
        return f"{rows * columns:,} images, {across:,} × {down:,} pixels{caption}"

    def preview(self, source: "Source") -> Images:
        return self._picture(source)[0]

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        tell("Making the grid", 0, 0)
        if problem := self.problem_with(source):
            raise PublishError(problem)
        picture, notes = self._picture(source)
        out = with_suffix(out, self.suffix)
        save_png(out, picture, notes)
        return out

    def file_name(self, source: "Source") -> str:
        there = source.sample_at_hand
        rows, columns = self._layout(len(there.images), there.columns) if there else (self.rows, self.columns)
        return f"grid-step-{source.step_shown:08d}-{rows}x{columns}{self.suffix}"

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        """The layout of what is shown: one class a row, or a square."""
        there = source.sample_at_hand
        if there is None:
            return {}
        count = len(there.images)
        if there.columns:
            return {"rows": max(1, count // there.columns), "columns": there.columns}
        rows, columns = near_square(count)
        if rows * columns > count:  # without gaps, if not of all
            rows = columns = max(1, int(count**0.5))
        return {"rows": rows, "columns": columns}

    def _layout(self, count: int, class_columns: int) -> tuple[int, int]:
        """Rows and columns; what is 0 follows from the other, or from the images."""
        rows, columns = self.rows, self.columns
        if rows and columns:
            return rows, columns
        if self.images == "new":
            count = _COUNT if not class_columns else count
        if rows or columns:
            other = max(1, -(-count // (rows or columns)))
            return (rows, other) if rows else (other, columns)
        return (-(-count // class_columns), class_columns) if class_columns else near_square(count)

    def _picture(self, source: "Source") -> tuple[Images, dict[str, Any]]:
        if self.images == "new":
            sampler = source.sampler
            rows, columns = self._layout(len(sampler.fixed.z), sampler.fixed.columns)
            images, step = new_images(sampler, rows * columns, self.seed, self.label), sampler.step
        else:
            there = source.sample
            rows, columns = self._layout(len(there.images), there.columns)
            if self.rows and self.columns and rows * columns > len(there.images):
                raise PublishError(f"There are only {len(there.images)} images: choose fewer rows or columns.")
            images, step = there.images[: rows * columns], there.step
        grid = coloured(compose_grid(images, rows, columns, padding=self.padding, scale=self.scale), self.colormap)
        line = self._line(step)
        notes = {"step": step, "count": len(images)} | ({"seed": self.seed} if self.images == "new" else {})
        return (with_caption(grid, line) if line else grid), notes

    def _line(self, step: int) -> str:
        match self.caption:
            case "step":
                return f"Step {step:,}"
            case "text":
                return self.text.strip()
        return ""
