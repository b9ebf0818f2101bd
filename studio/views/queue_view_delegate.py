"""How one run of the queue is painted: a picture and two lines; a state with its bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.icons import pixmap
from studio.theme import colour, theme_notifier
from studio.views.queue_view_model import FOLDER, ROW, RUN
from studio.views.queue_view_rows import LOOKS, QueueRow, Standing

PICTURE = 36  # points
PICTURES = 3  # of one run beside each other
_BETWEEN = 2
_WORDS = 190  # points that a run's name should have, before there are more pictures than one
_GAP = 8
_BAR = 4


class QueueDelegate(QStyledItemDelegate):
    """Paints all three columns in rows of two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, max(PICTURE + 8, 2 * option.fontMetrics.height() + 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW)
        if not isinstance(row, QueueRow):
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        scheme = theme_notifier().scheme
        text = QColor(scheme.on_selection if chosen else scheme.text)
        quiet = QColor(scheme.on_selection) if chosen else colour("muted")
        place = option.rect.adjusted(_GAP, 4, -_GAP, -4)
        if index.column() == RUN:
            _paint_run(painter, place, row, option.font, text, quiet)
        elif index.column() == FOLDER:
            painter.setPen(quiet)
            painter.setFont(option.font)
            said = row.folder or "–"
            painter.drawText(place, _LEFT, option.fontMetrics.elidedText(said, _RIGHT_CUT, place.width()))
        else:
            _paint_state(painter, place, row, option.font, text, quiet, loud=not chosen)
        painter.restore()


_LOUD = {Standing.FAILED, Standing.INTERRUPTED, Standing.STOPPED}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT_CUT = Qt.TextElideMode.ElideRight


def _paint_run(painter: QPainter, place: QRect, row: QueueRow, font: QFont, text: QColor, quiet: QColor) -> None:
    box = QRectF(place.left(), place.center().y() - PICTURE // 2 + 1, PICTURE, PICTURE)
    ground = QColor(theme_notifier().scheme.pressed)
    ground.setAlpha(90)
    shown = min(PICTURES, max(1, (place.width() - _WORDS) // (PICTURE + _BETWEEN)))
    for number in range(shown):
        rounded = QPainterPath()
        rounded.addRoundedRect(box, 4, 4)
        if number < len(row.pictures):
            painter.save()
            painter.setClipPath(rounded)
            painter.drawImage(box, row.pictures[number])
            painter.restore()
        else:
            painter.fillPath(rounded, ground)
        box.translate(PICTURE + _BETWEEN, 0)
    words = place.adjusted(round(box.left()) - place.left() + _GAP - _BETWEEN, 0, 0, 0)
    _two_lines(painter, words, row.title, row.plan, font, text, quiet)


def _paint_state(
    painter: QPainter, place: QRect, row: QueueRow, font: QFont, text: QColor, quiet: QColor, *, loud: bool
) -> None:
    name, role = LOOKS[row.standing]
    ratio = painter.device().devicePixelRatioF()
    words = place.adjusted(24, 0, 0, 0)
    upper = place.top() + (place.height() // 2 - 16 if row.note or row.done is not None else place.height() // 2 - 8)
    painter.drawPixmap(QPointF(place.left(), upper + 1), pixmap(name, 16, ratio, role))
    first = colour(role) if loud and row.standing in _LOUD else text
    if row.done is None:
        _two_lines(painter, words, row.standing.value.capitalize(), row.note, font, first, quiet, bold=False)
        return
    _two_lines(painter, words, row.note or row.standing.value.capitalize(), "", font, text, quiet, raised=5, bold=False)
    bar = QRectF(words.left(), place.center().y() + 8, words.width(), _BAR)
    _rounded(painter, bar, QColor(theme_notifier().scheme.pressed))
    filled = QRectF(bar)
    filled.setWidth(max(_BAR, bar.width() * min(max(row.done, 0.0), 1.0)))
    _rounded(painter, filled, colour("accent") if row.standing == Standing.RUNNING else colour("muted"))


def _two_lines(
    painter: QPainter,
    place: QRect,
    first: str,
    second: str,
    font: QFont,
    text: QColor,
    quiet: QColor,
    *,
    raised: int = 0,
    bold: bool = True,
) -> None:
    """Two lines, or one in the middle; each cut at the end where it does not fit."""
    strong = QFont(font)
    if bold:
        strong.setWeight(QFont.Weight.DemiBold)
    metrics, high = QFontMetrics(strong), QFontMetrics(font).height()
    top = place.center().y() - (high if second else high // 2) - raised + 1
    painter.setFont(strong)
    painter.setPen(text)
    line = QRect(place.left(), top, place.width(), high)
    painter.drawText(line, _LEFT, metrics.elidedText(first, _RIGHT_CUT, place.width()))
    if second:
        painter.setFont(font)
        painter.setPen(quiet)
        line.translate(0, high)
        painter.drawText(line, _LEFT, QFontMetrics(font).elidedText(second, _RIGHT_CUT, place.width()))


def _rounded(painter: QPainter, place: QRectF, fill: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
