"""What the commands that look at single images share: which checkpoint, and which of its images."""

from argparse import Namespace
from typing import TYPE_CHECKING

from ganengine.cli.options import Parser, UsageError, add_device, add_runs, at_least, checkpoint_named, runs_root

if TYPE_CHECKING:
    from ganengine.inspection.subject import Latent, Subject

_COUNT = 64


def add_subject(parser: Parser) -> None:
    """`RUN|CHECKPOINT`, `--at`, `--seed`, `--count`, `--class`, `--device` and `--runs`."""
    parser.add_argument("name", metavar="RUN|CHECKPOINT", help="a run's directory, folder name or number, or a file")
    parser.add_argument(
        "--at", type=at_least(0), metavar="STEP", help="of a run, the checkpoint of this step (default: the newest)"
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        metavar="S",
        help="count images among those of this seed, as `ganengine sample` makes them (default: the run's own samples)",
    )
    parser.add_argument(
        "--count", type=at_least(1), default=_COUNT, metavar="N", help=f"how many that seed makes (default: {_COUNT})"
    )
    parser.add_argument("--class", dest="label", metavar="NAME", help="make the image of this class instead of its own")
    add_device(parser)
    add_runs(parser)


def subject_of(arguments: Namespace) -> "Subject":
    """The checkpoint that was named."""
    import torch

    from ganengine.devices import cpu_threads
    from ganengine.inspection.subject import Subject

    path = checkpoint_named(runs_root(arguments), arguments.name, arguments.at)
    torch.set_num_threads(cpu_threads(0))
    return Subject.from_checkpoint(path, arguments.device or "auto")


def latent_of(subject: "Subject", number: int, arguments: Namespace, option: str) -> "Latent":
    """The latent of an image by its number, counted from 1; `option` is what asked for it.

    Raises:
        UsageError: there is no such image or class.
    """
    try:
        found = subject.latent(number - 1, arguments.seed, arguments.count)
    except IndexError:
        there = subject.fixed_count() if arguments.seed is None else arguments.count
        raise UsageError(f"{option} {number}: there are images 1 to {there}") from None
    return found if arguments.label is None else found.of_class(_label(subject, arguments.label))


def _label(subject: "Subject", name: str) -> int:
    if not subject.classes:
        raise UsageError("--class: this generator knows no classes")
    if name not in subject.classes:
        raise UsageError(f"--class: there is no class {name!r}; there are {', '.join(subject.classes)}")
    return subject.classes.index(name)
