"""How a run is painted in the table: its newest images, its name and its tags; its status with a bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.icons import pixmap
from studio.theme import colour, theme_notifier
from studio.views import run_browser_text as text
from studio.views.run_browser_model import RUN, SHARE

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

IMAGE = 40  # points
ROW = IMAGE + 10
_GAP, _BETWEEN, _PAD = 8, 2, 8
_NARROW = 230  # of a cell; below it one image has to do
_LEAST = 46  # for words that are not cut beyond all understanding
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CUT = Qt.TextElideMode.ElideRight
_Index = QModelIndex | QPersistentModelIndex
ImagesOf = Callable[["RunSummary"], Sequence[QPixmap]]


class _Delegate(QStyledItemDelegate):
    """Paints the ground as the table's other cells have it, then `draw`s on it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(super().sizeHint(option, index).width() + 2 * _PAD, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        run = index.data(RUN)
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scheme = theme_notifier().scheme
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        loud = QColor(scheme.on_selection if chosen else scheme.muted if run.damage or run.archived else scheme.text)
        quiet = QColor(scheme.on_selection if chosen else scheme.muted)
        self.draw(painter, option.rect.adjusted(_PAD, 0, -_PAD, 0), index, run, (loud, quiet))
        painter.restore()

    def draw(
        self, painter: QPainter, place: QRect, index: _Index, run: RunSummary, colours: tuple[QColor, QColor]
    ) -> None:
        """Paint what the cell says, in the colour for what is read and the one for what explains it."""
        raise NotImplementedError


class NameDelegate(_Delegate):
    """The newest images, the name, and below it the folder or number, the variation and the tags."""

    def __init__(self, images_of: ImagesOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images_of = images_of

    def draw(
        self, painter: QPainter, place: QRect, index: _Index, run: RunSummary, colours: tuple[QColor, QColor]
    ) -> None:
        count = 1 if place.width() < _NARROW else 4 if place.width() > 1.7 * _NARROW else 2
        left = _paint_images(painter, place, self._images_of(run)[:count], count)
        words = place.adjusted(left + _GAP, 0, 0, 0)
        _paint_words(painter, words, run, colours)


class StatusDelegate(_Delegate):
    """A dot in the status's colour and the word; a bar while it is trained; a sign where it is damaged."""

    def draw(
        self, painter: QPainter, place: QRect, index: _Index, run: RunSummary, colours: tuple[QColor, QColor]
    ) -> None:
        share = index.data(SHARE)
        middle = place.center().y() - (4 if share is not None else 0)
        if run.damage:
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(QPointF(place.left() - 3, middle - 7), pixmap("warning", 16, ratio, "warning"))
        else:
            paint_dot(painter, QPointF(place.left() + 5, middle + 1), run)
        words = QRect(place.left() + 18, middle - 11, place.width() - 18, 24)
        painter.setPen(colours[0])
        said = painter.fontMetrics().elidedText(text.status_text(run), _CUT, words.width())
        painter.drawText(words, _LEFT, said)
        if share is not None:
            bar = QRectF(words.left(), words.bottom() - 1, max(20, words.width() - 8), 4)
            _paint_bar(painter, bar, share, run)


def paint_dot(painter: QPainter, middle: QPointF, run: RunSummary) -> None:
    """A filled dot for what runs or is done; a ring for what was stopped or waits."""
    shade = colour(text.status_role(run))
    filled = run.status in {"running", "finished", "failed", "paused"}
    pen = painter.pen()
    pen.setColor(shade)
    pen.setWidthF(1.5)
    painter.setPen(pen)
    painter.setBrush(shade if filled else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, 3.5, 3.5)


def _paint_images(painter: QPainter, place: QRect, images: Sequence[QPixmap], count: int) -> int:
    """Images from left to right, or grounds where they will be; returns the width."""
    for number in range(count):
        box = QRect(place.left() + number * (IMAGE + _BETWEEN), place.center().y() - IMAGE // 2 + 1, IMAGE, IMAGE)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(box), 3, 3)
        if number < len(images):
            painter.save()
            painter.setClipPath(shape)
            painter.drawPixmap(box, images[number])
            painter.restore()
        elif number == 0 or images:
            ground = QColor(theme_notifier().scheme.pressed)
            ground.setAlpha(90)
            painter.fillPath(shape, ground)
    return count * (IMAGE + _BETWEEN) - _BETWEEN


def _paint_words(painter: QPainter, place: QRect, run: RunSummary, colours: tuple[QColor, QColor]) -> None:
    loud, quiet = colours
    strong = QFont(painter.font())
    strong.setWeight(QFont.Weight.DemiBold)
    metrics, high = QFontMetrics(strong), painter.fontMetrics().height() + 2
    second = text.line_of(run)
    has_second = bool(second or run.tags)
    upper = QRect(place.left(), place.center().y() - (high if has_second else high // 2) + 1, place.width(), high)
    plain = painter.font()
    painter.setFont(strong)
    painter.setPen(loud)
    painter.drawText(upper, _LEFT, metrics.elidedText(run.called, _CUT, place.width()))
    painter.setFont(plain)
    painter.setPen(quiet)
    lower = upper.translated(0, high)
    left = _paint_tags(painter, lower, run.tags, quiet)
    rest = lower.adjusted(left, 0, 0, 0)
    if rest.width() > _LEAST:
        painter.setPen(quiet)
        painter.drawText(rest, _LEFT, painter.fontMetrics().elidedText(second, _CUT, rest.width()))


def _paint_tags(painter: QPainter, place: QRect, tags: Sequence[str], quiet: QColor) -> int:
    """Each tag in a frame of its own, as many as fit, and how many do not; returns the width."""
    left, metrics = 0, painter.fontMetrics()
    for number, tag in enumerate(tags):
        width = metrics.horizontalAdvance(tag) + 12
        if left + width + (26 if number + 1 < len(tags) else 0) > place.width():
            painter.setPen(quiet)
            painter.drawText(place.adjusted(left, 0, 0, 0), _LEFT, f"+{len(tags) - number}")
            return place.width()
        frame = QRectF(place.left() + left + 0.5, place.top() + 0.5, width, place.height() - 1)
        ground = colour("accent")
        ground.setAlpha(38)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(frame, 4, 4)
        painter.setPen(quiet)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, tag)
        left += width + 5
    return left


def _paint_bar(painter: QPainter, place: QRectF, share: float, run: RunSummary) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme_notifier().scheme.pressed))
    painter.drawRoundedRect(place, 2, 2)
    done = QRectF(place.left(), place.top(), max(place.height(), place.width() * share), place.height())
    painter.setBrush(colour(text.status_role(run)))
    painter.drawRoundedRect(done, 2, 2)
