"""`ganengine strip`."""

from argparse import Namespace
from pathlib import Path

from ganengine.cli.options import Commands, UsageError, add_runs, at_least, run_named, runs_root

_COLUMNS, _ROWS = 8, 4
_DESCRIPTION = """\
Make a strip over time from the samples that a run has kept: from the first on the left to the last on the right, each
row the same latent vector. Nothing is computed anew.
"""
_EXAMPLES = """\
examples:
  ganengine strip 3 --out strip.png
  ganengine strip 3 --out strip.png --columns 10 --rows 1 --captions epoch
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "strip", help="make a strip of samples over time", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("name", metavar="RUN", help="a run's directory, folder name or number")
    parser.add_argument("--out", required=True, type=Path, metavar="PATH", help="a .png file")
    parser.add_argument(
        "--columns", type=at_least(1), default=_COLUMNS, metavar="N", help=f"moments (default: {_COLUMNS})"
    )
    parser.add_argument(
        "--rows", type=at_least(1), default=_ROWS, metavar="K", help=f"images of each (default: {_ROWS})"
    )
    parser.add_argument(
        "--scale",
        type=at_least(1),
        default=0,
        metavar="S",
        help="draw each pixel S × S times (default: as captions need)",
    )
    parser.add_argument(
        "--captions",
        choices=("step", "epoch", "none"),
        help="what stands under each column (default: step, or epoch where the run is plotted against epochs)",
    )
    ink = parser.add_mutually_exclusive_group()
    ink.add_argument(
        "--dark-on-light", dest="invert", action="store_true", default=None, help="black and white exchanged"
    )
    ink.add_argument("--light-on-dark", dest="invert", action="store_false", help="as the images were made")
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Make a strip; the last line on stdout is where it is."""
    from ganengine.export.grid import save_png
    from ganengine.export.strip import strip_of_run

    out: Path = arguments.out
    if out.suffix.lower() != ".png":
        raise UsageError(f"--out {out} must end in .png")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")
    found = run_named(runs_root(arguments), arguments.name)
    recording = found.config().recording
    strip = strip_of_run(
        found,
        columns=arguments.columns,
        rows=arguments.rows,
        scale=arguments.scale,
        captions=arguments.captions or ("epoch" if recording.plot_against == "epochs" else "step"),
        invert=recording.invert if arguments.invert is None else arguments.invert,
    )
    save_png(out, strip)
    print(out.absolute())
    return 0
