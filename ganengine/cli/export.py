"""`ganengine export`."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    UsageError,
    add_changes,
    add_device,
    add_runs,
    at_least,
    run_named,
    runs_root,
)

if TYPE_CHECKING:
    from ganengine.publish.base import Publication
    from ganengine.publish.source import Source

_DESCRIPTION = """\
Publish a run or a checkpoint: as pictures, films, a network for other programs, event files, a report, or a bundle.
`ganengine list formats` says which formats there are, and which settings each has.
"""
_EXAMPLES = """\
examples:
  ganengine export 3 --format grid --out digits.png --set images=new --set rows=5 --set columns=8
  ganengine export 3 --format images --out faces/ --set images=new --set count=100000
  ganengine export 3 --out training.mp4                        the ending names the format where only one has it
  ganengine export 3 --out walk.gif --set subject=walk --set seconds=4
  ganengine export 3 --at 5000 --out generator.onnx
  ganengine export 3 --format bundle --out run.zip             `ganengine import run.zip` opens it elsewhere
"""
# Where several formats have one ending.
_USUAL = {".png": "grid"}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "export", help="publish pictures, films, networks, reports, bundles", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("name", metavar="RUN|CHECKPOINT", help="a run's directory, folder name or number, or a file")
    parser.add_argument("--format", metavar="KIND", help="what to make; see `ganengine list formats`")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="PATH", help="the file, or for some formats a folder"
    )
    parser.add_argument("--at", type=at_least(0), metavar="STEP", help="a step of the run (default: its newest)")
    add_changes(parser, "NAME=VALUE", "a setting of the format, e.g. scale=4; may be repeated")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there already")
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Publish; the last line on stdout is where it is."""
    from ganengine.console import console_for
    from ganengine.events import Preparing

    source = _source(arguments)
    made = _publication(arguments, source)
    out = _target(arguments, made)
    with console_for(sys.stderr) as console:
        where = made.write(source, out, lambda what, done, total: console.notify(Preparing(what, done, total)))
    print(where.absolute())
    return 0


def _source(arguments: Namespace) -> "Source":
    from ganengine.publish.source import Source

    path = Path(arguments.name)
    if not path.is_file():
        path = run_named(runs_root(arguments), arguments.name).path
    if arguments.device is not None:
        from ganengine.devices import resolve

        resolve(arguments.device)
    return Source.of_path(path, arguments.at, arguments.device or "auto")


def _publication(arguments: Namespace, source: "Source") -> "Publication":
    """The format, with what suits the source where nothing else is said."""
    from ganengine.errors import ConfigError
    from ganengine.publish.base import formats, publication

    kind = arguments.format or _kind_of(arguments.out)
    given = dict(arguments.changes)
    known = formats().get(kind)
    suited = {} if known is None else known.beginning(source)
    if known is not None:  # what is 0 by default is found out in the end: a grid has room for all images then
        suited = {name: value for name, value in suited.items() if known.model_fields[name].default != 0}
    try:
        return publication(kind, suited | given)
    except ConfigError as error:
        problems = [(f"--set {name}" if name in given or known else f"--{name}", text) for name, text in error.problems]
        raise ConfigError(*problems[0], problems) from None


def _kind_of(out: Path) -> str:
    from ganengine.publish.base import formats

    ending = out.suffix.lower()
    kinds = [name for name, cls in formats().items() if cls.suffix and cls.suffix == ending]
    if len(kinds) == 1 or ending in _USUAL:
        return _USUAL.get(ending) or kinds[0]
    raise UsageError(f"--out {out} does not say the format; give --format, one of {', '.join(formats())}")


def _target(arguments: Namespace, made: "Publication") -> Path:
    from ganengine.publish.base import with_suffix
    from ganengine.publish.folder import check_free

    out = with_suffix(arguments.out.expanduser(), made.suffix)
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")
    if not made.suffix:
        check_free(out)
    elif out.is_dir():
        raise UsageError(f"--out {out} is a folder, not a file")
    elif out.exists() and not arguments.overwrite:
        raise UsageError(f"--out {out} is there already; name another, or add --overwrite")
    return out
