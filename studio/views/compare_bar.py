"""What stands above a comparison: its name, what "the same moment" is, and how the images are shown."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from studio.icons import set_icon
from studio.views.combo import FocusedWheelCombo
from studio.views.compare_column import ElidedLabel

ROOMY = 640
"""Points; below it the report's button has only its icon."""
_LATENTS_TIP = (
    "Make the images of all runs from the same random numbers, with each run's nearest checkpoint:\n"
    "images at the same place can then be compared one by one."
)


class CompareBar(QWidget):
    """One row of controls.

    Signals:
        alignChanged(str): "step" or "time".
        modeChanged(str): "columns" or "wipe".
        latentsToggled(bool): the images are to be made from common latents, or be the runs' own samples.
        otherLatentsWanted(): from other ones.
        reportWanted(): the comparison is to be saved.
    """

    alignChanged = Signal(str)
    modeChanged = Signal(str)
    latentsToggled = Signal(bool)
    otherLatentsWanted = Signal()
    reportWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("compareTitle", "")
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.align = self._make_combo(
            "compareAlign",
            "What the images have in common",
            "Images of all runs at the same step, or after the same time spent training",
            {"Same step": "step", "Same time": "time"},
        )
        self.mode = self._make_combo(
            "compareMode",
            "How the images are shown",
            "A column for each run, or two runs one over the other with a line that you drag",
            {"Side by side": "columns", "Wipe": "wipe"},
        )
        self.latents = QCheckBox("Same latents")
        self.latents.setObjectName("compareLatents")
        self.latents.setAccessibleName("Same latents")
        self.other = self._make_other()
        self.save = self._make_save()
        self.let_share("")
        self._lay_out()
        self._connect()

    def _make_combo(self, name: str, title: str, tip: str, choices: dict[str, str]) -> FocusedWheelCombo:
        combo = FocusedWheelCombo(self)
        combo.setObjectName(name)
        combo.setAccessibleName(title)
        combo.setToolTip(tip)
        for text, value in choices.items():
            combo.addItem(text, value)
        return combo

    def _make_other(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("compareOtherLatents")
        button.setAccessibleName("Other latents")
        button.setToolTip("Other random numbers, again the same for all runs")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        button.setEnabled(False)
        set_icon(button, "dice")
        return button

    def _make_save(self) -> QPushButton:
        button = QPushButton("Save report…")
        button.setObjectName("compareSave")
        button.setAccessibleName("Save the comparison")
        button.setToolTip("Save curves, images and differences as one HTML file, or the images as a PNG.")
        set_icon(button, "export")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 0)
        row.setSpacing(6)
        row.addWidget(self.title, 1)
        for widget in (self.align, self.mode, self.latents, self.other, self.save):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.align.currentIndexChanged.connect(lambda: self.alignChanged.emit(self.align.currentData()))
        self.mode.currentIndexChanged.connect(lambda: self.modeChanged.emit(self.mode.currentData()))
        self.latents.toggled.connect(self.other.setEnabled)
        self.latents.toggled.connect(self.latentsToggled)
        self.other.clicked.connect(self.otherLatentsWanted)
        self.save.clicked.connect(self.reportWanted)

    def let_share(self, problem: str, *, keep: bool = False) -> None:
        """Offer common latents, or say why they cannot be: then the images are the runs' own samples again.

        Args:
            keep: the problem will pass by itself: whoever chose them meanwhile need not choose them again.
        """
        if problem and not keep:
            self.latents.setChecked(False)
        self.latents.setEnabled(not problem)
        self.latents.setToolTip(problem or _LATENTS_TIP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.save.setText("Save report…" if event.size().width() >= ROOMY else "")
