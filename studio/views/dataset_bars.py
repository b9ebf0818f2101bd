"""Two small charts of a data set: how many images each class has, and how bright the pixels are."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import colour, theme_notifier

MOST_CLASSES = 40
_LINE = 18
_PLOT = 64
_RAMP = 6
_BINS = 64


class ClassBars(QWidget):
    """A bar for each class, with its name and its number of images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetClasses")
        self.setAccessibleName("Images of each class")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._classes: tuple[tuple[str, int], ...] = ()
        self._more = 0
        theme_notifier().themeChanged.connect(self.update)

    def show_classes(self, classes: Sequence[tuple[str, int]]) -> None:
        """Show these (name, number of images); of very many, the first ones."""
        self._classes = tuple(classes[:MOST_CLASSES])
        self._more = len(classes) - len(self._classes)
        text = ", ".join(f"{name}: {count:,}" for name, count in self._classes)
        self.setAccessibleDescription(text)
        self.setToolTip("Images of each class. Very uneven classes are learnt unevenly.")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        lines = max(1, len(self._classes) + bool(self._more))
        return QSize(180, lines * _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._classes:
            painter.setPen(colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft, "These images have no classes.")
            return
        metrics = painter.fontMetrics()
        names = min(max(metrics.horizontalAdvance(name) for name, _ in self._classes), self.width() * 2 // 5)
        most = max(count for _, count in self._classes)
        numbers = metrics.horizontalAdvance(f"{most:,}")
        room = max(1, self.width() - names - numbers - 14)
        for place, (name, count) in enumerate(self._classes):
            top = place * _LINE
            painter.setPen(self._text())
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names)
            flags = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, names, _LINE), flags | Qt.AlignmentFlag.AlignLeft, shown)
            length = max(1.0, room * count / max(1, most)) if count else 0.0
            painter.fillRect(QRectF(names + 7, top + 4, length, _LINE - 8), colour("real"))
            painter.setPen(colour("muted"))
            number = QRectF(self.width() - numbers, top, numbers, _LINE)
            painter.drawText(number, flags | Qt.AlignmentFlag.AlignRight, f"{count:,}")
        if self._more:
            line = QRectF(0, len(self._classes) * _LINE, self.width(), _LINE)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"and {self._more:,} more")
        painter.end()

    def _text(self) -> QColor:
        return QColor(theme_notifier().scheme.text)


class BrightnessChart(QWidget):
    """A histogram from black to white. Heights are square roots, so that a black ground does not hide the rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetBrightness")
        self.setAccessibleName("Brightness of the pixels")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._heights: list[float] = []
        theme_notifier().themeChanged.connect(self.update)

    def show_histogram(self, histogram: Sequence[int], looked_at: int) -> None:
        """Show how often each of the 256 values occurs in that many images."""
        step = max(1, len(histogram) // _BINS)
        bins = [sum(histogram[start : start + step]) for start in range(0, len(histogram), step)]
        highest = max(*bins, 1)
        self._heights = [(count / highest) ** 0.5 for count in bins]
        total = max(1, sum(histogram))
        mean = sum(value * count for value, count in enumerate(histogram)) / total
        self.setAccessibleDescription(f"Mean {mean:.0f} of 255")
        self.setToolTip(
            f"How often each brightness occurs, from black to white, in {looked_at:,} images. "
            f"Their mean is {mean:.0f} of 255. Rare values are drawn larger, so that they can be seen."
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _PLOT + _RAMP + 2 + self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = self.width()
        painter.fillRect(QRectF(0, _PLOT, width, 1), QColor(theme_notifier().scheme.border))
        share = width / max(1, len(self._heights))
        for place, height in enumerate(self._heights):
            painter.fillRect(QRectF(place * share, _PLOT * (1 - height), share, _PLOT * height), colour("real"))
        ramp = QRectF(0, _PLOT + 2, width, _RAMP)
        shades = QLinearGradient(ramp.topLeft(), ramp.topRight())
        shades.setColorAt(0, Qt.GlobalColor.black)
        shades.setColorAt(1, Qt.GlobalColor.white)
        painter.fillRect(ramp, shades)
        painter.setPen(QColor(theme_notifier().scheme.border))
        painter.drawRect(ramp.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(colour("muted"))
        words = QRectF(0, ramp.bottom() + 2, width, painter.fontMetrics().height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, "black")
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, "white")
        painter.end()
