"""`ganengine fork`."""

from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    UsageError,
    add_changes,
    add_device,
    add_runs,
    add_steps,
    at_least,
    changes_of,
    checkpoint_named,
    runs_root,
)
from ganengine.cli.resume import nothing_left

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_DESCRIPTION = """\
Go on from a checkpoint with other settings, in a new run directory, whose path is the last line printed.
The run that it comes from stays as it is.
"""
_EXAMPLES = """\
examples:
  ganengine fork 3 --set optimizer_g.lr=5e-5 --steps 20000
  ganengine fork 3 --at 4000 --set optimizer_d.kind=sgd
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "fork", help="go on from a checkpoint in a new run", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    parser.add_argument("name", metavar="RUN", help="a run's directory, folder name or number, or a checkpoint's file")
    parser.add_argument("--at", type=at_least(0), metavar="STEP", help="the checkpoint's step (default: the newest)")
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train a new run that begins at a checkpoint."""
    from ganengine.cli.running import train_to_the_end
    from ganengine.launch import fork_run

    root, changes = runs_root(arguments), changes_of(arguments)
    path = checkpoint_named(root, arguments.name, arguments.at)
    _check_length(path, changes)
    return train_to_the_end(lambda observers: fork_run(path, root, observers, changes=changes))


def _check_length(path: "Path", changes: "dict[str, Any]") -> None:
    """Raise UsageError where the fork would end before it began."""
    from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint

    checkpoint = load_checkpoint(path)
    training = checkpoint_config(checkpoint).with_changes(changes).training
    if training.length_in == "steps" and checkpoint["step"] >= training.steps:
        raise UsageError(nothing_left(path.name, checkpoint["step"], training.steps))
    if training.length_in == "epochs" and checkpoint["epoch"] >= training.epochs:
        raise UsageError(
            f"{path.name} is already at epoch {checkpoint['epoch']:.0f} of {training.epochs:,}; "
            "give --steps N, or --set training.epochs=N, to go on"
        )
