"""One image, as large as fits, at a whole number of screen pixels a pixel."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import colour, theme_notifier
from studio.views.grid_panel import Images, to_cells


class BigImage(QWidget):
    """Shows an image, or says why there is none.

    Signals:
        clicked(): the image was clicked.
    """

    clicked = Signal()

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setMinimumSize(64, 64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._cell: QImage | None = None
        self._text = ""
        theme_notifier().themeChanged.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """What is shown, one pixel for each of the image's."""
        return self._cell

    def show_image(self, image: Images) -> None:
        """Show an image uint8 [H, W, C]."""
        self._cell = to_cells(image[None])[0]
        self.update()

    def show_nothing(self, text: str = "") -> None:
        """Say why there is none."""
        self._cell, self._text = None, text
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._cell is None:
            painter.setPen(colour("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self._text)
            painter.setPen(QPen(QColor(theme_notifier().scheme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        else:
            self._paint_image(painter, self._cell)
        painter.end()

    def _paint_image(self, painter: QPainter, cell: QImage) -> None:
        ratio = self.devicePixelRatioF()
        room = self.size() * ratio
        zoom = min((room.width() - 2) // cell.width(), (room.height() - 2) // cell.height())
        # An image larger than the room is the one case in which its pixels are blurred.
        size = cell.size() * zoom if zoom else cell.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        area = QRect((room.width() - size.width()) // 2, (room.height() - size.height()) // 2, *size.toTuple())
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom == 0)
        edge = QColor(theme_notifier().scheme.border)
        edge.setAlpha(120)
        painter.fillRect(area.adjusted(-1, -1, 1, 1), edge)
        painter.drawImage(area, cell)
