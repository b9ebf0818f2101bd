"""Two to six runs: images at one moment, and beneath them curves, results and differences."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from studio.theme import theme_notifier
from studio.views.compare_bar import CompareBar
from studio.views.compare_chooser import CompareChooser
from studio.views.compare_column import CompareColumn
from studio.views.compare_heads import GAP, CompareHeads
from studio.views.compare_pages import ComparePages
from studio.views.compare_plots import ComparePlots
from studio.views.compare_timeline import CompareTimeline
from studio.views.run_looks import RunLook
from studio.views.series import History

FEWEST_RUNS, MOST_RUNS = 2, 6
IMAGES_SHARE = 63
"""Percent of the height; the images are what one looks at."""
NARROWEST = 168
"""Pixels that a column needs; more columns than fit are scrolled."""


class CompareView(QWidget):
    """A column a run, and one slider for all.

    Signals:
        stepChosen(int): the images of this place on the timeline are wanted, or of the last before it.
        newestWanted(): the newest images are wanted, and those after them.
        reportWanted(): the comparison is to be saved.
        seen(bool): the view was brought to the front, or no longer is there.

    Attributes:
        bar: the controls above.
        chooser: which of many runs are shown.
        heads: the images.
        pages: curves, results and settings.
        timeline: the moments at which any of them has images.
    """

    stepChosen = Signal(int)
    newestWanted = Signal()
    reportWanted = Signal()
    seen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self.setAccessibleName("Comparison of runs")
        self.bar = CompareBar()
        self.chooser = CompareChooser(FEWEST_RUNS, MOST_RUNS)
        self.heads = CompareHeads()
        self.pages = ComparePages()
        self.timeline = CompareTimeline()
        self._inside = QWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._is_split_by_hand = False
        self._lay_out()
        self.bar.reportWanted.connect(self.reportWanted)
        self.bar.modeChanged.connect(self._show_mode)
        self.pages.wayChanged.connect(self._fit)
        self.timeline.stepSelected.connect(self.stepChosen)
        self.timeline.liveRequested.connect(self.newestWanted)
        theme_notifier().themeChanged.connect(self.heads.restyle)
        theme_notifier().themeChanged.connect(self.chooser.restyle)

    def _lay_out(self) -> None:
        self._split.setObjectName("compareSplit")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.heads)
        self._split.addWidget(self.pages)
        self._split.splitterMoved.connect(self._keep_split)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(8, 0, 8, 0)
        inside.addWidget(self._split)
        area = QScrollArea()
        area.setObjectName("compareScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for widget in (self.bar, self.chooser):
            column.addWidget(widget)
        column.addWidget(area, 1)
        column.addWidget(self.timeline)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    @property
    def title(self) -> str:
        """What is compared."""
        return self.bar.title.full_text

    @property
    def columns(self) -> list[CompareColumn]:
        """One a run that is shown."""
        return self.heads.columns

    @property
    def plots(self) -> ComparePlots:
        """The curves."""
        return self.pages.plots

    def begin(self, title: str, labels: Sequence[str]) -> None:
        """There is something else to compare: all its runs, of which some may be shown."""
        self.bar.title.set_full_text(title[:1].upper() + title[1:])
        self.chooser.set_runs(labels)
        self.chooser.setVisible(len(labels) > MOST_RUNS)
        self.timeline.clear()

    def set_runs(self, shown: Mapping[int, RunLook], histories: Sequence[History]) -> None:
        """Show these of the runs, which have neither images nor a status yet."""
        self.chooser.show_chosen({index: run.look for index, run in shown.items()})
        self.heads.set_runs(list(shown.values()))
        self.pages.set_runs(list(shown.values()), histories)
        self._fit()

    def show_places(self, places: Sequence[float | None]) -> None:
        """Mark in the plots where the images are from, in what their x-axis counts."""
        self.plots.show_places(places)

    def _show_mode(self, mode: str) -> None:
        self.heads.set_mode("wipe" if mode == "wipe" else "columns")
        self._fit()

    def _fit(self) -> None:
        """Columns have a least width where something of theirs stands beneath; else they may be folded."""
        beneath = self.pages.needs_columns
        self.heads.let_fold(not beneath)
        self._inside.setMinimumWidth(len(self.columns) * (NARROWEST + GAP) if beneath else 0)
        self._share_out()

    def _share_out(self) -> None:
        """Most of the height for the images, unless what is beneath could not be read then."""
        self.pages.top.setMaximumWidth(max(200, self.width() - 16))  # within reach where the rest is scrolled
        if self._is_split_by_hand:
            return
        height = self._split.height()
        images = max(min(height * IMAGES_SHARE // 100, height - self.pages.comfortable_height), height * 2 // 5)
        self._split.setSizes([images, height - images])

    def _keep_split(self) -> None:
        """Where the person put the line between the halves, it stays."""
        self._is_split_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)
