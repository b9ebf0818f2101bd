"""The pictures of CelebA as a collection: one part, a number of them, and the middle of each."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from ganengine.data.progress import Tell
from ganengine.data.reading.collection import Collection, Job, Opened, Wish
from ganengine.data.reading.opening import collection_at

# The published division: the number in a picture's name says to which part it belongs.
NUMBERS = {"train": range(1, 162_771), "test": range(182_638, 202_600)}
ALIGNED = (178, 218)
FACE = (15, 35, 163, 183)  # the middle 148×148 pixels: customary, from the chin to the hair


class Faces(Collection):
    """The aligned faces in the published archive or in the folder that it unpacks to.

    Args:
        part: ``train``, ``test`` or ``all``, which has those for validation, too.
        count: take only so many, the first ones; 0 means all.
    """

    def __init__(self, path: Path, part: str, count: int) -> None:
        super().__init__(path)
        self._stored = collection_at(path)
        self._part = part
        self._count = count
        self._places: list[int] = []  # which of the stored pictures each one is

    def content_key(self) -> str:
        # To look at each of 200,000 files would take seconds every time; published pictures are never edited.
        if self.path.is_dir():
            return f"{self.path.resolve()} {self.path.stat().st_mtime_ns}"
        return self._stored.content_key()

    def find(self, tell: Tell) -> None:
        self._stored.find(tell)
        stored = self._stored.names
        places = [
            place for place, name in enumerate(stored) if self._part == "all" or _number(name) in NUMBERS[self._part]
        ]
        self._places = places[: self._count or None]
        self.names = [stored[place] for place in self._places]
        self.left_out, self.ignored = self._stored.left_out, self._stored.ignored

    def jobs(self, wanted: Sequence[int] | None = None) -> Iterator[Job]:
        indices = range(len(self.names)) if wanted is None else wanted
        stored = self._stored.jobs([self._places[index] for index in indices])
        for index, job in zip(indices, stored, strict=True):
            yield Job(index, partial(_face, job))

    def classes(self, usable: Sequence[int]) -> list[str] | None:
        return None


def _number(name: str) -> int:
    stem = PurePosixPath(name).stem
    return int(stem) if stem.isdecimal() else 0


def _face(job: Job, wish: Wish) -> Opened:
    opened = job.open(wish)
    if opened.image.size != ALIGNED:
        return opened
    return Opened(opened.image.crop(FACE), opened.size, opened.mode, opened.animated)
