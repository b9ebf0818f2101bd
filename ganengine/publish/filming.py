"""What GIF and MP4 have in common: all but the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import PublishError
from ganengine.export.grid import Images
from ganengine.export.strip import Captions
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.publish.film import FilmWriter
from ganengine.publish.frames import Layout, training_frames, training_steps, walk_frames
from ganengine.publish.fresh import label_problem
from ganengine.publish.settings import (
    Colormap,
    Text,
    colormap_setting,
    columns_setting,
    label_setting,
    padding_setting,
    rows_setting,
    scale_setting,
    seed_setting,
)

if TYPE_CHECKING:
    from ganengine.publish.source import Source

_ROWS = "Rows of images. 0 shows all of a sample, or some sixteen that walk."
_COLUMNS = "Columns of images. 0 shows all of a sample, or some sixteen that walk."


class Film(Publication):
    """A training as a film, or a walk between latent vectors."""

    needs: ClassVar[Needs] = "images"
    subject: Literal["training", "walk"] = setting(
        "training",
        title="Film of",
        description="The training: what the same latent vectors became, sample after sample. A walk: the newest "
        "checkpoint's images change little by little, from latent vector to latent vector and back to the first.",
        labels={"training": "the training", "walk": "a walk"},
    )
    rows: int = rows_setting(0, 64, _ROWS)
    columns: int = columns_setting(0, 64, _COLUMNS)
    most: int = setting(
        300,
        title="Moments at most",
        description="How many samples the film shows at most, evenly spread over the training.",
        unit="frames",
        only_when=("subject", "training"),
        ge=1,
        le=100_000,
    )
    hold: float = setting(
        2.0,
        title="Hold the last",
        description="How long the last moment stands still.",
        unit="s",
        only_when=("subject", "training"),
        ge=0.0,
        le=60.0,
    )
    captions: Captions = setting(
        "step",
        title="Caption",
        description="What stands under the images.",
        labels={"step": "the step", "epoch": "the epoch", "none": "none"},
        only_when=("subject", "training"),
    )
    stops: int = setting(
        5,
        title="Stops",
        description="How many latent vectors each image passes before it is back at the first.",
        only_when=("subject", "walk"),
        ge=2,
        le=1000,
    )
    seconds: float = setting(
        8.0,
        title="Length",
        description="How long the walk takes.",
        unit="s",
        only_when=("subject", "walk"),
        gt=0.0,
        le=3600.0,
    )
    seed: int = seed_setting(only_when=("subject", "walk"))
    label: Text = label_setting(only_when=("subject", "walk"))
    padding: int = padding_setting()
    scale: int = scale_setting(0, "Each pixel is drawn so many times across and down. 0 makes small images larger.")
    colormap: Colormap = colormap_setting()

    @property
    def frames_per_second(self) -> float:
        """Frames a second; each format has its own bounds."""
        raise NotImplementedError

    def problem_with(self, source: "Source") -> str:
        if self.subject == "walk":
            return source.generator_problem() or label_problem(source, self.label)
        if source.run is None:
            return "A film of the training needs a run, and there is only a checkpoint."
        if not source.sample_steps:
            return f"{source.name} has no samples yet."
        if source.last_sample is not None:
            count = len(source.last_sample.images)
            rows, columns = self._layout.grid(count, source.last_sample.columns)
            if self.rows and self.columns and rows * columns > count:
                return f"Each sample has {count} images: choose fewer rows or columns."
        return ""

    def describe(self, source: "Source") -> str:
        frames = self._frame_count(source)
        hold = self.hold if self.subject == "training" else 0.0
        return f"{frames:,} frames, {frames / self.frames_per_second + hold:.1f} s"

    def preview(self, source: "Source") -> Images:
        if self.subject == "walk":
            return next(self._frames(source))
        last = source.last_sample
        assert last is not None
        return self._layout.frame(last.images, *self._layout.grid(len(last.images), last.columns))

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        if problem := self.problem_with(source):
            raise PublishError(problem)
        out = with_suffix(out, self.suffix)
        total, fps = self._frame_count(source), self.frames_per_second
        tell("Filming", 0, total)
        with FilmWriter(out, fps) as film:
            held: Images | None = None
            for done, frame in enumerate(self._frames(source), start=1):
                if held is not None:
                    film.add(held)
                held = frame
                tell("Filming", done, total)
            if held is not None:
                film.add(held, 1 + (round(self.hold * fps) if self.subject == "training" else 0))
        return out

    def file_name(self, source: "Source") -> str:
        return f"{self.subject}-step-{source.step_shown:08d}{self.suffix}"

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        """A walk where there is no training to film."""
        return {} if source.sample_steps else {"subject": "walk"}

    @property
    def _layout(self) -> Layout:
        return Layout(self.rows, self.columns, self.padding, self.scale, self.colormap)

    def _frame_count(self, source: "Source") -> int:
        if self.subject == "training":
            return len(training_steps(source, self.most))
        return max(2, round(self.seconds * self.frames_per_second))

    def _frames(self, source: "Source") -> Iterator[Images]:
        if self.subject == "training":
            return training_frames(source, self._layout, self.most, self.captions)
        return walk_frames(
            source.sampler,
            self._layout,
            stops=self.stops,
            frames=self._frame_count(source),
            seed=self.seed,
            label=self.label,
        )
