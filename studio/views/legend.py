"""The legend above a plot: one button a curve, which shows or hides it, and the curve's value beside it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from studio.views.curves import SWATCH, CurveSpec, format_value

WIDEST_VALUE = "−0.000"
IN_ONE_ROW = 3
"""More curves than that stand in rows of two."""


class Legend(QWidget):
    """One or more rows of check buttons, outside of the data.

    Signals:
        toggled(str, bool): a curve's key, and whether it is to be seen.
    """

    toggled = Signal(str, bool)

    def __init__(self, specs: Sequence[CurveSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs = tuple(specs)
        self._buttons: dict[str, QToolButton] = {}
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        across = len(self._specs) if len(self._specs) <= IN_ONE_ROW else 2
        for index, spec in enumerate(self._specs):
            row, column = divmod(index, across)
            grid.addWidget(self._make_button(spec), row, 2 * column)
            grid.addWidget(self._make_value(spec), row, 2 * column + 1)
        grid.setColumnStretch(2 * across, 1)
        self.restyle()

    def _make_button(self, spec: CurveSpec) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"curve.{spec.key}")
        button.setAccessibleName(f"Show {spec.title}")
        button.setToolTip(f"{spec.description}.\nClick to hide or show the curve.")
        button.setText(spec.title)
        button.setIconSize(SWATCH)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRaise(True)
        button.setStyleSheet("QToolButton { padding: 1px 3px; }")
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(lambda shown, key=spec.key: self.toggled.emit(key, shown))
        self._buttons[spec.key] = button
        return button

    def _make_value(self, spec: CurveSpec) -> QLabel:
        value = QLabel(self)
        value.setObjectName(f"value.{spec.key}")
        value.setAccessibleName(f"Value of {spec.title}")
        value.setToolTip("Measured value under the pointer, or the newest one")
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        value.setFont(font)
        value.setFixedWidth(QFontMetrics(font).horizontalAdvance(WIDEST_VALUE))
        value.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._values[spec.key] = value
        return value

    def show_value(self, key: str, value: float) -> None:
        """Write one curve's value; NaN shows a dash."""
        self._values[key].setText(format_value(value))

    def clear_values(self) -> None:
        """Show no values: there is nothing yet."""
        for label in self._values.values():
            label.clear()

    def value_text(self, key: str) -> str:
        """What is written beside a curve's button."""
        return self._values[key].text()

    def set_shown(self, key: str, shown: bool) -> None:
        """Press or release a curve's button."""
        self._buttons[key].setChecked(shown)

    def restyle(self) -> None:
        """Take the theme's colours."""
        for spec in self._specs:
            self._buttons[spec.key].setIcon(spec.swatch(self.devicePixelRatioF()))
