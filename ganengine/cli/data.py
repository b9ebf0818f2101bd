"""`ganengine data check`."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganengine.cli.options import Commands, UsageError
from ganengine.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from ganengine.data.sources.base import DataSource

_DESCRIPTION = """\
Look at a data set before a training: `check` reads all of it, and says how many images there are, their sizes and
classes, what is doubled or blank, and which files cannot be used and why. What was decoded is kept for the training.
"""
_EXAMPLES = """\
examples:
  ganengine data check ~/pictures/flowers
  ganengine data check faces.zip --resolution 64 --channels colour
  ganengine data check fashion-mnist

`ganengine list datasets` names the data sets that are known.
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("data", help="check a data set", description=_DESCRIPTION, epilog=_EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    check = actions.add_parser(
        "check", help="say what is in a data set, and what is wrong with it", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    check.add_argument(
        "what", metavar="PATH|NAME", help="a folder, a .zip or .tar archive, a .npy or .npz file, or a data set's name"
    )
    check.add_argument("--resolution", metavar="PIXELS", help="side of the images, e.g. 64, or auto")
    check.add_argument("--channels", metavar="WHICH", help="grey, colour or auto")
    check.add_argument(
        "--fit", metavar="HOW", help="what is done to pictures that are not square: crop, pad or stretch"
    )
    check.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the report; 0 also where files were left out, since the rest can be trained on."""
    from ganengine.console import console_for
    from ganengine.data.check import check
    from ganengine.events import Preparing
    from ganengine.places import data_root

    source = _source(arguments)
    try:
        with console_for(sys.stderr) as console:
            report = check(source, lambda what, done, total: console.notify(Preparing(what, done, total)))
    except ConfigError as error:
        names = ", ".join(name for name in _known() if name != source.name())
        raise DatasetError(
            f"There is no {arguments.what!r}, neither here nor in {data_root()}. Give the path of a folder or an "
            f"archive of pictures, or one of the names {names}."
        ) from error
    print(report.as_text())
    return 0


def _source(arguments: Namespace) -> "DataSource":
    """What the first argument means: what exists at that path, a known name, or a name below the data root."""
    from ganengine.data.sources.folder import FolderSource

    given = {name: getattr(arguments, name) for name in ("resolution", "channels", "fit")}
    options = {name: _plain(value) for name, value in given.items() if value is not None}
    known = _known()
    path = Path(arguments.what).expanduser()
    if arguments.what in known and arguments.what != FolderSource.name():
        return _made(known[arguments.what], options)
    return _made(FolderSource, {"path": str(path.absolute()) if path.exists() else arguments.what, **options})


def _known() -> "dict[str, type[DataSource]]":
    from ganengine.components import alternatives
    from ganengine.data.sources.base import DataSource

    return alternatives(DataSource)


def _made(cls: "type[DataSource]", options: dict[str, Any]) -> "DataSource":
    from pydantic import ValidationError

    from ganengine.complaints import in_plain_words

    for name in options:
        if name not in cls.model_fields:
            raise UsageError(f"--{name} does not go with {cls.name()}")
    try:
        return cls.model_validate({cls.tag: cls.name(), **options})
    except ValidationError as error:
        details = error.errors()[0]
        raise UsageError(f"--{details['loc'][0]} {in_plain_words(details)}") from None


def _plain(text: str) -> str | int:
    return int(text) if text.isdecimal() else text
