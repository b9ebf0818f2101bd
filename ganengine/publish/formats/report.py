"""The report of a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError, PublishError
from ganengine.fields import setting
from ganengine.publish.base import Needs, Publication, with_suffix
from ganengine.publish.report.page import Theme
from ganengine.publish.settings import Colormap, colormap_setting
from ganengine.runs.files import write_text

if TYPE_CHECKING:
    from ganengine.publish.source import Source


class Report(Publication):
    """One page with images, curves, settings and where they come from, which needs no other file and no network."""

    title: ClassVar[str] = "Report (HTML)"
    suffix: ClassVar[str] = ".html"
    needs: ClassVar[Needs] = "run"
    order: ClassVar[int] = 80
    kind: Literal["report"] = "report"
    theme: Theme = setting(
        "auto",
        title="Page",
        description="Light or dark, or as whoever reads it has set.",
        labels={"auto": "automatic", "light": "light", "dark": "dark"},
    )
    colormap: Colormap = colormap_setting()

    def describe(self, source: "Source") -> str:
        until = f" up to step {source.step:,}" if source.step is not None else ""
        return f"Images, curves, settings and history of {source.name}{until} on one page"

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        from ganengine.publish.report.content import Facts, sections
        from ganengine.publish.report.page import document

        if (problem := self.problem_with(source)) or source.run is None:
            raise PublishError(problem)
        tell("Writing the report", 0, 0)
        facts = Facts.of(source.run, source.step)
        out = with_suffix(out, self.suffix)
        write_text(out, document(facts.title, sections(facts, self.colormap), self.theme), "the report")
        return out

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        """Dark on light where the run's own settings ask for it."""
        try:
            inverted = source.run is not None and source.run.config().recording.invert
        except ConfigError:
            inverted = False
        return {"colormap": "inverted"} if inverted else {}
