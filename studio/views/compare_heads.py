"""The upper half of a comparison: the images of the runs beside each other, or of two of them one over the other."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.views.combo import CalmComboBox
from studio.views.compare_column import CompareColumn
from studio.views.compare_wipe import Side, WipeCanvas
from studio.views.run_looks import SWATCH, RunLook, run_icon

Mode = Literal["columns", "wipe"]
GAP = 12
"""Between columns; the same as below, between the plots."""
COMFORTABLE = 220
"""Points; columns that would be narrower are folded into two rows, where nothing stands beneath them…"""
HIGH_ENOUGH = 230
"""… and there is the height for it."""


class CompareHeads(QStackedWidget):
    """Columns, or the wipe.

    Signals:
        pairChanged(): other runs are one over the other.

    Attributes:
        columns: one a run.
        wipe: the canvas of the two.
    """

    pairChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: list[CompareColumn] = []
        self.wipe = WipeCanvas()
        self.wipe.setMinimumSize(200, 140)
        self.first = self._make_choice("wipeFirst", "Run left of the line")
        self.second = self._make_choice("wipeSecond", "Run right of the line")
        self._may_fold = False
        self._grid_page = QWidget()
        self._grid = QGridLayout(self._grid_page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(6)
        self.addWidget(self._grid_page)
        self.addWidget(self._make_wipe_page())
        for choice in (self.first, self.second):
            choice.currentIndexChanged.connect(self._show_pair)
            choice.activated.connect(self.pairChanged)

    def _make_choice(self, name: str, title: str) -> CalmComboBox:
        combo = CalmComboBox(self)
        combo.setObjectName(name)
        combo.setAccessibleName(title)
        combo.setToolTip(title)
        combo.setIconSize(SWATCH)
        combo.setMinimumContentsLength(12)
        return combo

    def _make_wipe_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.first, 2)
        row.addStretch(1)
        hint = QLabel("Drag the line")
        hint.setProperty("muted", True)
        row.addWidget(hint)
        row.addStretch(1)
        row.addWidget(self.second, 2)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.wipe, 1)
        return page

    @property
    def mode(self) -> Mode:
        """What is shown."""
        return "wipe" if self.currentIndex() else "columns"

    def set_mode(self, mode: Mode) -> None:
        """A column for each run, or two runs one over the other."""
        self.setCurrentIndex(int(mode == "wipe"))
        self._show_pair()

    def set_runs(self, runs: Sequence[RunLook]) -> None:
        """Begin anew with these runs, of which nothing is known yet; the wipe keeps its two where it can."""
        for column in self.columns:
            self._grid.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = [CompareColumn(index, run) for index, run in enumerate(runs)]
        for column in self.columns:
            column.changed.connect(self._show_pair)
        self._fill_choices(runs)
        self._place()

    def let_fold(self, may_fold: bool) -> None:
        """Whether narrow columns may stand in two rows."""
        self._may_fold = may_fold
        self._place()

    def _fill_choices(self, runs: Sequence[RunLook]) -> None:
        before = [choice.currentText() for choice in (self.first, self.second)]
        labels = [run.label for run in runs]
        for default, choice, text in zip((0, 1), (self.first, self.second), before, strict=True):
            choice.blockSignals(True)
            choice.clear()
            for run in runs:
                choice.addItem(run_icon(run.look, self.devicePixelRatioF()), run.label)
            choice.setCurrentIndex(labels.index(text) if text in labels else min(default, len(runs) - 1))
            choice.blockSignals(False)

    def _place(self) -> None:
        count = len(self.columns)
        is_narrow = count > 3 and self.width() / max(count, 1) < COMFORTABLE
        fold = self._may_fold and is_narrow and self.height() >= HIGH_ENOUGH
        across = -(-count // 2) if fold else max(count, 1)
        for index, column in enumerate(self.columns):
            column.set_compact(fold)
            self._grid.addWidget(column, *divmod(index, across))
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, int(place < across))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, int(row < -(-count // across)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._may_fold:
            self._place()

    def _show_pair(self) -> None:
        pair = (self.first.currentIndex(), self.second.currentIndex())
        if self.mode == "wipe" and all(0 <= index < len(self.columns) for index in pair):
            first, second = (self.columns[index] for index in pair)
            self.wipe.show_sides(Side(first.run, first.shown, first.why), Side(second.run, second.shown, second.why))

    def restyle(self) -> None:
        """Take the theme's colours."""
        for choice in (self.first, self.second):
            for index, column in enumerate(self.columns):
                choice.setItemIcon(index, run_icon(column.run.look, self.devicePixelRatioF()))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 160)
