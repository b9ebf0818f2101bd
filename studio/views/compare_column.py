"""The upper part of one run in a comparison: what it is, how it stands, and its images."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QStyleOption, QVBoxLayout, QWidget

from studio.theme import colour, theme_notifier
from studio.views.fitted_canvas import FittedCanvas
from studio.views.grid_panel import Images
from studio.views.run_looks import run_swatch


class CompareColumn(QWidget):
    """Heading, status and images of one run.

    Attributes:
        canvas: the images.
        step: the step that they are from, or None.
    """

    def __init__(self, index: int, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"compareColumn{index}")
        self.setAccessibleName(f"Run {index + 1}: {label}")
        self.step: int | None = None
        self._index, self._failed = index, False
        self._swatch = QLabel()
        self._swatch.setToolTip("This run's line where all runs are in one plot")
        self._title = ElidedLabel(f"compareTitle{index}", label)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._status = ElidedLabel(f"compareStatus{index}", "")
        self.canvas = FittedCanvas(self)
        self.canvas.setObjectName(f"compareCanvas{index}")
        self.canvas.setAccessibleName(f"Images of {label}")
        self.canvas.setMinimumSize(120, 150)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._lay_out()
        theme_notifier().themeChanged.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._swatch)
        line.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._status)
        column.addWidget(self.canvas, 1)

    @property
    def title(self) -> str:
        """What the run differs in."""
        return self._title.full_text

    @property
    def status(self) -> str:
        """How the run stands."""
        return self._status.full_text

    def show_status(self, text: str, *, failed: bool = False) -> None:
        """Say how the run stands."""
        self._failed = failed
        self._status.set_full_text(text)
        self._restyle()

    def show_images(self, images: Images, step: int, columns: int = 0) -> None:
        """Show the images of a step; with `columns`, each row is of one class."""
        self.step = step
        self.canvas.show_images(images, f"Step {step:,}", columns)

    def show_nothing(self, why: str) -> None:
        """Say why there are no images."""
        self.step = None
        self.canvas.show_nothing(why)

    def _restyle(self) -> None:
        self._swatch.setPixmap(run_swatch(self._index, self.devicePixelRatioF()))
        self._status.setStyleSheet(f"color: {colour('error' if self._failed else 'muted').name()};")
        self.canvas.viewport().update()


class ElidedLabel(QLabel):
    """One line of plain text that ends in … where there is no room for it; the tooltip has all of it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.full_text = ""
        self.set_full_text(text)

    def set_full_text(self, text: str) -> None:
        """Show this."""
        self.full_text = text
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(text.replace("<", "‹"))  # a tooltip that begins like HTML would be taken for it

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.fontMetrics().height() + 2)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        text = self.fontMetrics().elidedText(self.full_text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
