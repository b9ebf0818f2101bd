"""The row of controls above the sample grid."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from studio.icons import set_icon
from studio.views.combo import FocusedWheelCombo, FocusedWheelSpin
from studio.views.grid_layout import Shape

MOST = 64
"""The most rows or columns."""


class Mode(StrEnum):
    """What the grid shows."""

    GENERATED = "generated"
    REAL = "real"
    SIDE_BY_SIDE = "side by side"


class GridControls(QWidget):
    """Mode, rows × columns, noise, ink, zoom and copy.

    Signals:
        modeChanged(), shapeChanged(), inkChanged(): see `mode`, `shape` and `inverted`.
        zoomRequested(int): +1, -1, or 0 for as large as fits.
        freshRequested(), fixedRequested(), copyRequested(): a button was pressed.
    """

    modeChanged = Signal()
    shapeChanged = Signal()
    inkChanged = Signal()
    zoomRequested = Signal(int)
    freshRequested = Signal()
    fixedRequested = Signal()
    copyRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode_box = self._make_mode()
        self.rows = self._make_spin("gridRows", "Rows", "Rows of images; auto: as many as fit best")
        self.columns = self._make_spin("gridColumns", "Columns", "Columns of images; auto: as many as fit best")
        self.fresh = self._make_button("gridFresh", "dice", "Fresh noise", "Show images from new random numbers")
        self.fixed = self._make_button("gridFixed", "reset", "Back to the fixed noise", "Back to the fixed ones")
        self.ink = self._make_button("gridInk", "theme", "Dark on light", "Show grey images dark on light")
        self.smaller = self._make_button("gridZoomOut", "zoom-out", "Smaller", "Smaller (Ctrl+wheel, −)")
        self.larger = self._make_button("gridZoomIn", "zoom-in", "Larger", "Larger (Ctrl+wheel, +)")
        self.fit = self._make_button("gridFit", "fit", "Fit", "As large as fits (0)")
        self.copy = self._make_button(
            "gridCopy", "copy", "Copy", "Copy the grid as it is shown (Ctrl+C).\nTo save it as a file, use Export."
        )
        self._zoom = QLabel(self)
        self._lay_out()
        self._connect()

    def _make_mode(self) -> FocusedWheelCombo:
        combo = FocusedWheelCombo(self)
        combo.setObjectName("gridMode")
        combo.setAccessibleName("Images to show")
        combo.setToolTip("Which images to show")
        combo.addItem("Generated", Mode.GENERATED)
        combo.addItem("Real", Mode.REAL)
        combo.addItem("Side by side", Mode.SIDE_BY_SIDE)
        return combo

    def _make_spin(self, name: str, label: str, tip: str) -> QSpinBox:
        spin = FocusedWheelSpin(self)
        spin.setObjectName(name)
        spin.setAccessibleName(label)
        spin.setToolTip(tip)
        spin.setRange(0, MOST)
        spin.setSpecialValueText("auto")
        spin.setMinimumWidth(56)
        spin.setMaximumWidth(72)
        return spin

    def _make_button(self, name: str, icon: str, label: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(label)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        self._zoom.setObjectName("gridZoom")
        self._zoom.setAccessibleName("Zoom")
        self._zoom.setToolTip("Screen pixels for one pixel of an image")
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom.setFixedWidth(self._zoom.fontMetrics().horizontalAdvance("16×") + 2)
        self.ink.setCheckable(True)
        self.fit.setCheckable(True)
        self.fixed.setEnabled(False)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(2)
        times = QLabel("×", self)
        self._halves = (
            self._make_half((self.mode_box, None, self.rows, times, self.columns, None, self.fresh, self.fixed)),
            self._make_half((self.ink, None, self.smaller, self._zoom, self.larger, self.fit, None, self.copy)),
        )
        for half in self._halves:
            self._row.addWidget(half)
        self._row.addStretch(1)

    def _make_half(self, widgets: Sequence[QWidget | None]) -> QWidget:
        """Widgets in a row; None for a space."""
        half = QWidget(self)
        row = QHBoxLayout(half)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(2)
        for widget in widgets:
            if widget is None:
                row.addSpacing(8)
            else:
                row.addWidget(widget)
        row.addStretch(1)
        return half

    def minimumSizeHint(self) -> QSize:
        widest = max(half.minimumSizeHint().width() for half in self._halves)
        return QSize(widest + 16, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where one row is too narrow, use two."""
        super().resizeEvent(event)
        needed = sum(half.sizeHint().width() for half in self._halves) + 20
        one = event.size().width() >= needed
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if one else directions.TopToBottom)

    def _connect(self) -> None:
        self.mode_box.currentIndexChanged.connect(lambda _: self.modeChanged.emit())
        self.rows.valueChanged.connect(lambda _: self.shapeChanged.emit())
        self.columns.valueChanged.connect(lambda _: self.shapeChanged.emit())
        self.ink.toggled.connect(lambda _: self.inkChanged.emit())
        self.fresh.clicked.connect(self.freshRequested)
        self.fixed.clicked.connect(self.fixedRequested)
        self.copy.clicked.connect(self.copyRequested)
        self.smaller.clicked.connect(lambda: self.zoomRequested.emit(-1))
        self.larger.clicked.connect(lambda: self.zoomRequested.emit(1))
        self.fit.clicked.connect(lambda: self.zoomRequested.emit(0))

    @property
    def mode(self) -> Mode:
        """What to show."""
        return Mode(self.mode_box.currentData())

    @property
    def shape(self) -> Shape:
        """Rows and columns, 0 for automatic."""
        return Shape(self.rows.value(), self.columns.value())

    @property
    def inverted(self) -> bool:
        """Whether grey images are shown dark on light."""
        return self.ink.isChecked()

    def show_zoom(self, zoom: int, fitted: bool) -> None:
        """Write the zoom as it is."""
        self._zoom.setText(f"{zoom}×")
        self.fit.setChecked(fitted)
