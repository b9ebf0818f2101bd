"""One set of images, ready to be painted."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from studio.views.grid_layout import GridLayout

Images = NDArray[np.uint8]
PanelRole = Literal["real", "fake"]


@dataclass
class Panel:
    """Images with a heading; without images, a sentence in their place.

    Attributes:
        role: generated or real; decides the colour.
        heading: above the images.
        sentence: what to say without images.
        cells: the images, converted once for fast painting.
        columns: how many images belong together in a row; 0 where any number will do.
        labels: names of these rows; empty for none.
    """

    role: PanelRole
    heading: str
    sentence: str = ""
    cells: list[QImage] = field(default_factory=list)
    columns: int = 0
    labels: tuple[str, ...] = ()

    def paint(self, painter: QPainter, layout: GridLayout, x: int, y: int, visible: QRect, edge: QColor) -> None:
        """Paint the images that touch ``visible``; all in device pixels, without smoothing.

        Each gets a thin edge: a white image must not vanish on a white ground, nor a black one on a dark ground.
        """
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for index in range(layout.count):
            left, top, width, height = layout.cell(index)
            target = QRect(x + left, y + top, width, height)
            if target.intersects(visible):
                painter.fillRect(target.adjusted(-1, -1, 1, 1), edge)
                painter.drawImage(target, self.cells[index])


def check_images(images: Images) -> None:
    """Raise a ValueError unless this is uint8 [N, H, W, C] with C 1 or 3 and nothing of size zero."""
    good = images.dtype == np.uint8 and images.ndim == 4 and images.shape[-1] in (1, 3) and images.size > 0
    if not good:
        raise ValueError(f"images must be uint8 [N, H, W, 1 or 3], not {images.dtype} {list(images.shape)}")


def to_cells(images: Images, inverted: bool = False) -> list[QImage]:
    """Make one QImage an image; grey ones inverted on request, dark on light."""
    grey = images.shape[-1] == 1
    if inverted and grey:
        images = 255 - images
    images = np.ascontiguousarray(images)
    _, height, width, channels = images.shape
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return [
        # The conversion copies: the QImage does not point into the array afterwards.
        QImage(image.data, width, height, width * channels, kind).convertToFormat(QImage.Format.Format_RGB32)
        for image in images
    ]
