"""What a publication will look like."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import colour

_MARGIN = 12


class PublishPreview(QWidget):
    """Shows a picture as large as there is room, or says why there is none.

    Attributes:
        picture: what is shown, or None.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishPreview")
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture: QImage | None = None
        self._note = ""

    def show_picture(self, picture: QImage) -> None:
        """Show a picture."""
        self.picture, self._note = picture, ""
        self.setAccessibleDescription(f"{picture.width()} × {picture.height()} pixels")
        self.update()

    def show_note(self, note: str) -> None:
        """Show a sentence in place of a picture."""
        self.picture, self._note = None, note
        self.setAccessibleDescription(note)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if self.picture is None:
            painter.setPen(colour("muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
            return
        ratio = self.devicePixelRatioF()
        size = self.picture.size().scaled(room.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > self.picture.width():
            times = max(1, size.width() // self.picture.width())  # whole pixels, as they will be in the file
            size = self.picture.size() * times
        # Only what is made smaller is smoothed: the pixels of small images are to be seen.
        smooth = size.width() < self.picture.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        shown = QSize(round(size.width() / ratio), round(size.height() / ratio))
        place = QRect(room.topLeft(), shown)
        place.moveCenter(room.center())
        painter.drawImage(place, self.picture)
