"""The resolution and the channels that suit a collection, from a sample of its pictures."""

from statistics import median_low

from ganengine.data.progress import Tell
from ganengine.data.reading.collection import Collection, Wish
from ganengine.data.reading.colours import is_grey
from ganengine.data.reading.decoding import quiet_pillow
from ganengine.data.reading.unusable import Unusable
from ganengine.shapes import ImageShape

SAMPLE = 200  # pictures
RESOLUTIONS = (28, 32, 64)
_THUMBNAIL = 64  # pixels; enough to see whether there is colour
_GREY_SHARE = 0.98


def guessed_shape(collection: Collection, tell: Tell) -> ImageShape:
    """The largest usual resolution that half of the pictures fill, and grey where nearly all are.

    Without one usable picture in the sample: 28×28 in grey.
    """
    sides: list[int] = []
    grey = 0
    count = len(collection.names)
    chosen = sorted({index * count // SAMPLE for index in range(SAMPLE)}) if count else []
    with quiet_pillow():
        for done, job in enumerate(collection.jobs(chosen)):
            if done % 20 == 0:
                tell("Looking at some pictures", done, len(chosen))
            try:
                opened = job.open(Wish(_THUMBNAIL))
            except Unusable:
                continue
            sides.append(min(opened.size))
            opened.image.thumbnail((_THUMBNAIL, _THUMBNAIL))
            grey += is_grey(opened.image)
    if not sides:
        return ImageShape(1, RESOLUTIONS[0])
    usual = median_low(sides)
    resolution = max((side for side in RESOLUTIONS if side <= usual), default=RESOLUTIONS[0])
    return ImageShape(1 if grey >= _GREY_SHARE * len(sides) else 3, resolution)
