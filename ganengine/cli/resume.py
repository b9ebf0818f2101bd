"""`ganengine resume`."""

from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    UsageError,
    add_changes,
    add_device,
    add_runs,
    add_steps,
    changes_of,
    run_named,
    runs_root,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganengine.events import TrainingObserver
    from ganengine.trainer import Trainer

_DESCRIPTION = """\
Go on with a run exactly where its last complete checkpoint left off, with the same random numbers, as if it had never
been interrupted. With compute.deterministic=true the result is the same bit for bit, else but for rounding.
"""
_EXAMPLES = """\
examples:
  ganengine resume 3
  ganengine resume 00003-digits-best --steps 20000
  ganengine resume 3 --set stopping.minutes=0   what may change in a running training may change here
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("resume", help="go on with a run", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("name", metavar="RUN", help="a run's directory, its folder name, or its number")
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Go on with a run."""
    from ganengine.cli.running import train_to_the_end
    from ganengine.launch import resume_run

    directory = run_named(runs_root(arguments), arguments.name)
    changes = changes_of(arguments)

    def build(observers: "Sequence[TrainingObserver]") -> "Trainer":
        trainer = resume_run(directory, observers, changes=changes)
        if trainer.step >= trainer.total_steps:
            directory.release()
            raise UsageError(nothing_left(f"run {directory.name}", trainer.step, trainer.total_steps))
        return trainer

    return train_to_the_end(build)


def nothing_left(what: str, step: int, total: int) -> str:
    """Why there is nothing to train, and what to do."""
    place = f"at step {step:,} of {total:,}" if step == total else f"at step {step:,}, past step {total:,}"
    return f"{what} is already {place}; give a larger --steps N to go on"
