"""New images of one class or of all."""

from typing import TYPE_CHECKING

from ganengine.errors import PublishError
from ganengine.export.grid import Images

if TYPE_CHECKING:
    from ganengine.publish.source import Source
    from ganengine.sampler import Sampler


def new_images(sampler: "Sampler", count: int, seed: int, label: str) -> Images:
    """Images [count, H, W, C] of a seed; of one class where `label` names one.

    Raises:
        PublishError: there is no such class.
        OutOfMemory: the device's memory is full.
    """
    return sampler.images(count, seed, class_of(sampler, label))


def class_of(sampler: "Sampler", label: str) -> int | None:
    """The number of a class that is given by its name or its number; None for an empty text.

    Raises:
        PublishError: there is no such class.
    """
    label = label.strip()
    if not label:
        return None
    if not sampler.classes:
        raise PublishError("This generator knows no classes: leave the class empty.")
    if label in sampler.classes:
        return sampler.classes.index(label)
    if label.isdecimal() and int(label) < len(sampler.classes):
        return int(label)
    raise PublishError(f"There is no class {label!r}; there are {_listed(sampler.classes)}.")


def label_problem(source: "Source", label: str) -> str:
    """What is wrong with a class, where that is known already; "" else."""
    if not label.strip() or "sampler" not in source.__dict__:
        return ""
    try:
        class_of(source.sampler, label)
    except PublishError as error:
        return str(error)
    return ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
