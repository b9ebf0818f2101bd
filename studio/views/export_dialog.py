"""How an image grid is to be exported."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.theme import align_spin_box

LEGIBLE = 64
"""Pixels; the time under a narrower column of a strip could hardly be read."""


class ImageSource(StrEnum):
    """Where the exported images come from."""

    SHOWN = "shown"
    NEW = "new"
    STRIP = "strip"


@dataclass(frozen=True)
class Exportable:
    """What there is to export.

    Attributes:
        count: images shown.
        step: the step that they are from.
        tile: height and width of one.
        columns: of the grid whose rows are the classes; 0 where any layout will do.
        grey: whether they can be shown dark on light.
        inverted: whether they are.
        can_generate: whether there is a generator to make new ones.
        moments: samples of the run, from which a strip over time can be made.
        by_epoch: whether such a strip counts epochs rather than steps.
    """

    count: int
    step: int
    tile: tuple[int, int]
    columns: int = 0
    grey: bool = False
    inverted: bool = False
    can_generate: bool = False
    moments: int = 0
    by_epoch: bool = False


@dataclass(frozen=True)
class ExportChoice:
    """What was asked for; `caption` is empty for none, and `singles` means one file an image.

    For a strip, the columns are moments, the rows latent vectors, and `captions` is what stands under each column.
    """

    source: ImageSource
    rows: int
    columns: int
    padding: int
    scale: int
    caption: str
    singles: bool
    seed: int
    inverted: bool = False
    captions: Literal["step", "epoch", "none"] = "none"

    @property
    def count(self) -> int:
        """Number of images."""
        return self.rows * self.columns


class ExportDialog(QDialog):
    """Asks for the layout of an export.

    Where more images are wanted than are shown, new ones are made, if there is a generator to make them.
    """

    def __init__(self, there: Exportable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export images")
        self._there = there
        self._grid = _grid_of(there)
        self._source = self._make_source()
        self._rows = _spin("exportRows", "Rows", 1, 200, self._grid[0])
        self._columns = _spin("exportColumns", "Columns", 1, 200, self._grid[1])
        self._padding = _spin("exportPadding", "Padding", 0, 64, 2, " px")
        self._scale = _spin("exportScale", "Scale", 1, 32, 2, "×")
        self._seed = _spin("exportSeed", "Seed of the new images", 0, 2**31 - 1, 0)
        self._with_caption = QCheckBox("Write a caption under the grid")
        self._with_caption.setObjectName("exportWithCaption")
        self._caption = QLineEdit(f"Step {there.step:,}")
        self._caption.setObjectName("exportCaption")
        self._caption.setAccessibleName("Caption")
        self._singles = QCheckBox("Each image as a file of its own, in a folder")
        self._singles.setObjectName("exportSingles")
        self._inverted = QCheckBox("Dark on light")
        self._inverted.setObjectName("exportInverted")
        self._inverted.setToolTip("Black and white exchanged, as ink on paper")
        self._inverted.setChecked(there.inverted)
        self._inverted.setVisible(there.grey)
        self._summary = QLabel()
        self._summary.setObjectName("exportSummary")
        self._summary.setWordWrap(True)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._show_summary()

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        captioned = self._with_caption.isChecked()
        return ExportChoice(
            source=ImageSource(self._source.currentData()),
            rows=self._rows.value(),
            columns=self._columns.value(),
            padding=self._padding.value(),
            scale=self._scale.value(),
            caption=self._caption.text().strip() if captioned else "",
            singles=self._singles.isChecked() and not self._is_strip,
            seed=self._seed.value(),
            inverted=self._inverted.isChecked(),
            captions=("epoch" if self._there.by_epoch else "step") if captioned else "none",
        )

    @property
    def _is_strip(self) -> bool:
        return bool(self._source.currentData() == ImageSource.STRIP)

    @Slot()
    def _on_source_chosen(self) -> None:
        """A layout to begin with: that of the grid, or some rows of images over time."""
        rows, columns = (min(4, self._there.count), min(8, self._there.moments)) if self._is_strip else self._grid
        self._rows.setValue(rows)
        self._columns.setMaximum(max(1, self._there.moments) if self._is_strip else 200)
        self._columns.setValue(columns)
        if self._is_strip:
            self._scale.setValue(max(self._scale.value(), -(-LEGIBLE // self._there.tile[1])))
        self._with_caption.setText(
            "Write the time under each column" if self._is_strip else "Write a caption under the grid"
        )
        self._with_caption.setChecked(self._is_strip)
        self._show_summary()

    @Slot()
    def _show_summary(self) -> None:
        choice, strip = self.choice(), self._is_strip
        self._seed.setEnabled(choice.source == ImageSource.NEW)
        self._singles.setEnabled(not strip)
        self._padding.setEnabled(not choice.singles)
        self._with_caption.setEnabled(not choice.singles)
        self._caption.setEnabled(self._with_caption.isChecked() and not choice.singles and not strip)
        enough = choice.source == ImageSource.NEW or (choice.rows if strip else choice.count) <= self._there.count
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(enough)
        self._summary.setText(self._described(choice) if enough else self._too_many(choice))

    def _too_many(self, choice: ExportChoice) -> str:
        if choice.source == ImageSource.STRIP:
            return f"Each sample has {self._there.count} images: choose fewer rows."
        return f"Only {self._there.count} images are shown: choose fewer rows or columns, or new images."

    def _described(self, choice: ExportChoice) -> str:
        height, width = (side * choice.scale for side in self._there.tile)
        if choice.singles:
            return f"{choice.count:,} files of {width} × {height} pixels"
        across = choice.columns * (width + choice.padding) + choice.padding
        down = choice.rows * (height + choice.padding) + choice.padding
        size = f"{across:,} × {down:,} pixels"
        if choice.source == ImageSource.STRIP:
            times = ", and the times" if choice.captions != "none" else ""
            return f"{choice.rows} latent vectors at {choice.columns} moments, {size}{times}"
        return f"{choice.count:,} images, {size}{', and the caption' if choice.caption else ''}"

    def _make_source(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("exportSource")
        box.setAccessibleName("Images")
        box.addItem(f"The images shown (step {self._there.step:,})", ImageSource.SHOWN.value)
        if self._there.can_generate:
            box.addItem("New images from the newest checkpoint", ImageSource.NEW.value)
        if self._there.moments > 1:
            box.addItem("Strip over time, from the first sample to the last", ImageSource.STRIP.value)
        return box

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Save | kinds.Cancel)
        box.button(kinds.Save).setText("Export…")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Images", self._source)
        form.addRow("Rows", self._rows)
        form.addRow("Columns", self._columns)
        form.addRow("Padding", self._padding)
        form.addRow("Scale", self._scale)
        form.addRow("Seed", self._seed)
        form.addRow("", self._inverted)
        form.addRow("", self._with_caption)
        form.addRow("Caption", self._caption)
        form.addRow("", self._singles)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._summary)
        column.addWidget(self._buttons)
        for spin in (self._rows, self._columns, self._padding, self._scale):
            spin.valueChanged.connect(self._show_summary)
        self._source.currentIndexChanged.connect(self._on_source_chosen)
        self._with_caption.toggled.connect(self._show_summary)
        self._caption.textChanged.connect(self._show_summary)
        self._singles.toggled.connect(self._show_summary)


def _grid_of(there: Exportable) -> tuple[int, int]:
    """Rows and columns to begin with: one class a row, or a square."""
    if there.columns:
        return max(1, there.count // there.columns), there.columns
    side = max(1, int(there.count**0.5))
    return side, min(side, there.count)


def _spin(name: str, accessible: str, low: int, high: int, value: int, suffix: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(accessible)
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSuffix(suffix)
    align_spin_box(spin)
    return spin
