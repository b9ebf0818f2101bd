"""Two to six runs side by side: images at one step, and beneath them the losses."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.icons import set_icon
from studio.views.combo import FocusedWheelCombo
from studio.views.compare_column import CompareColumn, ElidedLabel
from studio.views.compare_plots import GAP, ComparePlots
from studio.views.timeline import Timeline

MOST_RUNS = 6
NARROWEST = 168
"""Pixels that a column needs; more columns than fit are scrolled."""


class CompareView(QWidget):
    """A column a run, and one slider for all.

    Signals:
        stepChosen(int): the images of this step are wanted, or of the last before it.
        newestWanted(): the newest images are wanted, and those after them.
        reportWanted(): the comparison is to be saved.

    Attributes:
        columns: one a run.
        plots: their losses.
        timeline: the steps at which any of them has images.
    """

    stepChosen = Signal(int)
    newestWanted = Signal()
    reportWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self.setAccessibleName("Comparison of runs")
        self.columns: list[CompareColumn] = []
        self.plots = ComparePlots()
        self.timeline = Timeline()
        for child in (self.timeline, *self.timeline.findChildren(QWidget)):
            child.setObjectName(child.objectName().replace("timeline", "compareTimeline"))
        self._title = ElidedLabel("compareTitle", "")
        self._way = self._make_way()
        self._save = self._make_save()
        self._heads = QWidget()
        self._heads_row = QHBoxLayout(self._heads)
        self._heads_row.setContentsMargins(0, 0, 0, 0)
        self._heads_row.setSpacing(GAP)
        self._inside = QWidget()
        self._lay_out()
        self._way.currentIndexChanged.connect(lambda: self.plots.set_way(self._way.currentData()))
        self.timeline.stepSelected.connect(self.stepChosen)
        self.timeline.liveRequested.connect(self.newestWanted)

    def _make_way(self) -> FocusedWheelCombo:
        combo = FocusedWheelCombo(self)
        combo.setObjectName("comparePlotsWay")
        combo.setAccessibleName("Where the curves are drawn")
        combo.setToolTip("Losses beneath each run, all with the same scale, or of all runs in one plot.")
        combo.addItem("Side by side", "columns")
        combo.addItem("In one plot", "overlaid")
        return combo

    def _make_save(self) -> QPushButton:
        button = QPushButton("Save report…")
        button.setObjectName("compareSave")
        button.setAccessibleName("Save the comparison")
        button.setToolTip("Save curves, images and differences as one HTML file, or the images as a PNG.")
        set_icon(button, "export")
        button.clicked.connect(self.reportWanted)
        return button

    def _lay_out(self) -> None:
        label = QLabel("Losses")
        label.setBuddy(self._way)
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 0)
        for widget, stretch in ((self._title, 1), (label, 0), (self._way, 0), (self._save, 0)):
            top.addWidget(widget, stretch)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("compareSplit")
        split.setChildrenCollapsible(False)
        split.addWidget(self._heads)
        split.addWidget(self.plots)
        split.setStretchFactor(0, 11)
        split.setStretchFactor(1, 9)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(8, 0, 8, 0)
        inside.addWidget(split)
        area = QScrollArea()
        area.setObjectName("compareScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(top)
        column.addWidget(area, 1)
        column.addWidget(self.timeline)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    @property
    def title(self) -> str:
        """What is compared."""
        return self._title.full_text

    def set_runs(self, title: str, labels: Sequence[str]) -> None:
        """Begin anew with these runs, which have neither images nor losses yet."""
        for column in self.columns:
            self._heads_row.removeWidget(column)
            column.hide()
            column.deleteLater()
        self._title.set_full_text(title)
        self.columns = [CompareColumn(index, label) for index, label in enumerate(labels)]
        for column in self.columns:
            self._heads_row.addWidget(column, 1)
            column.show_nothing("Waits for its turn")
        self.plots.set_runs(len(labels))
        self._inside.setMinimumWidth(len(labels) * (NARROWEST + GAP))
        self.timeline.clear()

    def show_steps(self) -> None:
        """Mark in the plots which steps the images are from."""
        self.plots.show_steps([column.step for column in self.columns])
