"""What every format offers, and how one is made from its name and the values of its settings."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import ValidationError

from ganengine.complaints import in_plain_words
from ganengine.components import Component, alternatives
from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError
from ganengine.export.grid import Images, compose_grid, near_square

if TYPE_CHECKING:
    from ganengine.publish.source import Source

Needs = Literal["run", "generator", "images"]


class Publication(Component):
    """One format with its settings.

    Attributes:
        suffix: of the file, e.g. ``.png``; "" for a folder.
        needs: a whole run, a trained generator, or only images, whichever of them they come from.
        order: place among the others; small numbers come first.
    """

    family: ClassVar[str] = "ganengine.publish.formats"
    kind: str
    suffix: ClassVar[str]
    needs: ClassVar[Needs]
    order: ClassVar[int] = 100

    def write(self, source: "Source", out: Path, tell: Tell = silent) -> Path:
        """Write it, whole or not at all; returns where it is, with the suffix where `out` had none.

        Args:
            tell: is told how far it is, and may raise `Cancelled`.

        Raises:
            PublishError: it cannot be made from this source; says what to do.
            RunError, CheckpointError, DatasetError, ConfigError: what it is made from cannot be read.
            StorageError: it could not be written.
        """
        raise NotImplementedError

    def problem_with(self, source: "Source") -> str:
        """Why it cannot be made from this source with these settings; "" where it can. Quick: no network is read."""
        if self.needs == "run":
            return "" if source.run else "This needs a run, and there is only a checkpoint."
        if self.needs == "generator":
            return source.generator_problem()
        return ""

    def describe(self, source: "Source") -> str:
        """What will be written, in a few words: how many, how large. Quick, and only where there is no problem."""
        return ""

    def preview(self, source: "Source") -> Images | None:
        """The picture [H, W, C] or a still of it; of what is no picture, the images of the source. May take a second.

        None where there is nothing to look at.
        """
        there = source.sample_at_hand
        if there is None:
            return None
        count = len(there.images)
        rows, columns = (-(-count // there.columns), there.columns) if there.columns else near_square(count)
        return compose_grid(there.images, rows, columns)

    def file_name(self, source: "Source") -> str:
        """A name to begin with."""
        return f"{source.name}{self.suffix}"

    @classmethod
    def beginning(cls, source: "Source") -> dict[str, Any]:
        """Values that suit this source better than the defaults, by name."""
        return {}


def formats() -> dict[str, type[Publication]]:
    """All formats by name, in the order in which they are offered."""
    return dict(sorted(alternatives(Publication).items(), key=lambda item: (item[1].order, item[0])))


def publication(kind: str, values: Mapping[str, Any]) -> Publication:
    """A format with these values of its settings.

    Raises:
        ConfigError: there is no such format or setting, or a value cannot be used; the path is the setting's name.
    """
    known = formats()
    if kind not in known:
        raise ConfigError("format", f"there is no format {kind!r}; there are {', '.join(known)}")
    cls = known[kind]
    try:
        made = cls.model_validate(dict(values) | {"kind": kind})
    except ValidationError as error:
        problems = [_problem(cls, details) for details in error.errors()]
        raise ConfigError(*problems[0], problems) from None
    if found := made.problems():
        problems = list(found.items())
        raise ConfigError(*problems[0], problems)
    return made


def with_suffix(out: Path, suffix: str) -> Path:
    """The path with the suffix, unless it ends in it already; a dot within the name is no suffix."""
    return out if not suffix or out.name.lower().endswith(suffix) else out.with_name(out.name + suffix)


def _problem(cls: type[Publication], details: Any) -> tuple[str, str]:
    name = ".".join(str(part) for part in details["loc"] if not isinstance(part, int))
    if details["type"] != "extra_forbidden":
        return name, in_plain_words(details)
    names = [known for known in cls.model_fields if known != "kind"]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else "it has none"
    return name, f"{cls.name()} has no such setting; {hint}"
