"""What the Data tab shows of a data set, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DatasetFacts:
    """A data set in numbers.

    Attributes:
        name: what people call it.
        count: number of images.
        side, channels: of each image; its width and height are equal.
        classes: (name, number of images) of each class; empty without classes.
        histogram: how often each of the 256 values occurs in the images that were looked at.
        looked_at: how many those are.
        left_out: (file, reason) of each file that could not be used.
    """

    name: str
    count: int
    side: int
    channels: int
    classes: tuple[tuple[str, int], ...]
    histogram: tuple[int, ...]
    looked_at: int
    left_out: tuple[tuple[str, str], ...] = ()

    def summary(self) -> str:
        """One line without the name."""
        colours = "grey" if self.channels == 1 else "colour"
        classes = f"{len(self.classes):,} classes" if self.classes else "no classes"
        return f"{counted(self.count, 'image')} · {self.side}×{self.side} pixels, {colours} · {classes}"


def counted(count: int, thing: str) -> str:
    """``1 file``, ``1,200 files``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
