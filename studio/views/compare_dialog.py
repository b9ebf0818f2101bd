"""Choosing the runs to compare."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.views.compare_view import MOST_RUNS

_PATH = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class RunEntry:
    """A run to choose.

    Attributes:
        variation: what it changes in its plan, or nothing.
        state: how it stands, in words.
    """

    path: Path
    name: str
    variation: str
    state: str

    @property
    def text(self) -> str:
        """The line in the list."""
        return " · ".join(part for part in (self.name, self.variation, self.state) if part)


class CompareDialog(QDialog):
    """A list with a box to tick for each run, the newest first.

    Attributes:
        runs: the list.
    """

    def __init__(self, entries: Sequence[RunEntry], ticked: Collection[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareDialog")
        self.setWindowTitle("Compare runs")
        self.resize(520, 420)
        self._filter = QLineEdit()
        self._filter.setObjectName("compareFilter")
        self._filter.setAccessibleName("Find a run")
        self._filter.setPlaceholderText("Find a run")
        self._filter.setToolTip("Show only runs whose line contains this.")
        self._filter.setClearButtonEnabled(True)
        self.runs = QListWidget()
        self.runs.setObjectName("compareRuns")
        self.runs.setAccessibleName("Runs to compare")
        self.runs.setToolTip("Tick two to six runs; Space ticks the chosen one.")
        self._hint = QLabel()
        self._hint.setObjectName("compareHint")
        self._buttons = self._make_buttons()
        self._fill(entries, ticked)
        column = QVBoxLayout(self)
        for widget in (self._filter, self.runs, self._hint, self._buttons):
            column.addWidget(widget)
        self.runs.itemChanged.connect(self._offer)
        self._filter.textChanged.connect(self._find)
        self._offer()

    @property
    def chosen(self) -> list[Path]:
        """The ticked runs, the oldest first."""
        items = (self.runs.item(row) for row in reversed(range(self.runs.count())))
        return [item.data(_PATH) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _fill(self, entries: Sequence[RunEntry], ticked: Collection[Path]) -> None:
        for entry in entries:
            item = QListWidgetItem(entry.text)
            item.setData(_PATH, entry.path)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 10))  # room for the box
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if entry.path in ticked else Qt.CheckState.Unchecked)
            self.runs.addItem(item)
        if self.runs.count():
            self.runs.setCurrentRow(0)

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        box.button(kinds.Ok).setText("Compare")
        box.button(kinds.Ok).setIcon(QIcon())
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    @Slot()
    def _offer(self) -> None:
        count = len(self.chosen)
        fits = 2 <= count <= MOST_RUNS
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(fits)
        if self.runs.count() < 2:
            text = "There are not two runs yet: train some first."
        elif fits:
            text = f"{count} runs are ticked."
        else:
            text = f"Tick two to {MOST_RUNS} runs; {'one is' if count == 1 else f'{count} are'} ticked."
        self._hint.setText(text)

    @Slot(str)
    def _find(self, text: str) -> None:
        for row in range(self.runs.count()):
            item = self.runs.item(row)
            item.setHidden(text.lower() not in item.text().lower())
