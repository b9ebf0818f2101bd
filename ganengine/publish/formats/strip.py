"""A strip over time."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError, PublishError
from ganengine.export.grid import Images, save_png
from ganengine.export.strip import Captions, strip_of_run
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.publish.settings import (
    Colormap,
    colormap_setting,
    columns_setting,
    padding_setting,
    rows_setting,
    scale_setting,
)

if TYPE_CHECKING:
    from ganengine.publish.source import Source

_ROWS, _COLUMNS = 4, 8


class Strip(Publication):
    """What the same latent vectors became: time goes from left to right, each row is one of them."""

    title: ClassVar[str] = "Strip over time (PNG)"
    suffix: ClassVar[str] = ".png"
    needs: ClassVar[Needs] = "run"
    order: ClassVar[int] = 30
    kind: Literal["strip"] = "strip"
    rows: int = rows_setting(_ROWS, 200, "How many latent vectors, each in a row of its own.")
    columns: int = columns_setting(_COLUMNS, 200, "How many moments of the training, evenly spread.")
    padding: int = padding_setting()
    scale: int = scale_setting(
        0, "Each pixel is drawn so many times across and down. 0 makes images wide enough for the captions."
    )
    colormap: Colormap = colormap_setting()
    captions: Captions = setting(
        "step",
        title="Captions",
        description="What stands under each column.",
        labels={"step": "steps", "epoch": "epochs", "none": "none"},
    )

    def problem_with(self, source: "Source") -> str:
        if problem := super().problem_with(source):
            return problem
        if not source.sample_steps:
            return f"{source.name} has no samples yet."
        last = source.last_sample
        if last is not None and self.rows > len(last.images):
            return f"Each sample has {len(last.images)} images: choose fewer rows."
        return ""

    def describe(self, source: "Source") -> str:
        moments = min(self.columns, len(source.sample_steps))
        return f"{self.rows} latent vectors at {moments} moments{', and the times' * (self.captions != 'none')}"

    def preview(self, source: "Source") -> Images:
        assert source.run is not None
        return strip_of_run(
            source.run,
            columns=self.columns,
            rows=self.rows,
            captions=self.captions,
            scale=self.scale,
            padding=self.padding,
            colormap=self.colormap,
            until=source.step,
        )

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        tell("Making the strip", 0, 0)
        if problem := self.problem_with(source):
            raise PublishError(problem)
        out = with_suffix(out, self.suffix)
        save_png(out, self.preview(source))
        return out

    def file_name(self, source: "Source") -> str:
        last = source.sample_steps[-1] if source.sample_steps else 0
        return f"strip-to-step-{last:08d}-{self.rows}x{self.columns}{self.suffix}"

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        """Epochs where the run is plotted against them; no more rows and moments than there are."""
        found: dict[str, Any] = {"columns": max(1, min(_COLUMNS, len(source.sample_steps)))}
        if source.last_sample is not None:
            found["rows"] = max(1, min(_ROWS, len(source.last_sample.images)))
        try:
            recording = source.run.config().recording if source.run else None
        except ConfigError:
            recording = None  # of another version; the strip needs no settings
        if recording and recording.plot_against == "epochs":
            found["captions"] = "epoch"
        if recording and recording.invert:
            found["colormap"] = "inverted"
        return found
