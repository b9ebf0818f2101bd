"""Images of one run among others: as many as can be seen in the room there is, never scrolled."""

from math import ceil

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.views.grid_canvas import GridCanvas
from studio.views.grid_layout import ENOUGH, Shape, choose_shape
from studio.views.grid_panel import Images, Panel, check_images, to_cells
from studio.views.grid_placing import GAP, HEADING, MARGIN


class FittedCanvas(GridCanvas):
    """Canvases of one size show the same choice of images, so that they can be compared one by one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[QImage] = []
        self._columns = 0
        self._heading = ""

    def show_images(self, images: Images, heading: str, columns: int = 0) -> None:
        """Show uint8 images [N, H, W, C]; with `columns`, each row is of one class."""
        check_images(images)
        self._cells, self._columns, self._heading = to_cells(images), columns, heading
        self.arrange()

    def show_nothing(self, why: str) -> None:
        """Say why there are no images."""
        self._cells, self.empty_text = [], why
        self.arrange()

    @property
    def shown(self) -> int:
        """How many images are shown."""
        return sum(len(panel.cells) for panel in self._panels)

    def arrange(self) -> None:
        self._panels = (self._panel(),) if self._cells else ()
        super().arrange()

    def _panel(self) -> Panel:
        cells, count = self._chosen(self._cells), len(self._cells)
        some = f" · {len(cells)} of {count}" if len(cells) < count else ""
        return Panel("fake", self._heading + some, "", cells)

    def _chosen(self, cells: list[QImage]) -> list[QImage]:
        """As many of the images as can be seen; sets the shape in which they stand."""
        first, count = cells[0], len(cells)
        ratio, full = self.devicePixelRatioF(), self.maximumViewportSize()
        room = (int((full.width() - 2 * MARGIN) * ratio), int((full.height() - 2 * MARGIN - HEADING) * ratio))
        most = (ceil(count / self._columns), self._columns) if self._columns else None
        rows, columns = visible_shape(count, (first.width(), first.height()), room, GAP, most)
        self.shape = Shape(rows, columns)
        return picked(cells, self.shape, self._columns)


def picked(cells: list[QImage], shape: Shape, across: int = 0) -> list[QImage]:
    """The images that stand in a grid of a shape: the first, or of each class's row of so many the first few."""
    chosen = np.arange(len(cells)) % (across or shape.columns) < shape.columns
    wanted = [cell for cell, is_wanted in zip(cells, chosen.tolist(), strict=True) if is_wanted]
    return wanted[: shape.rows * shape.columns]


def visible_shape(
    count: int, image: tuple[int, int], room: tuple[int, int], gap: int, most: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Rows and columns that fit: all images, if they can be seen well; else as many as can.

    Args:
        image, room: width and height in pixels.
        most: rows and columns of the whole, where it has such.
    """
    whole = most or choose_shape(Shape(), count, image, room, gap)
    shape = whole
    for zoom in (2, 1):  # a few images at twice their size say more than all of them, tiny
        columns, rows = (max(1, (room[axis] - gap) // (zoom * image[axis] + gap)) for axis in (0, 1))
        if whole[0] <= rows and whole[1] <= columns:
            return whole
        shape = (min(rows, most[0]), min(columns, most[1])) if most else (rows, min(columns, ceil(count / rows)))
        if shape[0] * shape[1] >= ENOUGH:
            break
    return shape
