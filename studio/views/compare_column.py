"""One run in a comparison: what it is, how it stands, and its images."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QStyleOption, QVBoxLayout, QWidget

from studio.theme import colour, theme_notifier
from studio.views.fitted_canvas import FittedCanvas
from studio.views.grid_panel import Images
from studio.views.run_looks import RunLook, run_swatch

QWIDGETSIZE_MAX = 16_777_215
"""Qt's own value for "as large as you like"."""


@dataclass(frozen=True)
class ShownImages:
    """What a column shows.

    Attributes:
        images: uint8 [N, H, W, C].
        step: that they are from.
        heading: above them.
        columns: of the grid whose rows are the classes; 0 where any layout will do.
    """

    images: Images
    step: int
    heading: str
    columns: int = 0


class CompareColumn(QWidget):
    """Heading, status and images of one run.

    Signals:
        changed(): there are other images, or none.

    Attributes:
        canvas: the images.
        shown: what is shown, or None.
        why: without images, why there are none.
    """

    changed = Signal()

    def __init__(self, index: int, run: RunLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"compareColumn{index}")
        self.setAccessibleName(f"Run {index + 1}: {run.label}")
        self.run = run
        self.shown: ShownImages | None = None
        self.why = ""
        self._failed = self._is_compact = False
        self._swatch = QLabel()
        self._swatch.setToolTip("This run's line where all runs are in one plot")
        self._title = ElidedLabel(f"compareTitle{index}", run.label)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._status = ElidedLabel(f"compareStatus{index}", "")
        self.canvas = FittedCanvas(self)
        self.canvas.setObjectName(f"compareCanvas{index}")
        self.canvas.setAccessibleName(f"Images of {run.label}")
        self.canvas.setMinimumSize(60, 76)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._lay_out()
        theme_notifier().themeChanged.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        self._line.addWidget(self._swatch)
        self._line.addWidget(self._title, 3)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(self._line)
        self._column.addWidget(self._status)
        self._column.addWidget(self.canvas, 1)

    def set_compact(self, compact: bool) -> None:
        """How the run stands beside what it is, instead of below."""
        if compact == self._is_compact:
            return
        self._is_compact = compact
        policies = QSizePolicy.Policy
        self._status.setSizePolicy(policies.Fixed if compact else policies.Ignored, policies.Fixed)
        if compact:
            self._line.addWidget(self._status)
        else:
            self._status.setMinimumWidth(0)
            self._status.setMaximumWidth(QWIDGETSIZE_MAX)
            self._column.insertWidget(1, self._status)
        self._fit_status()

    def _fit_status(self) -> None:
        """Beside the title there is room for one word only; the tooltip has the rest."""
        if self._is_compact:
            word = self._status.full_text.partition(" · ")[0].partition(":")[0]
            self._status.show_part(word)
            self._status.setFixedWidth(self._status.fontMetrics().horizontalAdvance(word) + 2)
        else:
            self._status.show_part(self._status.full_text)

    @property
    def step(self) -> int | None:
        """The step that the images are from, or None."""
        return self.shown.step if self.shown else None

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
        self._fit_status()
        self._restyle()

    def show_images(self, shown: ShownImages) -> None:
        """Show images."""
        self.shown, self.why = shown, ""
        self.canvas.show_images(shown.images, shown.heading, shown.columns)
        self.changed.emit()

    def show_nothing(self, why: str) -> None:
        """Say why there are no images."""
        self.shown, self.why = None, why
        self.canvas.show_nothing(why)
        self.changed.emit()

    def _restyle(self) -> None:
        self._swatch.setPixmap(run_swatch(self.run.look, self.devicePixelRatioF()))
        self._status.setStyleSheet(f"color: {colour('error' if self._failed else 'muted').name()};")
        self.canvas.viewport().update()


class ElidedLabel(QLabel):
    """One line of plain text that ends in … where there is no room for it; the tooltip has all of it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.full_text = self._part = ""
        self.set_full_text(text)

    def set_full_text(self, text: str) -> None:
        """Show this."""
        self.full_text = self._part = text
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(text.replace("<", "‹"))  # a tooltip that begins like HTML would be taken for it

    def show_part(self, text: str) -> None:
        """Show only this of it."""
        self._part = text
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.fontMetrics().height() + 2)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        text = self.fontMetrics().elidedText(self._part, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
