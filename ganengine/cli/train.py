"""`ganengine train`."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, add_changes, add_device, add_runs, add_steps, changes_of, runs_root
from ganengine.cli.start import add_start, start_of

if TYPE_CHECKING:
    from ganengine.config import TrainConfig

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
  ganengine train --preset faces-best --fit-batch   as many images a step as the memory holds

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
    parser.add_argument(
        "--fit-batch",
        action="store_true",
        help="take the largest batch that fits into the memory that is free, in place of training.batch_size",
    )
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train a new run."""
    from ganengine.cli.running import train_to_the_end
    from ganengine.launch import new_run

    config = start_of(arguments).with_changes(changes_of(arguments))
    if arguments.fit_batch:
        config = _with_fitting_batch(config)
    return train_to_the_end(lambda observers: new_run(config, runs_root(arguments), observers))


def _with_fitting_batch(config: "TrainConfig") -> "TrainConfig":
    """The same settings with the largest batch that the device's free memory holds; says which.

    Raises:
        ConfigError, DatasetError: not even the smallest fits, or there are no data.
    """
    from ganengine.devices import memory, memory_figures, resolve
    from ganengine.errors import ConfigError
    from ganengine.memory_estimate import largest_batch

    device = resolve(config.training.device)
    dataset = config.data.load()
    classes = len(dataset.classes) if config.training.class_conditional else 0
    size = largest_batch(config, dataset.shape, classes, dataset.count, memory(device).free, device)
    if not size:
        problem = f"none fits into the memory of {device}: {memory_figures(device)}; choose narrower networks"
        raise ConfigError("training.batch_size", problem)
    print(f"batch size: {size:,} images", file=sys.stderr)
    return config.with_changes({"training.batch_size": size})
