"""How an image grid is to be exported."""

from dataclasses import dataclass
from enum import StrEnum

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


class ImageSource(StrEnum):
    """Where the exported images come from."""

    SHOWN = "shown"
    NEW = "new"


@dataclass(frozen=True)
class ExportChoice:
    """What was asked for; `caption` is empty for none, and `singles` means one file an image."""

    source: ImageSource
    rows: int
    columns: int
    padding: int
    scale: int
    caption: str
    singles: bool
    seed: int

    @property
    def count(self) -> int:
        """Number of images."""
        return self.rows * self.columns


class ExportDialog(QDialog):
    """Asks for the layout of an export.

    Where more images are wanted than are shown, new ones are made, if there is a generator to make them.
    """

    def __init__(
        self, shown: int, step: int, tile: tuple[int, int], *, can_generate: bool, parent: QWidget | None = None
    ) -> None:
        """Args: number of images shown, their step, height and width of one, and whether new ones can be made."""
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export images")
        self._shown, self._tile = shown, tile
        side = max(1, int(shown**0.5))
        self._source = self._make_source(step, can_generate)
        self._rows = _spin("exportRows", "Rows", 1, 200, side)
        self._columns = _spin("exportColumns", "Columns", 1, 200, min(side, shown))
        self._padding = _spin("exportPadding", "Padding", 0, 64, 2, " px")
        self._scale = _spin("exportScale", "Scale", 1, 32, 2, "×")
        self._seed = _spin("exportSeed", "Seed of the new images", 0, 2**31 - 1, 0)
        self._with_caption = QCheckBox("Write a caption under the grid")
        self._with_caption.setObjectName("exportWithCaption")
        self._caption = QLineEdit(f"Step {step:,}")
        self._caption.setObjectName("exportCaption")
        self._caption.setAccessibleName("Caption")
        self._singles = QCheckBox("Each image as a file of its own, in a folder")
        self._singles.setObjectName("exportSingles")
        self._summary = QLabel()
        self._summary.setObjectName("exportSummary")
        self._summary.setWordWrap(True)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._show_summary()

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        return ExportChoice(
            source=ImageSource(self._source.currentData()),
            rows=self._rows.value(),
            columns=self._columns.value(),
            padding=self._padding.value(),
            scale=self._scale.value(),
            caption=self._caption.text().strip() if self._with_caption.isChecked() else "",
            singles=self._singles.isChecked(),
            seed=self._seed.value(),
        )

    @Slot()
    def _show_summary(self) -> None:
        choice = self.choice()
        new = choice.source == ImageSource.NEW
        self._seed.setEnabled(new)
        self._padding.setEnabled(not choice.singles)
        self._with_caption.setEnabled(not choice.singles)
        self._caption.setEnabled(self._with_caption.isChecked() and not choice.singles)
        enough = new or choice.count <= self._shown
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(enough)
        height, width = (side * choice.scale for side in self._tile)
        if not enough:
            text = f"Only {self._shown} images are shown: choose fewer rows or columns, or new images."
        elif choice.singles:
            text = f"{choice.count:,} files of {width} × {height} pixels"
        else:
            across = choice.columns * (width + choice.padding) + choice.padding
            down = choice.rows * (height + choice.padding) + choice.padding
            text = (
                f"{choice.count:,} images, {across:,} × {down:,} pixels{', and the caption' if choice.caption else ''}"
            )
        self._summary.setText(text)

    def _make_source(self, step: int, can_generate: bool) -> QComboBox:
        box = QComboBox()
        box.setObjectName("exportSource")
        box.setAccessibleName("Images")
        box.addItem(f"The images shown (step {step:,})", ImageSource.SHOWN.value)
        if can_generate:
            box.addItem("New images from the newest checkpoint", ImageSource.NEW.value)
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
        form.addRow("", self._with_caption)
        form.addRow("Caption", self._caption)
        form.addRow("", self._singles)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._summary)
        column.addWidget(self._buttons)
        for spin in (self._rows, self._columns, self._padding, self._scale):
            spin.valueChanged.connect(self._show_summary)
        self._source.currentIndexChanged.connect(self._show_summary)
        self._with_caption.toggled.connect(self._show_summary)
        self._caption.textChanged.connect(self._show_summary)
        self._singles.toggled.connect(self._show_summary)


def _spin(name: str, accessible: str, low: int, high: int, value: int, suffix: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(accessible)
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSuffix(suffix)
    align_spin_box(spin)
    return spin
