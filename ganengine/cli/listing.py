"""`ganengine list`."""

from argparse import Namespace
from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, UsageError, add_runs, runs_root
from ganengine.cli.table import print_columns
from ganengine.errors import RunError

if TYPE_CHECKING:
    from pathlib import Path

    from ganengine.components import Component
    from ganengine.runs.directory import RunDirectory

_DESCRIPTION = """\
List what there is: `presets`, `runs`, `formats` to export to, or one kind of exchangeable part, such as `losses` or
`optimizers`. Without WHAT, say what can be listed.
"""
_EXAMPLES = """\
examples:
  ganengine list
  ganengine list presets
  ganengine list optimizers
  ganengine list runs --runs ~/gan-runs
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "list", help="list presets, runs, networks, losses, ...", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("what", nargs="?", metavar="WHAT", help="presets, runs, formats, or a kind of part")
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print one name a line, with what is worth knowing of it."""
    families = _families()
    sides = _side_by_side()
    names = ["presets", "runs", "formats", *families, *sides]
    rows: list[tuple[str, ...]]
    match arguments.what:
        case None:
            rows = [(name,) for name in names]
        case "presets":
            rows = list(_presets())
        case "runs":
            rows = list(_runs(runs_root(arguments)))
        case "formats":
            rows = list(_formats())
        case what if what in families:
            rows = list(_parts(families[what]))
        case what if what in sides:
            rows = sides[what]
        case what:
            raise UsageError(f"there is no list of {what!r}; there are lists of {', '.join(names)}")
    print_columns(rows)
    return 0


def _families() -> "dict[str, dict[str, type[Component]]]":
    """Everything that can be exchanged: name of the list → section of the settings → family."""
    from ganengine.config import TrainConfig, component_family

    found: dict[str, dict[str, type[Component]]] = {}
    for section in TrainConfig.model_fields:
        family = component_family(section)
        if family is not None:
            package = family.family.split(".")[1]
            name = {"data": "datasets"}.get(package, package)
            known = found.setdefault(name, {})
            if family not in known.values():  # both optimizers are of one family
                known[section] = family
    return found


def _side_by_side() -> dict[str, list[tuple[str, ...]]]:
    """What can be on at once: name of the list → the settings, or the name, of each with what it does."""
    from ganengine.augment.base import Augmentation
    from ganengine.metrics.measures.base import all_metrics
    from ganengine.parts import Part, members
    from ganengine.regularizers.base import Regularizer

    def rows(family: type[Part]) -> list[tuple[str, ...]]:
        return [(", ".join(cls.model_fields), _first_line(cls)) for cls in members(family)]

    metrics: list[tuple[str, ...]] = [(name, _first_line(metric)) for name, metric in all_metrics().items()]
    return {"regularizers": rows(Regularizer), "augmentations": rows(Augmentation), "metrics": metrics}


def _first_line(part: object) -> str:
    doc = part.__doc__ if isinstance(part, type) else type(part).__doc__
    return cleandoc(doc or "").partition("\n")[0]


def _parts(family: "dict[str, type[Component]]") -> Iterator[tuple[str, ...]]:
    from ganengine.components import alternatives

    for section, base in family.items():
        for name, part in alternatives(base).items():
            yield (*((section,) if len(family) > 1 else ()), name, part.summary())


def _presets() -> Iterator[tuple[str, ...]]:
    from ganengine.presets import all_presets

    for preset in all_presets():
        yield preset.name, preset.about.title + (" (your own)" if preset.mine else "")


def _formats() -> Iterator[tuple[str, ...]]:
    """Each format, and under it the names that `ganengine export --set` takes."""
    from ganengine.fields import declarations
    from ganengine.publish.base import formats
    from ganengine.values import short_value

    for name, cls in formats().items():
        yield name, cls.suffix or "folder", cls.summary()
        for found in declarations(cls):
            if found.name != "kind":
                choices = f" ({', '.join(map(str, found.choices))})" if found.choices else ""
                yield "", f"{found.name}={short_value(found.default)}", found.title + choices


def _runs(root: "Path") -> Iterator[tuple[str, ...]]:
    from ganengine.runs.directory import list_runs

    for run in list_runs(root):
        yield run.name, *_state(run)


def _state(run: "RunDirectory") -> tuple[str, ...]:
    try:
        info = run.info()
    except RunError:
        return ("damaged",)
    total = info.get("total_steps")
    place = f"step {info.get('step', 0):,}" + (f" of {total:,}" if total else "")
    return str(info.get("status", "")), place, str(info.get("created", ""))
