"""The settings that a command starts from: a file, a preset, or the default preset."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import Parser
from ganengine.errors import ConfigError

if TYPE_CHECKING:
    from ganengine.config import TrainConfig


def add_start(parser: Parser) -> None:
    """`CONFIG.toml`, or `--preset NAME`."""
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "config",
        nargs="?",
        type=Path,
        metavar="CONFIG.toml",
        help="a file of settings; what it leaves out gets its default",
    )
    start.add_argument("--preset", metavar="NAME", help="start from a preset (without any: the default preset)")


def start_of(arguments: Namespace) -> "TrainConfig":
    """The settings that the arguments name.

    Raises:
        ConfigError: there is no such file or preset, or it cannot be used.
    """
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
