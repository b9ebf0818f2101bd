"""The header of a section: it folds, and says what is chosen while it is folded."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.icons import pixmap
from studio.theme import colour, theme_notifier

_HEIGHT = 30
_TEXT_LEFT = 24


class SectionHeader(QAbstractButton):
    """A button that is checked while its section is open. Space and Enter turn it; Left folds, Right unfolds."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._summary = ""
        self._open = True
        self._changed = 0
        self._wrong = 0
        theme_notifier().themeChanged.connect(self.update)

    @property
    def summary(self) -> str:
        """What is chosen, in one line."""
        return self._summary

    def show_state(self, summary: str, changed: int, wrong: int) -> None:
        """What to tell while the section is folded.

        Args:
            summary: what is chosen, in one line.
            changed: how many settings differ from the preset.
            wrong: how many cannot be used.
        """
        self._summary, self._changed, self._wrong = summary, changed, wrong
        parts = [summary, f"{changed} changed" if changed else "", f"{wrong} to mend" if wrong else ""]
        described = ", ".join(part for part in parts if part)
        self.setAccessibleDescription(described)
        self.setToolTip(f"{self.text()}: {described}. Click to fold or unfold.")
        self.update()

    def show_open(self, is_open: bool) -> None:
        """Look as the section is: a filter opens it whatever the button says."""
        self._open = is_open
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = {
            Qt.Key.Key_Return: not self.isChecked(),
            Qt.Key.Key_Enter: not self.isChecked(),
            Qt.Key.Key_Left: False,
            Qt.Key.Key_Right: True,
        }.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.setChecked(wanted)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        chevron = pixmap("chevron-down" if self._open else "chevron-right", 14, self.devicePixelRatioF())
        painter.drawPixmap(QRectF(4, (self.height() - 14) / 2, 14, 14), chevron, QRectF(chevron.rect()))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        left, right = _TEXT_LEFT, self.width() - 8
        title = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, 0, right - left, self.height()), Qt.AlignmentFlag.AlignVCenter, title)
        if not self._open:
            painter.setFont(self.font())
            self._paint_summary(painter, left + QFontMetrics(font).horizontalAdvance(title) + 12, right)

    def _paint_ground(self, painter: QPainter) -> None:
        place = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(self.palette().color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(place, 4, 4)
        if self.hasFocus():
            painter.setPen(colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 4, 4)

    def _paint_summary(self, painter: QPainter, left: int, right: int) -> None:
        text, ink = self._summary, colour("muted")
        if self._wrong:
            text, ink = f"{self._wrong} to mend", colour("error")
        metrics = self.fontMetrics()
        if self._changed:
            right -= 10
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawEllipse(QRect(right + 4, self.height() // 2 - 3, 6, 6))
        if right - left < 24:
            return
        painter.setPen(ink)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - left)
        place = QRect(left, 0, right - left, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
