"""Single images, any number of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from PIL import Image

from ganengine.data.progress import Tell, silent
from ganengine.errors import PublishError
from ganengine.export.grid import Images
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication
from ganengine.publish.colormaps import coloured
from ganengine.publish.folder import new_folder
from ganengine.publish.fresh import class_of, label_problem
from ganengine.publish.settings import (
    Colormap,
    Text,
    Which,
    colormap_setting,
    images_setting,
    label_setting,
    scale_setting,
    seed_setting,
)

if TYPE_CHECKING:
    from ganengine.publish.source import Source

_TELL_EVERY = 64
_SHOWN = 16  # of them in the preview


class SingleImages(Publication):
    """Each image as a PNG of its own in a new folder; a hundred thousand if you like."""

    title: ClassVar[str] = "Single images (PNG)"
    suffix: ClassVar[str] = ""
    needs: ClassVar[Needs] = "images"
    order: ClassVar[int] = 20
    kind: Literal["images"] = "images"
    images: Which = images_setting()
    count: int = setting(
        64,
        title="How many",
        description="How many new images are made.",
        unit="images",
        only_when=("images", "new"),
        ge=1,
        le=10_000_000,
    )
    seed: int = seed_setting(only_when=("images", "new"))
    label: Text = label_setting(only_when=("images", "new"))
    scale: int = scale_setting(1)
    colormap: Colormap = colormap_setting()

    def problem_with(self, source: "Source") -> str:
        if self.images == "new":
            return source.generator_problem() or label_problem(source, self.label)
        if source.sample_at_hand is None and source.generator_problem():
            return f"{source.name} has no images yet."
        return ""

    def describe(self, source: "Source") -> str:
        there = source.sample_at_hand
        if there is None:
            return ""
        height, width = (side * self.scale for side in there.images.shape[1:3])
        count = self.count if self.images == "new" else len(there.images)
        return f"{count:,} files of {width} × {height} pixels in a new folder"

    def preview(self, source: "Source") -> Images:
        from ganengine.export.grid import compose_grid, near_square

        first = next(self._portions(source, min(self.count, _SHOWN)))[:_SHOWN]
        return coloured(compose_grid(first, *near_square(len(first)), padding=4, scale=self.scale), self.colormap)

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        if problem := self.problem_with(source):
            raise PublishError(problem)
        tell("Making images", 0, 0)
        total = self.count if self.images == "new" else len(source.sample.images)
        done = 0
        with new_folder(out, "the images") as folder:
            for images in self._portions(source, total):
                for image in coloured(images, self.colormap):
                    _save(folder / f"image-{done:05d}.png", image, self.scale)
                    done += 1
                    if done % _TELL_EVERY == 0 or done == total:
                        tell("Making images", done, total)
        return out

    def file_name(self, source: "Source") -> str:
        return f"images-step-{source.step_shown:08d}"

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        there = source.sample_at_hand
        return {"count": len(there.images)} if there else {}

    def _portions(self, source: "Source", count: int) -> Iterator[Images]:
        if self.images == "shown":
            yield source.sample.images[:count]
        else:
            sampler = source.sampler
            yield from sampler.batches(count, self.seed, class_of(sampler, self.label))


def _save(path: Path, image: Images, scale: int) -> None:
    """Without waiting for the disk each time: the folder takes its name only when all are written."""
    large = image.repeat(scale, axis=0).repeat(scale, axis=1)
    with path.open("wb") as file:
        Image.fromarray(large[:, :, 0] if large.shape[2] == 1 else large).save(file, format="PNG", compress_level=1)
