"""Choosing a checkpoint: from the runs, or any file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from ganengine.runs.directory import RunDirectory

_DATA = Qt.ItemDataRole.UserRole


class CheckpointDialog(QDialog):
    """Lists the runs, newest first, and the checkpoints of the chosen one.

    Attributes:
        chosen: the checkpoint file after the dialog was accepted, else None.
    """

    def __init__(self, runs: list[RunDirectory], current: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkpointDialog")
        self.setWindowTitle("Load a checkpoint")
        self.resize(640, 420)
        self.chosen: Path | None = None
        self._runs = _list("checkpointRuns", "Runs")
        self._checkpoints = _list("checkpointList", "Checkpoints of the run")
        self._preview = QLabel()
        self._preview.setFixedSize(150, 150)
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._runs.currentItemChanged.connect(self._show_run)
        self._checkpoints.currentItemChanged.connect(self._show_checkpoint)
        self._checkpoints.itemActivated.connect(self.accept)
        self._fill(runs, current)

    def accept(self) -> None:
        """Take the chosen checkpoint."""
        item = self._checkpoints.currentItem()
        if item is not None:
            self.chosen = item.data(_DATA)
        super().accept()

    def _fill(self, runs: list[RunDirectory], current: Path | None) -> None:
        for run in reversed(runs):
            if run.checkpoints.steps():
                item = QListWidgetItem(run.name)
                item.setData(_DATA, run)
                self._runs.addItem(item)
                if run.path == current:
                    self._runs.setCurrentItem(item)
        if self._runs.currentItem() is None and self._runs.count():
            self._runs.setCurrentRow(0)
        if not self._runs.count():
            self._preview.setText("No run has a\ncheckpoint yet.")
        self._offer()

    @Slot()
    def _show_run(self) -> None:
        self._checkpoints.clear()
        run: RunDirectory = self._runs.currentItem().data(_DATA)
        best = run.checkpoints.best()
        for step in reversed(run.checkpoints.steps()):
            kept = " · saved by you" if run.checkpoints.is_kept(step) else ""
            entry = QListWidgetItem(f"Step {step:,}{' · best so far' if step == best else ''}{kept}")
            if step == best:
                entry.setToolTip("Its images were measured as the best of this run so far")
            entry.setData(_DATA, run.checkpoints.path(step))
            self._checkpoints.addItem(entry)
        self._checkpoints.setCurrentRow(0)

    @Slot()
    def _show_checkpoint(self) -> None:
        item = self._checkpoints.currentItem()
        picture = QPixmap()
        if self._checkpoints.count() and item is not None:
            run: RunDirectory = self._runs.currentItem().data(_DATA)
            step = int(item.data(_DATA).stem.removeprefix("step-"))
            earlier = [sample for sample in run.sample_steps() if sample <= step]
            if earlier:
                picture = QPixmap(str(run.sample_path(earlier[-1])))
        if picture.isNull():
            self._preview.setText("No samples")
        else:
            size = self._preview.size()
            ratio = Qt.AspectRatioMode.KeepAspectRatio
            self._preview.setPixmap(picture.scaled(size, ratio, Qt.TransformationMode.SmoothTransformation))
        self._offer()

    @Slot()
    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Load a checkpoint", "", "Checkpoints (*.pt);;All files (*)")
        if path:
            self.chosen = Path(path)
            super().accept()

    def _offer(self) -> None:
        button = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        button.setEnabled(self._checkpoints.currentItem() is not None)

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Open | kinds.Cancel)
        box.button(kinds.Open).setText("Load")
        box.button(kinds.Open).setIcon(QIcon())
        from_file = QPushButton("From a file…")
        from_file.setObjectName("checkpointFromFile")
        from_file.clicked.connect(self._choose_file)
        box.addButton(from_file, QDialogButtonBox.ButtonRole.ActionRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _lay_out(self) -> None:
        runs = _column("Runs", self._runs)
        checkpoints = _column("Checkpoints", self._checkpoints)
        row = QHBoxLayout()
        row.addLayout(runs, 3)
        row.addLayout(checkpoints, 2)
        row.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(self._buttons)


def _list(name: str, accessible: str) -> QListWidget:
    widget = QListWidget()
    widget.setObjectName(name)
    widget.setAccessibleName(accessible)
    return widget


def _column(title: str, widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    label = QLabel(title)
    label.setBuddy(widget)
    column.addWidget(label)
    column.addWidget(widget)
    return column
