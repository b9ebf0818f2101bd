"""`ganengine compare`."""

from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from ganengine.cli.options import Commands, UsageError, add_runs, at_least, run_named, runs_root
from ganengine.errors import StorageError

_DESCRIPTION = """\
Set runs side by side: loss curves, the images of one step, what came out, and the settings that differ.
The file's ending decides: .html is a report that needs no other file, .png the images beside each other.
"""
_EXAMPLES = """\
examples:
  ganengine compare 1 2 3 --out comparison.html
  ganengine compare 1 2 3 --step 2000 --out grids.png
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("compare", help="set runs side by side", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("names", nargs="+", metavar="RUN", help="a run's directory, its folder name, or its number")
    parser.add_argument("--out", type=_target, required=True, metavar="FILE", help="comparison.html, or grids.png")
    parser.add_argument(
        "--step", type=at_least(0), metavar="N", help="the images' step (default: the newest that all runs have)"
    )
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Write the comparison."""
    from ganengine.comparison import compare_runs
    from ganengine.export.comparison import save_html
    from ganengine.export.comparison_grid import save_side_by_side

    root = runs_root(arguments)
    directories = [run_named(root, name) for name in arguments.names]
    if len({directory.path.resolve() for directory in directories}) < len(directories):
        raise UsageError("a run is named twice")
    if len(directories) < 2:
        raise UsageError("name at least two runs")
    comparison, out = compare_runs(directories), arguments.out
    make_folder(out.parent)
    save = save_html if out.suffix.lower() == ".html" else save_side_by_side
    save(out, comparison, arguments.step)
    print(out.absolute())
    return 0


def make_folder(folder: Path) -> None:
    """Make the folder that a comparison goes to.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("the comparison", folder, error) from error


def _target(text: str) -> Path:
    path = Path(text).expanduser()
    if path.suffix.lower() not in {".html", ".png"}:
        raise ArgumentTypeError(f"must end in .html or .png, not {text!r}")
    return path
