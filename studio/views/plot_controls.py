"""The row of controls above the loss plots."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from studio.views.combo import FocusedWheelCombo
from studio.views.plot_curves import Drawing
from studio.views.series import Axis

TICKS = 300
"""The slider's range. Each third takes the weight one nine further: 0, 0.9, 0.99, 0.999."""
DEFAULT_SMOOTHING = 0.9


def weight_of(tick: int) -> float:
    """The smoothing weight at a slider position, 0 to 0.999."""
    return float(round(1.0 - 10.0 ** (-3.0 * tick / TICKS), 4))


def tick_of(weight: float) -> int:
    """The slider position of a smoothing weight."""
    return round(-math.log10(1.0 - min(max(weight, 0.0), 0.999)) * TICKS / 3)


class PlotControls(QWidget):
    """Smoothing, log scale, what x counts, and follow.

    Signals:
        drawingChanged(): `drawing` is another one.
        followToggled(bool): the user pressed or released "Follow".
    """

    drawingChanged = Signal()
    followToggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.smoothing = self._make_slider()
        self._weight = QLabel(self)
        self.log_scale = self._make_check()
        self.axis = self._make_combo()
        self.follow = self._make_button()
        self._lay_out()
        self._show_weight()
        self.smoothing.valueChanged.connect(self._smoothing_changed)
        self.log_scale.toggled.connect(lambda _: self.drawingChanged.emit())
        self.axis.currentIndexChanged.connect(lambda _: self.drawingChanged.emit())
        self.follow.clicked.connect(self.followToggled)

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setObjectName("plotSmoothing")
        slider.setAccessibleName("Smoothing")
        slider.setToolTip("How much each curve is smoothed.\nThe faint curve behind is what was measured.")
        slider.setRange(0, TICKS)
        slider.setPageStep(TICKS // 10)
        slider.setValue(tick_of(DEFAULT_SMOOTHING))
        slider.setMinimumWidth(50)
        slider.setMaximumWidth(220)
        return slider

    def _make_check(self) -> QCheckBox:
        check = QCheckBox("Log", self)
        check.setObjectName("plotLogScale")
        check.setAccessibleName("Logarithmic loss scale")
        check.setToolTip("Logarithmic scale for the losses.\nValues of 0 and below are left out.")
        return check

    def _make_combo(self) -> QComboBox:
        combo = FocusedWheelCombo(self)
        combo.setObjectName("plotAxis")
        combo.setAccessibleName("What the x-axis counts")
        combo.setToolTip("What the x-axis counts")
        combo.addItem("Steps", "step")
        combo.addItem("Epochs", "epoch")
        combo.addItem("Minutes", "minute")
        return combo

    def _make_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("plotFollow")
        button.setAccessibleName("Follow the newest values")
        button.setText("Follow")
        button.setToolTip(
            "Keep all values up to the newest in view.\n"
            "Panning or zooming switches this off, a double click in a plot on again."
        )
        button.setCheckable(True)
        button.setChecked(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _lay_out(self) -> None:
        label = QLabel("Smooth", self)
        label.setBuddy(self.smoothing)
        self._weight.setFixedWidth(self._weight.fontMetrics().horizontalAdvance("0.9990"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self.smoothing, self._weight):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.log_scale)
        row.addWidget(self.axis)
        row.addWidget(self.follow)
        row.setStretchFactor(self.smoothing, 4)

    @property
    def drawing(self) -> Drawing:
        """What is set now."""
        return Drawing(weight_of(self.smoothing.value()), self.axis.currentData(), self.log_scale.isChecked())

    def set_drawing(self, drawing: Drawing) -> None:
        """Set all controls, as if by hand."""
        self.smoothing.setValue(tick_of(drawing.weight))
        self.log_scale.setChecked(drawing.log)
        self.set_axis(drawing.axis)

    def set_axis(self, axis: Axis) -> None:
        """Choose what the x-axis counts, as if by hand."""
        self.axis.setCurrentIndex(self.axis.findData(axis))

    def _smoothing_changed(self) -> None:
        self._show_weight()
        self.drawingChanged.emit()

    def _show_weight(self) -> None:
        weight = weight_of(self.smoothing.value())
        self._weight.setText(f"{weight:.3f}" if weight >= 0.95 else f"{weight:.2f}")
