"""What of a data set is shown: which class, which images, which page."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from studio.icons import set_icon
from studio.views.combo import CalmComboBox
from studio.views.dataset_facts import counted

ALL, BLANK, DUPLICATE = "all", "blank", "duplicate"


class DatasetControls(QWidget):
    """A row of controls above the images.

    Signals:
        selectionChanged(): another class, or other images.
        turned(int): +1 for the next page, -1 for the one before.
        reloadRequested(): look at the files anew.
    """

    selectionChanged = Signal()
    turned = Signal(int)
    reloadRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class = self._make_combo("datasetClass", "Class", "Show the images of one class only")
        self._group = self._make_combo(
            "datasetGroup", "Images to show", "Show all images, or those that the data check found"
        )
        self._place = QLabel(self)
        self._place.setObjectName("datasetPlace")
        self._place.setAccessibleName("Images shown")
        self._before = self._make_button("datasetPrevious", "chevron-left", "Previous images")
        self._next = self._make_button("datasetNext", "chevron-right", "Next images")
        self._reload = self._make_button("datasetReload", "reset", "Look at the files again")
        self._before.clicked.connect(lambda: self.turned.emit(-1))
        self._next.clicked.connect(lambda: self.turned.emit(1))
        self._reload.clicked.connect(self.reloadRequested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._class)
        row.addWidget(self._group)
        row.addStretch(1)
        for widget in (self._place, self._before, self._next, self._reload):
            row.addWidget(widget)
        self.show_findings(None, None)

    @property
    def class_index(self) -> int | None:
        """Number of the chosen class; None for all."""
        chosen = self._class.currentData()
        return chosen if isinstance(chosen, int) else None

    @property
    def class_name(self) -> str:
        """Name of the chosen class; "" for all."""
        return "" if self.class_index is None else self._class.currentText().rpartition(" (")[0]

    @property
    def group(self) -> str:
        """`ALL`, or what the check found: `BLANK` or `DUPLICATE`."""
        return str(self._group.currentData())

    def show_classes(self, classes: Sequence[tuple[str, int]]) -> None:
        """Offer these (name, number of images), and choose all."""
        with QSignalBlocker(self._class):
            self._class.clear()
            self._class.addItem("All classes" if classes else "No classes", None)
            for number, (name, count) in enumerate(classes):
                self._class.addItem(f"{name} ({count:,})", number)
        self._class.setEnabled(bool(classes))

    def show_findings(self, blanks: int | None, duplicates: int | None) -> None:
        """Offer what the check found, and choose all; None before there was a check."""
        with QSignalBlocker(self._group):
            self._group.clear()
            self._group.addItem("All images", ALL)
            if blanks:
                self._group.addItem(f"Nearly blank ({blanks:,})", BLANK)
            if duplicates:
                self._group.addItem(f"Duplicates ({duplicates:,})", DUPLICATE)
        self._group.setEnabled(self._group.count() > 1)

    def show_place(self, first: int, last: int, total: int) -> None:
        """Say which images are shown, counted from 1."""
        self._place.setText(f"{first:,}–{last:,} of {counted(total, 'image')}" if total else "no images")
        self._before.setEnabled(first > 1)
        self._next.setEnabled(last < total)

    def _make_combo(self, name: str, label: str, tip: str) -> CalmComboBox:
        combo = CalmComboBox(self)
        combo.setObjectName(name)
        combo.setAccessibleName(label)
        combo.setToolTip(tip)
        combo.setMinimumContentsLength(13)
        combo.currentIndexChanged.connect(lambda _: self.selectionChanged.emit())
        return combo

    def _make_button(self, name: str, icon: str, label: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(label)
        button.setToolTip(label)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        set_icon(button, icon)
        return button
