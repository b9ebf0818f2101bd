"""Publishing: in which format, with which settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QImage
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ganengine.fields import Declaration
from studio.progress import progress_text, show_progress
from studio.theme import colour, theme_notifier
from studio.views.publish_form import PublishForm
from studio.views.publish_preview import PublishPreview

_KIND = Qt.ItemDataRole.UserRole
_NARROWEST, _WIDEST = 200, 290


@dataclass(frozen=True)
class FormatItem:
    """A format to choose.

    Attributes:
        kind: its name in the engine.
        title: its name for people.
        summary: what it is, in one sentence.
    """

    kind: str
    title: str
    summary: str


class PublishDialog(QDialog):
    """Formats on the left, in the middle the settings of the chosen one, on the right what it will look like.

    It stays open while something is written, and does not keep the person from the window.

    Attributes:
        form: the settings.
        preview: the picture.

    Signals:
        formatChosen(kind): another format.
        changed(): another value.
        saveRequested(): write it.
        cancelRequested(): stop writing it.
        closed(): the person has closed it.
    """

    formatChosen = Signal(str)
    changed = Signal()
    saveRequested = Signal()
    cancelRequested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishDialog")
        self.setWindowTitle("Export")
        self.resize(960, 580)
        self._working = False
        self._can_save = False
        self._formats = self._make_formats()
        self._about = QLabel()
        self._about.setObjectName("publishAbout")
        self._about.setWordWrap(True)
        self._about.setProperty("muted", True)
        self._about.setContentsMargins(12, 0, 4, 8)
        self.form = PublishForm()
        self.preview = PublishPreview()
        self._summary = QLabel()
        self._summary.setObjectName("publishSummary")
        self._summary.setAccessibleName("What will be written")
        self._summary.setWordWrap(True)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setObjectName("publishProgress")
        self._bar.setAccessibleName("Progress of the export")
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._save = self._button("publishSave", "Export…", "Choose where, and write it")
        self._save.setDefault(True)
        self._close = self._button("publishClose", "Close", "Close this; nothing is written (Esc)")
        self._lay_out()
        self.form.changed.connect(self.changed)
        self._formats.currentItemChanged.connect(self._on_format)
        self._save.clicked.connect(self.saveRequested)
        self._close.clicked.connect(self.reject)
        theme_notifier().themeChanged.connect(self._colour_summary)

    @property
    def kind(self) -> str:
        """The chosen format."""
        item = self._formats.currentItem()
        return str(item.data(_KIND)) if item else ""

    def set_formats(self, items: Sequence[FormatItem], chosen: str) -> None:
        """Offer these formats, and choose one of them."""
        self._formats.blockSignals(True)
        self._formats.clear()
        for each in items:
            item = QListWidgetItem(each.title)
            item.setData(_KIND, each.kind)
            item.setToolTip(f"<p>{each.summary}</p>")
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 12))
            self._formats.addItem(item)
            if each.kind == chosen:
                self._formats.setCurrentItem(item)
        self._formats.blockSignals(False)
        self._formats.setMinimumWidth(min(self._formats.sizeHintForColumn(0) + 24, _WIDEST))

    def choose(self, kind: str) -> None:
        """Choose a format as the person would."""
        for row in range(self._formats.count()):
            if self._formats.item(row).data(_KIND) == kind:
                self._formats.setCurrentRow(row)

    def show_format(
        self, summary: str, declarations: Sequence[Declaration], beginning: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Show a format's settings; see `PublishForm.build`."""
        self._about.setText(summary)
        self.form.build(declarations, beginning, values)

    def show_verdict(self, text: str, *, can_save: bool) -> None:
        """Say what will be written, or why nothing can be."""
        self._can_save = can_save
        self._summary.setText(text)
        self._colour_summary()
        self._save.setEnabled(can_save and not self._working)

    def show_picture(self, picture: QImage | None, note: str = "") -> None:
        """Show the preview, or a sentence in its place."""
        if picture is None:
            self.preview.show_note(note)
        else:
            self.preview.show_picture(picture)

    def show_working(self, working: bool) -> None:
        """Whether it is being written: then it can only be stopped."""
        self._working = working
        self._formats.setEnabled(not working)
        self.form.setEnabled(not working)
        self._bar.setVisible(working)
        self._bar.setRange(0, 0)
        self._save.setEnabled(self._can_save and not working)
        self._close.setText("Stop" if working else "Close")
        self._close.setToolTip("Stop writing; nothing of it stays (Esc)" if working else "Close this (Esc)")
        if working:
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, what: str, done: int, total: int) -> None:
        """How far it is."""
        self._summary.setText(progress_text(what, done, total))
        show_progress(self._bar, done, total)

    @Slot()
    def reject(self) -> None:
        """Stop what is being written; else close."""
        if self._working:
            self.cancelRequested.emit()
        else:
            super().reject()
            self.closed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._working:
            self.cancelRequested.emit()
        event.accept()
        self.closed.emit()

    @Slot()
    def _on_format(self) -> None:
        if self.kind:
            self.formatChosen.emit(self.kind)

    @Slot()
    def _colour_summary(self) -> None:
        palette = self._summary.palette()
        ground = self.palette().windowText().color() if self._can_save else colour("error")
        palette.setColor(self._summary.foregroundRole(), ground)
        self._summary.setPalette(palette)

    def _make_formats(self) -> QListWidget:
        formats = QListWidget()
        formats.setObjectName("publishFormats")
        formats.setAccessibleName("Formats")
        formats.setToolTip("What is made")
        formats.setMinimumWidth(_NARROWEST)
        formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return formats

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setIcon(QIcon())
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._about)
        column.addWidget(self.form, 1)
        middle.setMinimumWidth(300)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for widget, share in ((self._formats, 0), (middle, 2), (self.preview, 3)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, share)
        split.setSizes([_NARROWEST, 330, 400])
        foot = QHBoxLayout()
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._bar)
        foot.addWidget(self._save)
        foot.addWidget(self._close)
        self._bar.setFixedWidth(160)
        whole = QVBoxLayout(self)
        whole.addWidget(split, 1)
        whole.addLayout(foot)
