"""One setting that is varied, and the values that it takes."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout

from ganengine.config import TrainConfig
from ganengine.plans import Axis
from studio.form.wording import tooltip
from studio.icons import set_icon
from studio.theme import colour, theme_notifier
from studio.views.compare_column import ElidedLabel
from studio.views.plan_dialog_values import Field, complaint_of, read_values

_TICKS_A_ROW = 3


class AxisCard(QFrame):
    """Title, values as ticks or as text, and what is wrong with them.

    Signals:
        changed(): the values are others.
        removed(path): the setting shall no longer be varied.
        twinTaken(path, on): the other network's setting goes with this one, or no longer.

    Attributes:
        field: the setting.
        problem: what is wrong, or "".
    """

    changed = Signal()
    removed = Signal(str)
    twinTaken = Signal(str, bool)

    def __init__(self, field: Field, base: TrainConfig) -> None:
        super().__init__()
        self.setObjectName(f"vary:{field.path}")
        self.setAccessibleName(f"Values of {field.full_title}")
        self.field, self.problem = field, ""
        self._base = base
        self._values: tuple[Any, ...] = ()
        self._ticks: list[tuple[Any, QCheckBox]] = []
        self._line: QLineEdit | None = None
        self._twin: QCheckBox | None = None
        self._error = QLabel()
        self._error.setObjectName(f"varyError:{field.path}")
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setWordWrap(True)
        self._lay_out()
        theme_notifier().themeChanged.connect(self._colour_error)
        self._colour_error()
        self._read()

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = theme_notifier().scheme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(scheme.error if self.problem else scheme.line))
        painter.setBrush(QColor(scheme.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    @property
    def axis(self) -> Axis | None:
        """The values, or None while they cannot be used."""
        return Axis(self._paths(), self._values) if self._values and not self.problem else None

    def edit(self) -> None:
        """Put the keyboard where values are given."""
        target = self._line or self._ticks[0][1]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._line:
            self._line.end(False)

    def _paths(self) -> tuple[str, ...]:
        both = self._twin is not None and self._twin.isChecked()
        return (self.field.path, self.field.twin) if both else (self.field.path,)

    @Slot()
    def _read(self) -> None:
        if self._line is None:
            self._values = tuple(value for value, tick in self._ticks if tick.isChecked())
            problem = "" if self._values else "Tick at least one"
        else:
            self._values, problem = read_values(self.field, self._line.text())
        self.problem = problem or complaint_of(self._base, self._paths(), self._values)
        self._error.setText(self.problem)
        self._error.setVisible(bool(self.problem))
        self.update()
        if self._line is not None:
            self._line.setProperty("invalid", bool(self.problem))
            self._line.style().unpolish(self._line)  # the style sheet looks at a property only when put on anew
            self._line.style().polish(self._line)
        self.changed.emit()

    @Slot(bool)
    def _on_twin(self, on: bool) -> None:
        self.twinTaken.emit(self.field.twin, on)
        self._read()

    @Slot()
    def _colour_error(self) -> None:
        self._error.setStyleSheet(f"color: {colour('error').name()};")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(5)
        column.addLayout(self._head())
        if self.field.choices:
            column.addLayout(self._tick_boxes())
        else:
            column.addLayout(self._text_line())
        column.addWidget(self._error)

    def _head(self) -> QHBoxLayout:
        title = ElidedLabel(f"varyTitle:{self.field.path}", self.field.full_title)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setToolTip(tooltip(self.field.declaration))
        close = QToolButton()
        close.setObjectName(f"varyRemove:{self.field.path}")
        close.setAccessibleName(f"Do not vary {self.field.full_title}")
        close.setToolTip("Do not vary this")
        set_icon(close, "close")
        close.clicked.connect(lambda: self.removed.emit(self.field.path))
        head = QHBoxLayout()
        head.addWidget(title, 1)
        if self.field.twin:
            self._twin = QCheckBox(f"{self.field.player} too")
            self._twin.setObjectName(f"varyTwin:{self.field.path}")
            self._twin.setAccessibleName(f"The same for {self.field.player}")
            self._twin.setToolTip(f"{self.field.player} takes the same value as this, run by run")
            self._twin.toggled.connect(self._on_twin)
            head.addWidget(self._twin)
        head.addWidget(close)
        return head

    def _tick_boxes(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        for number, (value, label) in enumerate(self.field.choices):
            tick = QCheckBox(label)
            tick.setObjectName(f"varyTick:{self.field.path}:{value}")
            tick.setAccessibleName(label)
            tick.setToolTip(f"Make runs with {label}")
            tick.setChecked(value == self.field.now)
            tick.toggled.connect(self._read)
            grid.addWidget(tick, number // _TICKS_A_ROW, number % _TICKS_A_ROW)
            self._ticks.append((value, tick))
        grid.setColumnStretch(_TICKS_A_ROW, 1)
        return grid

    def _text_line(self) -> QHBoxLayout:
        field = self.field
        self._line = QLineEdit(field.text(field.now) if field.now not in (None, "") else "")
        self._line.setObjectName(f"varyValues:{field.path}")
        self._line.setAccessibleName(f"Values of {field.full_title}")
        self._line.setPlaceholderText("Values, separated by commas")
        self._line.setToolTip("The values that it takes, one a run, separated by commas")
        self._line.textChanged.connect(self._read)
        line = QHBoxLayout()
        line.addWidget(self._line, 1)
        if field.declaration.unit:
            unit = QLabel(field.declaration.unit)
            unit.setProperty("muted", True)
            line.addWidget(unit)
        return line


def axes_of(cards: Sequence[AxisCard]) -> list[Axis] | None:
    """What all cards vary; None while one of them cannot be used."""
    axes = [card.axis for card in cards]
    return None if None in axes else [axis for axis in axes if axis]
