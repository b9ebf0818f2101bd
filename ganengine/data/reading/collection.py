"""What folders, archives and arrays have in common: a number of pictures that are opened one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from ganengine.data.dataset import LeftOut
from ganengine.data.progress import Tell


@dataclass(frozen=True)
class Job:
    """One picture to be decoded, by any thread.

    Attributes:
        index: which one of the collection.
        open: gives the decoded first frame, upright, in mode L, LA, RGB or RGBA, and what it was; or raises `Unusable`.
    """

    index: int
    open: "Callable[[Wish], Opened]"


@dataclass(frozen=True)
class Wish:
    """How large a picture needs to be decoded at least: its shorter side, in pixels; 0 means as it is."""

    side: int = 0
    grey: bool = False


@dataclass(frozen=True)
class Opened:
    """A decoded picture.

    Attributes:
        image: upright, in mode L, LA, RGB or RGBA, and possibly smaller than it was.
        size: width and height that it had, upright.
        mode: how its file keeps colours, e.g. ``CMYK``.
        animated: whether the file has more frames than this one.
    """

    image: Image.Image
    size: tuple[int, int]
    mode: str
    animated: bool = False


@dataclass
class Collection:
    """Pictures in one place. Made cheaply; `find` lists what is there.

    Attributes:
        path: the folder or file.
        names: of all that may be pictures, in order, once found.
        left_out: what was refused while listing.
        ignored: number of files that are no pictures and do not claim to be.
    """

    path: Path
    names: Sequence[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    ignored: int = 0

    def content_key(self) -> str:
        """A hash that changes when the content does, without reading all of it.

        Raises:
            DatasetError: the place cannot be read.
        """
        raise NotImplementedError

    def find(self, tell: Tell) -> None:
        """Fill in `names`, `left_out` and `ignored`.

        Raises:
            DatasetError: it is no such collection, is damaged as a whole, or is refused as dangerous.
        """
        raise NotImplementedError

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        """A job for each picture, or for the wanted ones (ascending), in order.

        Raises:
            DatasetError: as for `find`.
        """
        raise NotImplementedError

    def classes(self, usable: Sequence[int]) -> list[str] | None:
        """The name of the class of each usable picture, or None where they have no classes."""
        from ganengine.data.reading.names import classes_of

        return classes_of([self.names[index] for index in usable])
