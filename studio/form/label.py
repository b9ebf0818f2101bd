"""A row's label: a dot where the value differs from the preset, the title, and a badge where it may change live."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from studio.theme import colour

GUTTER = 12
_BADGE = "live"
_GAP = 5


class RowLabel(QWidget):
    """Paints the title of a setting, elided where it does not fit; a click puts the focus into the editor.

    Attributes:
        differs: whether the accent dot is shown.
        live: whether the badge is shown.
    """

    def __init__(self, title: str, buddy: QWidget) -> None:
        super().__init__()
        self.differs = False
        self.live = False
        self._title = title
        self._buddy = buddy
        self.setAccessibleName(title)

    def show_state(self, *, differs: bool, live: bool) -> None:
        """Show or hide the dot and the badge; neither moves anything."""
        if (differs, live) != (self.differs, self.live):
            self.differs, self.live = differs, live
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(GUTTER + self.fontMetrics().horizontalAdvance(self._title) + 4, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(GUTTER, self.fontMetrics().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._buddy.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        if self.differs:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawEllipse(QRect(2, round(middle) - 3, 6, 6))
        room = self.width() - GUTTER - (self._badge_width() + _GAP if self.live else 0)
        # Muted and not "disabled": what is running must be readable.
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText) if self.isEnabled() else colour("muted"))
        text = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(GUTTER, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self.live:
            used = min(room, self.fontMetrics().horizontalAdvance(text))
            self._paint_badge(painter, GUTTER + used + _GAP)

    def _badge_width(self) -> int:
        return QFontMetrics(self._badge_font()).horizontalAdvance(_BADGE)

    def _badge_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(9, round(self.fontInfo().pixelSize() * 0.8)))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _paint_badge(self, painter: QPainter, left: int) -> None:
        painter.setFont(self._badge_font())
        painter.setPen(colour("accent"))
        place = QRect(left, 0, self._badge_width(), self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, _BADGE)
