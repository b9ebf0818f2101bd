"""Decoding of many pictures at once by threads: Pillow lets others run while it decodes."""

import os
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ganengine.data.dataset import LeftOut
from ganengine.data.progress import Tell
from ganengine.data.reading.collection import Collection, Job, Wish
from ganengine.data.reading.decoding import quiet_pillow
from ganengine.data.reading.fitting import Fit, fitted
from ganengine.data.reading.names import claims_to_be_an_image
from ganengine.data.reading.unusable import Unusable
from ganengine.shapes import ImageShape

_PORTION = 8  # pictures that one thread takes at once
_TELL_EVERY_S = 0.1


@dataclass(frozen=True)
class Picture:
    """One decoded picture: uint8 [C, R, R], and what its file was like."""

    pixels: NDArray[np.uint8]
    size: tuple[int, int]
    mode: str
    animated: bool


@dataclass
class Tally:
    """What became of the pictures.

    Attributes:
        usable: indices of those that were decoded.
        left_out: those that were not, and why.
        ignored: files without an image's ending that turned out to be none.
        sizes, modes: how often each original size (width, height) and kind of colours occurred.
        animated: of how many only the first frame was taken.
    """

    usable: list[int] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    ignored: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    animated: int = 0


def decoded(
    collection: Collection, shape: ImageShape, fit: Fit, tally: Tally, tell: Tell
) -> Iterator[NDArray[np.uint8]]:
    """The usable pictures uint8 [C, R, R], in order; `tally` is filled in on the way.

    Only a few pictures are in memory at any time. An exception of `tell` ends it in good order.
    """
    workers = _workers()
    wish = Wish(shape.resolution, grey=shape.channels == 1)
    total, done, told = len(collection.names), 0, 0.0
    with quiet_pillow(), ThreadPoolExecutor(workers, "decode") as pool:
        try:
            for results in _in_order(pool, collection.jobs(), shape, fit, wish, workers):
                for index, result in results:
                    done += 1
                    if isinstance(result, Picture):
                        _count(tally, index, result)
                        yield result.pixels
                    else:
                        _leave_out(tally, collection.names[index], result)
                if time.monotonic() - told > _TELL_EVERY_S or done == total:
                    told = time.monotonic()
                    tell("Reading pictures", done, total)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ThreadPoolExecutor, jobs: Iterable[Job], shape: ImageShape, fit: Fit, wish: Wish, workers: int
) -> "Iterator[list[tuple[int, Picture | Unusable]]]":
    waiting: deque[Future[list[tuple[int, Picture | Unusable]]]] = deque()
    source = iter(jobs)
    while portion := list(islice(source, _PORTION)):
        waiting.append(pool.submit(_work, portion, shape, fit, wish))
        if len(waiting) > 2 * workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _work(portion: list[Job], shape: ImageShape, fit: Fit, wish: Wish) -> "list[tuple[int, Picture | Unusable]]":
    return [(job.index, _picture(job, shape, fit, wish)) for job in portion]


def _picture(job: Job, shape: ImageShape, fit: Fit, wish: Wish) -> Picture | Unusable:
    try:
        opened = job.open(wish)
        return Picture(fitted(opened.image, shape, fit), opened.size, opened.mode, opened.animated)
    except Unusable as unusable:
        return unusable
    except MemoryError:
        return Unusable("too large for the memory of this computer")


def _count(tally: Tally, index: int, picture: Picture) -> None:
    tally.usable.append(index)
    tally.sizes[picture.size] += 1
    tally.modes[picture.mode] += 1
    tally.animated += picture.animated


def _leave_out(tally: Tally, name: str, unusable: Unusable) -> None:
    if unusable.is_image or claims_to_be_an_image(name):
        tally.left_out.append(LeftOut(name, str(unusable)))
    else:
        tally.ignored += 1


def _workers() -> int:
    # More would hold many large pictures in memory at once.
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(8, known or 1)
