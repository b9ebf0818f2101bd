"""The inspector's last page: sliders along what changes the generator's features most."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from studio.views.big_image import BigImage
from studio.views.grid_panel import Images
from studio.wheel import only_with_focus

COUNT = 6
_REACH, _FINE = 4, 10  # standard deviations to each side, and slider steps in one


class DirectionsPage(QWidget):
    """One slider a direction, and the image where they have moved it.

    Signals:
        moved(): see `amounts`.
        taken(): the moved image is to be inspected.

    Attributes:
        picture: the moved image.
    """

    moved = Signal()
    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorDirections")
        self.picture = BigImage("inspectorMoved", "The image, moved along the directions")
        self._sliders = [self._make_slider(number) for number in range(COUNT)]
        self._names = [QLabel() for _ in range(COUNT)]
        self._values = [QLabel() for _ in range(COUNT)]
        self._reset = self._make_button("inspectorReset", "Reset", "All sliders back to the middle")
        self._take = self._make_button("inspectorTake", "Inspect this one", "Go on from the image as it is now")
        self._reset.clicked.connect(self.reset)
        self._take.clicked.connect(self.taken)
        self._lay_out()
        self.show_directions([])

    @property
    def amounts(self) -> list[float]:
        """How far along each direction, in standard deviations."""
        return [slider.value() / _FINE for slider in self._sliders]

    def show_directions(self, shares: Sequence[float]) -> None:
        """Offer so many directions, each of which explains this share of the variance."""
        for number, (slider, name, value) in enumerate(zip(self._sliders, self._names, self._values, strict=True)):
            known = number < len(shares)
            for widget in (slider, name, value):
                widget.setVisible(known)
            if known:
                name.setText(f"{number + 1}  ({shares[number]:.0%})".replace("%", " %"))
                name.setToolTip(f"Explains {shares[number]:.1%} of how the generator's first features vary")
        self._put_back()

    def show_image(self, image: Images) -> None:
        """Show the moved image uint8 [H, W, C]."""
        self.picture.show_image(image)

    def reset(self) -> None:
        """All sliders to the middle."""
        self._put_back()
        self.moved.emit()

    def _put_back(self) -> None:
        for slider in self._sliders:
            with QSignalBlocker(slider):
                slider.setValue(0)
        self._show_values()

    def _on_moved(self) -> None:
        self._show_values()
        self.moved.emit()

    def _show_values(self) -> None:
        for amount, value in zip(self.amounts, self._values, strict=True):
            value.setText(f"{amount:+.1f}" if amount else "0")
        is_moved = any(self.amounts)
        self._reset.setEnabled(is_moved)
        self._take.setEnabled(is_moved)

    def _make_slider(self, number: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"inspectorDirection{number}")
        slider.setAccessibleName(f"Direction {number + 1}")
        slider.setToolTip("How far along this direction, in standard deviations")
        slider.setRange(-_REACH * _FINE, _REACH * _FINE)
        slider.setPageStep(_FINE)
        slider.setTickInterval(_REACH * _FINE)
        slider.valueChanged.connect(self._on_moved)
        only_with_focus(slider)
        return slider

    def _make_button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        about = QLabel(
            "Along these directions the generator's first features vary most (GANSpace). What each of them changes is "
            "for you to see."
        )
        about.setWordWrap(True)
        about.setProperty("muted", True)
        sliders = QGridLayout()
        sliders.setHorizontalSpacing(8)
        sliders.setColumnStretch(1, 1)
        for row, (name, slider, value) in enumerate(zip(self._names, self._sliders, self._values, strict=True)):
            name.setBuddy(slider)
            name.setMinimumWidth(54)
            value.setMinimumWidth(36)
            sliders.addWidget(name, row, 0)
            sliders.addWidget(slider, row, 1)
            sliders.addWidget(value, row, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self._reset)
        buttons.addWidget(self._take)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(about)
        column.addLayout(sliders)
        column.addLayout(buttons)
        column.addWidget(self.picture, 1)
