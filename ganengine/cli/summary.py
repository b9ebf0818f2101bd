"""`ganengine summary`."""

from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, add_changes
from ganengine.cli.start import add_start, start_of

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.shapes import ImageShape

_DESCRIPTION = """\
Show what both networks consist of: each layer with its output's shape, its parameters, and how many are trained.
No training is needed. The data are read only where their shape or their classes are not known without.
"""
_EXAMPLES = """\
examples:
  ganengine summary --preset mnist-simple
  ganengine summary --set generator.kind=dcgan --set generator.width=64
  ganengine summary my-settings.toml
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "summary", help="show the layers of both networks", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    add_start(parser)
    add_changes(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print both networks, layer by layer."""
    from ganengine.summary import summarise

    config = start_of(arguments).with_changes(dict(arguments.changes))
    print(summarise(config, *_images_of(config)).as_text())
    return 0


def _images_of(config: "TrainConfig") -> "tuple[ImageShape, int]":
    """The shape of the images and the number of classes that the networks are told of."""
    from ganengine.fit import check_fit

    shape = config.data.image_shape()
    if shape is not None and not config.training.class_conditional:
        return shape, 0
    dataset = config.data.load()
    check_fit(config, dataset)
    return dataset.shape, len(dataset.classes) if config.training.class_conditional else 0
