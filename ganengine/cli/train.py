"""`ganengine train`."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import (
    Commands,
    add_changes,
    add_device,
    add_runs,
    add_steps,
    changes_of,
    runs_root,
)
from ganengine.errors import ConfigError

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

`ganengine list presets` names the presets. A run's config.toml shows every setting.
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("train", help="train a new run", description=_DESCRIPTION, epilog=_EXAMPLES)
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "config",
        nargs="?",
        type=Path,
        metavar="CONFIG.toml",
        help="a file of settings; what it leaves out gets its default",
    )
    start.add_argument("--preset", metavar="NAME", help="start from a preset (without any: the default preset)")
    add_changes(parser)
    add_steps(parser)
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Train a new run."""
    from ganengine.cli.running import train_to_the_end
    from ganengine.launch import new_run

    config = _start(arguments).with_changes(changes_of(arguments))
    return train_to_the_end(lambda observers: new_run(config, runs_root(arguments), observers))


def _start(arguments: Namespace) -> "TrainConfig":
    from ganengine.config import TrainConfig
    from ganengine.presets import DEFAULT, find_preset

    path: Path | None = arguments.config
    if path is None:
        return find_preset(arguments.preset or DEFAULT).config
    if not path.is_file():
        hint = "" if path.suffix else f"; for a preset write --preset {path}"
        raise ConfigError("", f"there is no file {path}{hint}")
    try:
        return TrainConfig.load(path)
    except ConfigError as error:
        first, *others = error.problems
        raise ConfigError("", f"{path}: {error}", [("", f"{path}: {_text(first)}"), *others]) from error


def _text(problem: tuple[str, str]) -> str:
    return ": ".join(part for part in problem if part)
