"""Small pictures of runs: made in the background, only of those that are looked at, and few are kept."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from ganengine.errors import DatasetError
from studio.tasks import BackgroundTasks
from studio.views.grid_panel import Images, to_cells

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

SIDE = 40  # points
COUNT = 4  # images of a run beside each other
KEPT = 200
_AT_ONCE = 4
_WAITING = 40  # what was asked for before these is out of sight by now


class Thumbnails(QObject):
    """Gives what there is, and makes what there is not yet; at most `KEPT` stay in memory.

    Signals:
        arrived(Path): there is another thumbnail of this run now.
    """

    arrived = Signal(object)

    def __init__(self, tasks: BackgroundTasks, ratio: float = 1.0, parent: QObject | None = None) -> None:
        """`ratio`: pixels a point of the screen."""
        super().__init__(parent)
        self._tasks, self._ratio = tasks, ratio
        self._made: OrderedDict[Path, tuple[Path, list[QPixmap]]] = OrderedDict()
        self._waiting: OrderedDict[Path, Path] = OrderedDict()  # run → its newest sample
        self._is_busy = False

    def __len__(self) -> int:
        return len(self._made)

    def of(self, run: RunSummary) -> list[QPixmap]:
        """A few of its newest images; empty where there are none, or not yet."""
        if run.thumbnail is None:
            return []
        source, images = self._made.get(run.path, (None, []))
        if source is None:
            self._want(run.path, run.thumbnail)
        else:
            self._made.move_to_end(run.path)
            if source != run.thumbnail:
                self._want(run.path, run.thumbnail)  # until it is there, the one before is better than none
        return images

    def _want(self, run: Path, sample: Path) -> None:
        self._waiting[run] = sample
        self._waiting.move_to_end(run)
        while len(self._waiting) > _WAITING:
            self._waiting.popitem(last=False)
        self._go_on()

    def _go_on(self) -> None:
        if self._is_busy or not self._waiting:
            return
        self._is_busy = True
        batch = [self._waiting.popitem() for _ in range(min(_AT_ONCE, len(self._waiting)))]
        side = round(SIDE * self._ratio)
        self._tasks.run(
            lambda: [(run, sample, small_images(sample, side)) for run, sample in batch],
            self._take,
            lambda error: self._take([(run, sample, []) for run, sample in batch]),
        )

    def _take(self, made: list[tuple[Path, Path, list[QImage]]]) -> None:
        self._is_busy = False
        for run, sample, images in made:
            self._made[run] = sample, [self._pixmap(image) for image in images]
            self._made.move_to_end(run)
            self.arrived.emit(run)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        self._go_on()

    def _pixmap(self, image: QImage) -> QPixmap:
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap


def small_images(sample: Path, side: int) -> list[QImage]:
    """Up to `COUNT` images of a sample, at most `side` pixels wide and high; none where it cannot be read."""
    from ganengine.export.grid import read_sample

    try:
        found = read_sample(sample)
    except DatasetError:
        return []
    smooth, keep = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
    return [cell.scaled(side, side, keep, smooth) for cell in to_cells(_chosen(found.images, found.columns))]


def _chosen(images: Images, columns: int) -> Images:
    """A few from all over the sample: of different classes where each row is one."""
    rows = len(images) // columns if columns else 0
    if rows >= 2:
        count = min(COUNT, rows)
        places = np.arange(count) * rows // count * columns
    else:
        count = min(COUNT, len(images))
        places = np.arange(count) * len(images) // count
    return images[places]
