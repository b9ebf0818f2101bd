"""The lower half of a comparison: curves, results, and the settings that differ."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from studio.theme import theme_notifier
from studio.views.combo import FocusedWheelCombo
from studio.views.compare_legend import CompareLegend
from studio.views.compare_plots import ComparePlots, Way
from studio.views.compare_table import CompareTable
from studio.views.curves import LOSS_CURVES, OPINION_CURVES, CurveSpec
from studio.views.plot_controls import TICKS, tick_of, weight_of
from studio.views.run_looks import RunLook
from studio.views.series import Axis, History

_PAGES = {"losses": "Losses", "opinion": "Opinion", "quality": "Quality", "results": "Results", "settings": "Settings"}
_TIPS = {
    "losses": "The losses of D and of G",
    "opinion": "How likely D finds it that real and that generated images are real",
    "quality": "Measured quality of the images: FID and the like",
    "results": "How far each run came, and its best and last values",
    "settings": "The settings in which the runs differ",
}
_NOTHING = {
    "quality": "The quality of none of these runs was measured.\nTraining → Measure quality now does it, F9.",
    "results": "There are no results yet.",
    "settings": "All settings of these runs are the same.",
}
MANY = 3
"""With more runs than that, curves are in one plot unless the person chooses otherwise."""


class ComparePages(QWidget):
    """A row of tabs, and what they show.

    Signals:
        smoothingChanged(float): the person smooths the curves more or less.
        wayChanged(str): "columns" or "overlaid", for what is beneath the images.

    Attributes:
        plots: the curves.
        results, settings: the tables.
        bar: the tabs.
        top: the row that they are in.
    """

    smoothingChanged = Signal(float)
    wayChanged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.top = QWidget()
        self.plots = ComparePlots()
        self.legend = CompareLegend()
        self.results = CompareTable("compareResults", "Results of the runs")
        self.settings = CompareTable("compareSettings", "Settings in which the runs differ")
        self.bar = self._make_bar()
        self.way_box = self._make_way()
        self.smoothing = self._make_smoothing()
        self._quality: Sequence[CurveSpec] = ()
        self._chosen_way: Way | None = None
        self._runs = 0
        self._stack = QStackedWidget()
        self._note = QLabel()
        self._lay_out()
        self.bar.currentChanged.connect(self._turn)
        self.way_box.activated.connect(self._choose_way)
        self.smoothing.valueChanged.connect(lambda tick: self.smoothingChanged.emit(weight_of(tick)))
        self.legend.hiddenChanged.connect(self.plots.set_hidden)
        theme_notifier().themeChanged.connect(self.legend.restyle)
        self._turn()

    def _make_bar(self) -> QTabBar:
        bar = QTabBar(self)
        bar.setObjectName("comparePages")
        bar.setAccessibleName("Curves, results and settings")
        bar.setExpanding(False)
        bar.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, text in _PAGES.items():
            index = bar.addTab(text)
            bar.setTabData(index, key)
            bar.setTabToolTip(index, _TIPS[key])
        return bar

    def _make_way(self) -> FocusedWheelCombo:
        combo = FocusedWheelCombo(self)
        combo.setObjectName("comparePlotsWay")
        combo.setAccessibleName("Where the curves are drawn")
        combo.setToolTip("Curves beneath each run, all with the same scale, or of all runs in one plot")
        combo.addItem("Run by run", "columns")
        combo.addItem("In one plot", "overlaid")
        return combo

    def _make_smoothing(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setObjectName("compareSmoothing")
        slider.setAccessibleName("Smoothing")
        slider.setToolTip("How much all curves are smoothed, here and in the plots of a single run")
        slider.setRange(0, TICKS)
        slider.setPageStep(TICKS // 10)
        slider.setFixedWidth(90)
        return slider

    def _lay_out(self) -> None:
        self._smooth_label = QLabel("Smooth")
        self._smooth_label.setBuddy(self.smoothing)
        row = QHBoxLayout(self.top)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.bar)
        row.addStretch(1)
        for widget in (self._smooth_label, self.smoothing, self.way_box):
            row.addWidget(widget)
        curves = QWidget()
        inside = QVBoxLayout(curves)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addWidget(self.legend)
        inside.addWidget(self.plots, 1)
        self._note.setObjectName("compareNote")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._note.setProperty("muted", True)
        for page in (curves, self.results, self.settings, self._note):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.top)
        column.addWidget(self._stack, 1)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The key of the tab: "losses", "opinion", "quality", "results" or "settings"."""
        return str(self.bar.tabData(self.bar.currentIndex()))

    @property
    def way(self) -> Way:
        """Where the curves are drawn: as the person chose, else beneath the images while there are few runs."""
        return self._chosen_way or ("overlaid" if self._runs > MANY else "columns")

    @property
    def needs_columns(self) -> bool:
        """Whether something stands beneath each run's images."""
        return self.page in {"losses", "opinion"} and self.way == "columns"

    @property
    def comfortable_height(self) -> int:
        """Points in which what is shown can be read."""
        rows = {"opinion": 2, "quality": -(-len(self._quality) // 3)}.get(self.page, 3)
        beneath = self.needs_columns or self.page in {"quality", "results", "settings"}
        legend = self.legend.sizeHint().height() if self.way == "overlaid" or self.page == "quality" else 0
        return 70 + (60 * rows if beneath else 90) + legend

    def open_page(self, key: str) -> None:
        """Turn to a tab."""
        self.bar.setCurrentIndex(list(_PAGES).index(key))

    def set_runs(self, runs: Sequence[RunLook], histories: Sequence[History]) -> None:
        """Begin anew with these."""
        self._runs = len(runs)
        self.legend.set_runs(runs)
        self.plots.set_runs(histories, [run.look for run in runs])
        self._turn()

    def set_quality(self, specs: Sequence[CurveSpec]) -> None:
        """Which measures of quality there are."""
        if tuple(specs) != tuple(self._quality):
            self._quality = tuple(specs)
            self._turn()

    def set_axis(self, axis: Axis) -> None:
        """What the x-axes count."""
        self.plots.set_axis(axis)

    def set_smoothing(self, weight: float) -> None:
        """Smooth so much; emits nothing."""
        self.smoothing.blockSignals(True)
        self.smoothing.setValue(tick_of(weight))
        self.smoothing.blockSignals(False)
        self.plots.set_smoothing(weight)

    def refresh(self) -> None:
        """Tables may have become empty, or be so no longer."""
        self._show_page()

    def _choose_way(self) -> None:
        self._chosen_way = self.way_box.currentData()
        self._turn()

    def _turn(self) -> None:
        curves = {"losses": LOSS_CURVES, "opinion": OPINION_CURVES, "quality": self._quality}.get(self.page)
        self.way_box.setCurrentIndex(self.way_box.findData(self.way))
        if curves:
            # Measures of quality are few points each: next to each other they say more.
            self.plots.set_specs(curves, "overlaid" if self.page == "quality" else self.way)
        self.legend.setVisible(self.page == "quality" or self.way == "overlaid")
        smooths = self.page in {"losses", "opinion"}
        for widget in (self._smooth_label, self.smoothing, self.way_box):
            widget.setVisible(smooths)
        self._show_page()
        self.wayChanged.emit("columns" if self.needs_columns else "overlaid")

    def _show_page(self) -> None:
        tables = {"results": self.results, "settings": self.settings}
        table = tables.get(self.page)
        empty = not table.rowCount() if table else self.page == "quality" and not self._quality
        self._note.setText(_NOTHING.get(self.page, ""))
        self._stack.setCurrentIndex(3 if empty else {"results": 1, "settings": 2}.get(self.page, 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 150)
