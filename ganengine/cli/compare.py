"""`ganengine compare`."""

from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, UsageError, add_runs, at_least, run_named, runs_root
from ganengine.errors import StorageError

if TYPE_CHECKING:
    from ganengine.alignment import Moment
    from ganengine.comparison import Comparison

_MOST_SMOOTHED = 0.999
_DESCRIPTION = """\
Set runs side by side: loss curves, the images of one moment, what came out, and the settings that differ.
The file's ending decides: .html is a report that needs no other file, .png the images beside each other.
"""
_EXAMPLES = """\
examples:
  ganengine compare 1 2 3 --out comparison.html
  ganengine compare 1 2 3 --step 2000 --out grids.png
  ganengine compare 1 2 3 --align time --out comparison.html          as much time for each, not as many steps
  ganengine compare 4 5 --same-latents --theme dark --out grids.png
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("compare", help="set runs side by side", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("names", nargs="+", metavar="RUN", help="a run's directory, its folder name, or its number")
    parser.add_argument("--out", type=_target, required=True, metavar="FILE", help="comparison.html, or grids.png")
    parser.add_argument(
        "--align",
        choices=("step", "time"),
        help="images at the same step, or after the same time spent training; curves over the same (default: step)",
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--step", type=at_least(0), metavar="N", help="the images' step (default: the newest that all runs have)"
    )
    when.add_argument(
        "--seconds", type=_seconds, metavar="S", help="the images' time with --align time (default: likewise)"
    )
    parser.add_argument(
        "--same-latents",
        action="store_true",
        help="make the images of all runs from the same latent vectors, with each run's nearest checkpoint",
    )
    parser.add_argument(
        "--seed", type=at_least(0), metavar="N", help="which vectors --same-latents takes (default: the first run's)"
    )
    parser.add_argument(
        "--smooth",
        type=_weight,
        default=0.0,
        metavar="W",
        help="smooth the report's losses, from 0 for not at all to 0.999 (default: 0)",
    )
    parser.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="the colours of the file")
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Write the comparison."""
    from ganengine.common_latents import CommonLatents
    from ganengine.comparison import compare_runs
    from ganengine.export.comparison import save_html
    from ganengine.export.comparison_grid import save_side_by_side

    _check(arguments)
    root = runs_root(arguments)
    directories = [run_named(root, name) for name in arguments.names]
    if len({directory.path.resolve() for directory in directories}) < len(directories):
        raise UsageError("a run is named twice")
    if len(directories) < 2:
        raise UsageError("name at least two runs")
    comparison, out = compare_runs(directories), arguments.out
    latents = None
    if arguments.same_latents:
        latents = CommonLatents.of([each.config for each in comparison.runs], arguments.seed)
    make_folder(out.parent)
    moment, theme = _moment(arguments, comparison), arguments.theme
    if out.suffix.lower() == ".html":
        save_html(out, comparison, moment, latents=latents, theme=theme, smoothing=arguments.smooth)
    else:
        save_side_by_side(out, comparison, moment, latents=latents, theme=theme)
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


def _check(arguments: Namespace) -> None:
    if arguments.align == "time" and arguments.step is not None:
        raise UsageError("--step does not go with --align time; give --seconds")
    if arguments.align == "step" and arguments.seconds is not None:
        raise UsageError("--seconds does not go with --align step; give --step")
    if arguments.seed is not None and not arguments.same_latents:
        raise UsageError("--seed goes with --same-latents")


def _moment(arguments: Namespace, comparison: "Comparison") -> "Moment":
    from ganengine.alignment import Moment

    if arguments.step is not None:
        return Moment("step", arguments.step)
    if arguments.seconds is not None:
        return Moment("time", arguments.seconds)
    return comparison.moment(arguments.align or "step")


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 <= seconds < float("inf"):
        raise ArgumentTypeError(f"must be at least 0, not {text}")
    return seconds


def _weight(text: str) -> float:
    weight = _number(text)
    if not 0 <= weight <= _MOST_SMOOTHED:
        raise ArgumentTypeError(f"must be from 0 to {_MOST_SMOOTHED}, not {text}")
    return weight


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"must be a number, not {text!r}") from None


def _target(text: str) -> Path:
    path = Path(text).expanduser()
    if path.suffix.lower() not in {".html", ".png"}:
        raise ArgumentTypeError(f"must end in .html or .png, not {text!r}")
    return path
