"""The Networks tab: what generator and discriminator consist of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.icons import set_icon
from studio.views.layer_table import LayerTable

if TYPE_CHECKING:
    from ganengine.summary import NetworkSummary, Summary


class ModelSummary(QWidget):
    """Both networks layer by layer, with their sums; or why there is nothing to show.

    Signals:
        shown(): it came into view.

    Attributes:
        summary: what is shown, or None.
    """

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelSummary")
        self.setAccessibleName("Layers of both networks")
        self.summary: Summary | None = None
        self._total = QLabel()
        self._total.setObjectName("modelSummaryTotal")
        self._total.setAccessibleName("Weights of both networks")
        self._total.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = self._make_copy()
        self._titles = tuple(_title(name) for name in ("generator", "discriminator"))
        self._tables = (
            LayerTable("generatorLayers", "Layers of the generator"),
            LayerTable("discriminatorLayers", "Layers of the discriminator"),
        )
        self._message = self._make_message()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._make_content())

    def _make_copy(self) -> QPushButton:
        button = QPushButton("Copy as text")
        button.setObjectName("modelSummaryCopy")
        button.setToolTip("Copy both tables to the clipboard, as text.\n`ganengine summary` prints the same.")
        set_icon(button, "copy")
        button.clicked.connect(self.copy)
        return button

    def _make_message(self) -> QLabel:
        message = QLabel("The networks are shown here as soon as the settings are loaded")
        message.setObjectName("modelSummaryMessage")
        message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        message.setProperty("muted", True)
        message.setWordWrap(True)
        message.setMargin(24)
        return message

    def _make_content(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._total, 1)
        head.addWidget(self._copy)
        column_holder = QWidget()
        column = QVBoxLayout(column_holder)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(head)
        for title, table in zip(self._titles, self._tables, strict=True):
            column.addSpacing(6)
            column.addWidget(title)
            column.addWidget(table)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("modelSummaryArea")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(column_holder)
        return area

    def show_summary(self, summary: Summary) -> None:
        """Show both networks."""
        self.summary = summary
        self._total.setText(f"<b>{summary.parameters:,} weights</b> in both networks · {summary.mebibytes:,.2f} MiB")
        for title, table, network in zip(self._titles, self._tables, summary.networks, strict=True):
            title.setText(f"{network.title} · {network.parameters:,} weights")
            table.show_rows(*_texts(network))
        self._pages.setCurrentIndex(1)

    def show_message(self, text: str) -> None:
        """Say why there is nothing to show."""
        self.summary = None
        self._message.setText(text)
        self._pages.setCurrentIndex(0)

    @property
    def message(self) -> str:
        """What is said in place of the networks; "" while they are shown."""
        return "" if self.summary else self._message.text()

    @Slot()
    def copy(self) -> None:
        """Put both tables on the clipboard, as text."""
        if self.summary:
            QGuiApplication.clipboard().setText(self.summary.as_text())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()


def _title(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(f"{name}Total")
    label.setProperty("heading", True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _texts(network: NetworkSummary) -> tuple[list[Sequence[str]], Sequence[str]]:
    rows: list[Sequence[str]] = [
        (row.name, row.output_text, *_counts(row.parameters, row.trainable)) for row in network.rows
    ]
    return rows, ("Total", f"{network.mebibytes:,.2f} MiB", *_counts(network.parameters, network.trainable))


def _counts(parameters: int, trainable: int) -> tuple[str, str]:
    return (f"{parameters:,}", f"{trainable:,}") if parameters else ("", "")
