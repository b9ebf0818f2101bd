"""The command line: train, go on, fork and sample without any window, in the same run directories.

Each command is a module with `add`, which declares its arguments, and `run`, which returns the exit code: 0 done, 1 it
failed while running, 2 the user's input is wrong, 130 interrupted. Importing them is quick; torch comes with `run`.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from ganengine import __version__
from ganengine.cli import (
    compare,
    data,
    evaluate,
    export,
    fork,
    import_,
    inspect,
    listing,
    queue,
    resume,
    runs,
    sample,
    search,
    strip,
    summary,
    sweep,
    train,
    walk,
)
from ganengine.cli.options import Parser
from ganengine.errors import ConfigError, GanEngineError

INTERRUPTED = 130
_COMMANDS = (
    train,
    resume,
    fork,
    sample,
    strip,
    walk,
    inspect,
    evaluate,
    sweep,
    search,
    queue,
    compare,
    export,
    import_,
    runs,
    data,
    summary,
    listing,
)
_DESCRIPTION = "Train generative adversarial networks and make images with them, without a window."
_EXAMPLES = """\
examples:
  ganengine train                            the default preset: handwritten digits
  ganengine train --set optimizer_g.lr=5e-4  the same with another learning rate
  ganengine resume 3 --steps 20000           go on with run 3
  ganengine sample 3 --out digits.png        a grid of images from run 3

`ganengine COMMAND --help` says more of one command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments (by default the process's own) say; returns the exit code."""
    code = _obey(argv)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            # The reader has had enough, e.g. `| head`. Python flushes once more at its end, which must not fail too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def _obey(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
    except GanEngineError as error:
        _complain(_in_one_line(error))
        return error.exit_code
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except OSError as error:
        _complain(str(error))
        return 1
    return code


def _parser() -> Parser:
    parser = Parser(prog="ganengine", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("--version", action="version", version=f"GAN Studio {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return parser


def _in_one_line(error: GanEngineError) -> str:
    if isinstance(error, ConfigError):
        text = "; ".join(f"{path}: {message}" if path else message for path, message in error.problems)
    else:
        text = str(error)
    return " ".join(text.split())


def _complain(text: str) -> None:
    with suppress(OSError):  # where nobody listens, the exit code still tells
        print(f"ganengine: {text}", file=sys.stderr, flush=True)
