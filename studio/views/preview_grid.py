"""As many real images as fit, each large enough to be recognised."""

from math import ceil

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.views.grid_canvas import GridCanvas
from studio.views.grid_layout import MAX_ZOOM, Shape
from studio.views.grid_panel import Images, Panel, check_images, to_cells
from studio.views.grid_placing import GAP, HEADING, MARGIN

_COMFORTABLE = 56  # points; the width of an image


class PreviewGrid(GridCanvas):
    """One page of images.

    Signals:
        capacityChanged(): more or fewer images fit now.
    """

    capacityChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetImages")
        self.setAccessibleName("Images of the data set")
        self._side = 28
        self._grid = (1, 1)

    @property
    def capacity(self) -> int:
        """How many images fit on a page."""
        return self._grid[0] * self._grid[1]

    def set_side(self, side: int) -> None:
        """Width and height of each image, in pixels."""
        self._side = side
        self._measure()

    def show_page(self, images: Images, heading: str) -> None:
        """Show images, uint8 [N, H, W, C]; none shows `empty_text`."""
        if not len(images):
            self.set_panels([])
            return
        check_images(images)
        columns = min(self._grid[1], len(images))
        self.shape = Shape(ceil(len(images) / columns), columns)
        self.set_panels([Panel("real", heading, "", to_cells(images))])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        ratio = self.devicePixelRatioF()
        zoom = min(MAX_ZOOM, max(1, round(_COMFORTABLE * ratio / self._side)))
        cell = self._side * zoom + GAP
        full = self.maximumViewportSize()
        width, height = full.width() - 2 * MARGIN, full.height() - 2 * MARGIN - HEADING
        before = self._grid
        self.zoom = zoom
        self._grid = max(1, int(height * ratio - GAP) // cell), max(1, int(width * ratio - GAP) // cell)
        if self._grid != before:
            self.capacityChanged.emit()
