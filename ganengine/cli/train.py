"""`ganengine train`."""

from argparse import Namespace

from ganengine.cli.options import Commands, add_changes, add_device, add_runs, add_steps, changes_of, runs_root
from ganengine.cli.start import add_start, start_of

_DESCRIPTION = """\
Train from the first step, in a new run directory, whose path is the last line printed.
Ctrl-C saves a checkpoint before it ends; `ganengine resume` then goes on from there.
"""
_EXAMPLES = """\
examples:
  ganengine train
  ganengine train --preset mnist-simple --steps 2000
  ganengine train --set optimizer_g.kind=rmsprop --set optimizer_g.lr=1e-4
  ganengine train my-settings.toml --device cuda:0 --runs ~/gan-runs

`ganengine list presets` names the presets. A run's config.toml shows every setting.
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("train", help="train a new run", description=_DESCRIPTION, epilog=_EXAMPLES)
    add_start(parser)
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train a new run."""
    from ganengine.cli.running import train_to_the_end
    from ganengine.launch import new_run

    config = start_of(arguments).with_changes(changes_of(arguments))
    return train_to_the_end(lambda observers: new_run(config, runs_root(arguments), observers))
