"""`ganengine import`."""

import sys
from argparse import Namespace
from pathlib import Path

from ganengine.cli.options import Commands, add_runs, runs_root

_DESCRIPTION = """\
Open a run bundle that `ganengine export --format bundle` or the studio made, here or on another computer. The run gets
a folder and a number of its own among your runs; it goes on exactly where the same training images are.
"""
_EXAMPLES = """\
examples:
  ganengine import 00007-mnist-simple.run.zip
  ganengine import run.zip --runs ~/gan-runs
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("import", help="open a run bundle", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="a run bundle, which ends in .zip")
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Unpack the run; the last line on stdout is its directory."""
    from ganengine.console import console_for
    from ganengine.events import Preparing
    from ganengine.publish.unpacking import unpack

    with console_for(sys.stderr) as console:
        found = unpack(
            arguments.bundle.expanduser(),
            runs_root(arguments),
            lambda what, done, total: console.notify(Preparing(what, done, total)),
        )
    print(found.path.absolute())
    return 0
