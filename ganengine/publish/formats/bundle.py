"""A whole run in one file."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import PublishError
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.publish.bundles import SUFFIX, Checkpoints, Contents, pack, packed_size
from ganengine.runs.files import being_written

if TYPE_CHECKING:
    from ganengine.publish.source import Source


class Bundle(Publication):
    """The run itself in one file, which opens, goes on and forks on another computer."""

    title: ClassVar[str] = "Run bundle (zip)"
    suffix: ClassVar[str] = ".zip"
    needs: ClassVar[Needs] = "run"
    order: ClassVar[int] = 100
    kind: Literal["bundle"] = "bundle"
    checkpoints: Checkpoints = setting(
        "newest",
        title="Checkpoints",
        description="The newest is enough to go on and to make images; all also let one go back and fork earlier. "
        "Without any the run can only be looked at.",
        labels={"newest": "the newest", "all": "all", "none": "none"},
    )
    samples: bool = setting(True, title="Samples", description="Whether the images of the timeline go along.")

    def describe(self, source: "Source") -> str:
        assert source.run is not None
        return f"About {packed_size(source.run, self._contents) / 1e6:,.1f} MB; the training images do not go along"

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        if (problem := self.problem_with(source)) or source.run is None:
            raise PublishError(problem)
        out = with_suffix(out, self.suffix)
        with being_written(out, "the bundle") as file:
            pack(source.run, file, self._contents, tell)
        return out

    def file_name(self, source: "Source") -> str:
        return f"{source.name}{SUFFIX}"

    @property
    def _contents(self) -> Contents:
        return Contents(self.checkpoints, self.samples)
