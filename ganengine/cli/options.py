"""What several commands share: the parser, the common arguments, and what their values mean."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from ganengine.errors import CheckpointError, GanEngineError, RunError
from ganengine.values import toml_value

if TYPE_CHECKING:
    from ganengine.runs.directory import RunDirectory

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
_SHOWN = 5  # a message lists at most so many runs or checkpoints


class UsageError(GanEngineError):
    """The arguments do not make sense."""

    exit_code = 2


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line, and keeps the line breaks of its examples."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def add_runs(parser: Parser) -> None:
    """`--runs DIR`."""
    parser.add_argument(
        "--runs",
        type=Path,
        metavar="DIR",
        help='the folder of all runs (default: $GAN_STUDIO_RUNS, or "GAN Studio" in your documents)',
    )


def add_device(parser: Parser) -> None:
    """`--device NAME`."""
    parser.add_argument("--device", metavar="NAME", help="what to compute on: auto, cpu, cuda or cuda:N")


def add_changes(
    parser: Parser,
    metavar: str = "PATH=VALUE",
    help: str = "change one setting, e.g. optimizer_g.kind=rmsprop or generator.widths=[128,256]; may be repeated",
) -> None:
    """`--set PATH=VALUE`, any number of times."""
    parser.add_argument(
        "--set",
        dest="changes",
        type=_change,
        action="append",
        default=[],
        metavar=metavar,
        help=help,
    )


def add_steps(parser: Parser) -> None:
    """`--steps N`."""
    parser.add_argument(
        "--steps", type=_whole, metavar="N", help="train until step N, counted from the run's beginning"
    )


def changes_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Dotted path → value for all of `--set`, `--device` and `--steps` that were given; the latter two win."""
    changes = dict(getattr(arguments, "changes", []))
    if getattr(arguments, "device", None) is not None:
        changes["training.device"] = arguments.device
    if arguments.steps is not None:
        changes |= {"training.length_in": "steps", "training.steps": arguments.steps}
    return changes


def runs_root(arguments: argparse.Namespace) -> Path:
    """The folder of all runs."""
    from ganengine.places import default_runs_root

    chosen: Path | None = arguments.runs
    return default_runs_root() if chosen is None else chosen


def run_named(root: Path, name: str) -> "RunDirectory":
    """A run by its path, its folder's name, or its number.

    Raises:
        RunError: there is none; the message says which there are.
    """
    from ganengine.runs.directory import RunDirectory

    return RunDirectory(folder_named(root, name))


def folder_named(root: Path, name: str) -> Path:
    """As `run_named`, only the folder, and without waiting for torch."""
    from ganengine.runs.finding import find_folder, told_which_there_are

    try:
        return find_folder(root, name)
    except RunError as error:
        raise told_which_there_are(error, root) from None


def checkpoint_named(root: Path, name: str, step: int | None = None) -> Path:
    """A checkpoint: the file of that name, or a run's checkpoint of a step, the newest if none is given.

    Raises:
        CheckpointError, RunError: there is none; the message says which there are.
    """
    if Path(name).is_file() or name.endswith(".pt"):
        if step is not None:
            raise UsageError(f"--at goes with a run, and {name} is a checkpoint")
        return Path(name)
    run = run_named(root, name)
    steps = run.checkpoints.steps()
    if not steps:
        raise CheckpointError(f"{run.name} has no checkpoint yet.")
    if step is not None and step not in steps:
        known = _shortened(f"{known:,}" for known in steps)
        raise CheckpointError(f"{run.name} has no checkpoint of step {step:,}; there are those of step {known}.")
    return run.checkpoints.path(steps[-1] if step is None else step)


def at_least(least: int) -> Any:
    """The argument type of whole numbers from `least` on."""

    def parse(text: str) -> int:
        number = _whole(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, not {number}")
        return number

    return parse


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def _change(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not (path.strip() and equals):
        raise argparse.ArgumentTypeError(f"must look like PATH=VALUE, e.g. optimizer_g.lr=1e-4, not {text!r}")
    return path.strip(), toml_value(value.strip())


def _shortened(names: Iterable[str]) -> str:
    """The last few names, which are the newest."""
    all_names = list(names)
    return ("…, " if len(all_names) > _SHOWN else "") + ", ".join(all_names[-_SHOWN:])
