"""The inspector's second page: images around the image."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from studio.icons import set_icon
from studio.views.fitted_canvas import FittedCanvas
from studio.views.grid_panel import Images
from studio.wheel import only_with_focus

COUNT = 20
_STRENGTH = 30


class VaryPage(QWidget):
    """A grid of variations; a click on one goes on from there.

    Signals:
        wanted(): other variations are wanted; see `strength`.
        diceThrown(): in other directions.
        chosen(int): one of them is to be inspected.

    Attributes:
        canvas: the variations.
    """

    wanted = Signal()
    diceThrown = Signal()
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorVary")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("inspectorStrength")
        self._slider.setAccessibleName("Strength of the variation")
        self._slider.setToolTip("How far from this image: 0 % is the image itself, 100 % has nothing to do with it")
        self._slider.setRange(0, 100)
        self._slider.setValue(_STRENGTH)
        self._slider.setPageStep(10)
        only_with_focus(self._slider)
        self._value = QLabel()
        self._value.setMinimumWidth(44)
        self._dice = QPushButton("Other directions")
        self._dice.setObjectName("inspectorDice")
        self._dice.setAccessibleName("Other directions")
        self._dice.setToolTip("Vary it by other random numbers")
        set_icon(self._dice, "dice")
        self.canvas = FittedCanvas(self)
        self.canvas.setObjectName("inspectorVariations")
        self.canvas.setAccessibleName("Variations of the image")
        self.canvas.set_clickable(True)
        self._lay_out()
        self._slider.valueChanged.connect(self._on_moved)
        self._dice.clicked.connect(self.diceThrown)
        self.canvas.imageClicked.connect(lambda _role, index: self.chosen.emit(index))
        self._show_value()

    @property
    def strength(self) -> float:
        """From 0 to 1."""
        return self._slider.value() / 100

    def show_images(self, images: Images) -> None:
        """Show variations uint8 [N, H, W, C]."""
        self.canvas.show_images(images, "Click one to go on from there")

    def _on_moved(self) -> None:
        self._show_value()
        self.wanted.emit()

    def _show_value(self) -> None:
        self._value.setText(f"{self._slider.value()} %")

    def _lay_out(self) -> None:
        label = QLabel("Strength")
        label.setBuddy(self._slider)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self._slider, 1)
        line.addWidget(self._value)
        line.addWidget(self._dice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.canvas, 1)
