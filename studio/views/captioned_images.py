"""A few images, each with a line of text below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.colours import Role
from studio.theme import colour, theme_notifier
from studio.views.grid_panel import Images, to_cells

_GAP, _CLOSE = 10, 4
_WIDEST = 96  # points; a few images need not fill the room


@dataclass(frozen=True)
class Placing:
    """How many images stand beside each other, and how large they are, in device pixels."""

    columns: int
    zoom: float


class CaptionedImages(QWidget):
    """Images in rows, as large as fits so that all can be seen, each with a coloured foot and its caption."""

    def __init__(self, name: str, title: str, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self._role = role
        self._cells: list[QImage] = []
        self._captions: tuple[str, ...] = ()
        self._columns = 0
        theme_notifier().themeChanged.connect(self.update)

    @property
    def captions(self) -> tuple[str, ...]:
        """The lines of text."""
        return self._captions

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self._cells)

    def show_images(self, images: Images, captions: Sequence[str], columns: int = 0) -> None:
        """Show images uint8 [N, H, W, C], each with its caption, so many in a row; 0 leaves the number to us."""
        self._cells, self._captions, self._columns = to_cells(images), tuple(captions), columns
        self.update()
        self.setAccessibleDescription("; ".join(captions))

    def clear(self) -> None:
        """Show nothing."""
        self._captions, self._cells = (), []
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 260)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._cells:
            return
        painter = QPainter(self)
        ratio, line = self.devicePixelRatioF(), self._line
        room = self.size() * ratio
        gap = _GAP if not self._columns else _CLOSE
        caption_size = QSizeF(self._widest, line) * ratio
        placing = placing_for(len(self._cells), self._cells[0].size(), room, caption_size, gap * ratio, self._columns)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, placing.zoom < 1)
        width = self._cells[0].width() * placing.zoom / ratio
        height = self._cells[0].height() * placing.zoom / ratio
        pitch = max(width, self._widest) + gap
        edge = QColor(theme_notifier().scheme.border)
        edge.setAlpha(120)
        for index, (cell, caption) in enumerate(zip(self._cells, self._captions, strict=True)):
            row, column = divmod(index, placing.columns)
            # Whole device pixels, so that pixels stay square.
            x = round((column * pitch + 1) * ratio) / ratio
            y = round((row * (height + line + gap) + 1) * ratio) / ratio
            area = QRectF(x, y, width, height)
            painter.fillRect(area.adjusted(-1, -1, 1, 1), edge)
            painter.drawImage(area, cell)
            painter.fillRect(QRectF(x, y + height + 1, width, 2), colour(self._role))
            painter.setPen(QColor(theme_notifier().scheme.text))
            text = QRectF(x, y + height + 4, pitch - 2, line)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, caption)
        painter.end()

    @property
    def _line(self) -> int:
        lines = max((caption.count("\n") + 1 for caption in self._captions), default=1)
        return lines * self.fontMetrics().lineSpacing() + 6

    @property
    def _widest(self) -> int:
        lines = [line for caption in self._captions for line in caption.split("\n")]
        return max((self.fontMetrics().horizontalAdvance(line) for line in lines), default=0)


def placing_for(count: int, image: QSize, room: QSize, caption: QSizeF, gap: float, fixed: int = 0) -> Placing:
    """The columns at which the images are largest and all of them seen; the zoom is whole where they are small.

    Args:
        image, room: the size of one, and of all there is, in device pixels.
        caption: the largest one.
        gap: between images.
        fixed: the number of columns, if that is settled.
    """
    best = Placing(fixed or count, 0)
    most = max(1, int(room.width() / (caption.width() + gap)))
    for columns in [fixed] if fixed else range(1, min(count, most) + 1):
        rows = -(-count // columns)
        across = (room.width() - gap * columns) / (columns * image.width())
        down = (room.height() - rows * (caption.height() + gap)) / (rows * image.height())
        zoom = min(across, down, 2 * _WIDEST / image.width())
        zoom = float(int(zoom)) if zoom >= 1 else max(zoom, 0.25)
        if zoom >= best.zoom:
            best = Placing(columns, zoom)
    return best
