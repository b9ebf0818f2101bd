"""What is known of the chosen run, what the person says of it, and its family."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.icons import pixmap
from studio.views import run_browser_text as text
from studio.views.lineage_view import LineageItem, LineageView

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

_WIDE = 430  # pixels; below it the family has a tab of its own
_ADDED = "On disk"
_TITLES = (
    "Status",
    "Because",
    "Best",
    "Data",
    "Optimizers",
    "Preset",
    "Plan",
    "Forked from",
    "Begun",
    "Trained",
    "Folder",
)
_NOTES = 64  # pixels; the least height of the notes


class RunDetails(QWidget):
    """Name, tags and notes to be edited, facts to be read, the lineage to be followed; or why there is nothing.

    Signals:
        titleEdited(Path, str), tagsEdited(Path, tuple), notesEdited(Path, str): what the person says of a run.
        runChosen(Path), runOpened(Path): in the lineage.

    Attributes:
        run: the run that is shown, or None.
        title, tags, notes: the editors.
        lineage: the family.
    """

    titleEdited = Signal(object, str)
    tagsEdited = Signal(object, tuple)
    notesEdited = Signal(object, str)
    runChosen = Signal(object)
    runOpened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runDetails")
        self.setAccessibleName("Details of the chosen run")
        self.run: RunSummary | None = None
        self.title = _line("runTitle", "Name of the run", "A name of your own for this run; its folder keeps its name")
        self.tags = _line("runTags", "Tags", "Words to find it by, with commas between: tag:good in the search")
        self.tags.setPlaceholderText("tags, with commas between")
        self.notes = _Notes()
        self.lineage = LineageView()
        self._is_wide = True
        self._damage_icon, self._damage = QLabel(), _plain("runDamage")
        self._facts = _Facts()
        self._kin = _plain("runKin")
        self._kin.setProperty("muted", True)
        self._message = _plain("runDetailsMessage")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setProperty("muted", True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._message)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pages.addWidget(self._make_content())
        self.title.editingFinished.connect(self._commit_title)
        self.tags.editingFinished.connect(self._commit_tags)
        self.notes.left.connect(self._commit_notes)
        self.lineage.canvas.runChosen.connect(self.runChosen)
        self.lineage.canvas.runOpened.connect(self.runOpened)
        self.show_message("Choose a run to see what is known of it.")

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_run(self, run: RunSummary, family: Sequence[LineageItem]) -> None:
        """Show a run; what is being typed for the same run stays."""
        same = self.run is not None and self.run.path == run.path
        if not same:
            self.commit()
        known, self.run = self.run if same else None, run
        if not same:
            self._facts.clear()
        self.title.setPlaceholderText(run.name)
        for editor, value, before in (
            (self.title, run.title, known and known.title),
            (self.tags, ", ".join(run.tags), known and ", ".join(known.tags)),
        ):
            if value != before and not (same and editor.isModified()):
                editor.setText(value)
                editor.setCursorPosition(0)
        if (known is None or run.notes != known.notes) and not (same and self.notes.is_modified):
            self.notes.show_text(run.notes)
        self._show_damage(run.damage)
        self._facts.show_facts(facts_of(run))
        self.lineage.show_items(family, run.path)
        self._kin.setText(_kin_text(run, len(family)))
        self._kin.setVisible(bool(self._kin.text()))
        self._pages.setCurrentIndex(1)

    def show_message(self, why: str) -> None:
        """Say why no single run is shown."""
        self.commit()
        self.run = None
        self._message.setText(why)
        self._pages.setCurrentIndex(0)

    @property
    def message(self) -> str:
        """What is said in place of a run; "" while one is shown."""
        return "" if self.run else self._message.text()

    def facts(self) -> dict[str, str]:
        """The facts that are shown."""
        return self._facts.texts()

    def show_size(self, path: Path, said: str) -> None:
        """How much room a run takes on the disk, which takes a moment to find out."""
        if self.run is not None and self.run.path == path:
            self._facts.add(_ADDED, said)

    # -- what the person says of it ------------------------------------------------------------------------------------

    @Slot()
    def commit(self) -> None:
        """Hand over what was typed and not yet handed over."""
        self._commit_title()
        self._commit_tags()
        self._commit_notes()

    @Slot()
    def _commit_title(self) -> None:
        if self.run is not None and self.title.isModified():
            self.title.setModified(False)
            self.titleEdited.emit(self.run.path, self.title.text().strip())

    @Slot()
    def _commit_tags(self) -> None:
        if self.run is not None and self.tags.isModified():
            self.tags.setModified(False)
            self.tagsEdited.emit(self.run.path, text.tags_of(self.tags.text()))

    @Slot()
    def _commit_notes(self) -> None:
        if self.run is not None and self.notes.is_modified:
            self.notes.is_modified = False
            self.notesEdited.emit(self.run.path, self.notes.toPlainText().strip())

    def hideEvent(self, event: QHideEvent) -> None:
        self.commit()
        super().hideEvent(event)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        self._is_wide = event.size().width() >= _WIDE
        self._columns.setDirection(directions.LeftToRight if self._is_wide else directions.TopToBottom)
        self._show_part()

    @Slot()
    def _show_part(self) -> None:
        """Both side by side, or the one that is asked for where there is no room."""
        self._tabs.setVisible(not self._is_wide)
        self._area.setVisible(self._is_wide or self._tabs.currentIndex() == 0)
        self._family.setVisible(self._is_wide or self._tabs.currentIndex() == 1)
        self._heading.setVisible(self._is_wide)

    def _show_damage(self, why: str) -> None:
        self._damage.setText(why)
        self._damage_icon.setPixmap(pixmap("warning", 18, self.devicePixelRatioF(), "warning"))
        self._damage_box.setVisible(bool(why))

    def _make_content(self) -> QWidget:
        self._damage_box = QFrame()
        self._damage_box.setObjectName("runDamageBox")
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._damage_box)
        row.setContentsMargins(0, 2, 0, 2)
        row.addWidget(self._damage_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._damage, 1)
        self._damage_box.hide()
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        for widget in (self.title, self._damage_box, self._facts, self.tags, self.notes):
            column.addWidget(widget, 1 if widget is self.notes else 0)
        self._area = area = QScrollArea()
        area.setObjectName("runFactsArea")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(told)
        page = QWidget()
        page.setLayout(self._columns)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(0)
        self._columns.addWidget(self._make_tabs())
        self._columns.addWidget(area, 1)
        self._columns.addWidget(self._make_family(), 1)
        return page

    def _make_tabs(self) -> QTabBar:
        self._tabs = QTabBar()
        self._tabs.setObjectName("runDetailsTabs")
        self._tabs.setAccessibleName("Details or lineage")
        self._tabs.setExpanding(False)
        self._tabs.addTab("Details")
        self._tabs.addTab("Lineage")
        self._tabs.hide()
        self._tabs.currentChanged.connect(self._show_part)
        return self._tabs

    def _make_family(self) -> QWidget:
        self._family = QWidget()
        column = QVBoxLayout(self._family)
        column.setContentsMargins(6, 8, 6, 4)
        column.setSpacing(2)
        self._heading = heading = QLabel("Lineage")
        heading.setProperty("heading", True)
        heading.setIndent(6)
        self._kin.setIndent(6)
        column.addWidget(heading)
        column.addWidget(self._kin)
        column.addWidget(self.lineage, 1)
        return self._family


class _Facts(QWidget):
    """Names and values, one under the other."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runFacts")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(1, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}

    def clear(self) -> None:
        """Show none."""
        for name, value in self._labels.values():
            name.hide()
            value.hide()

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these; of the others only those that were added."""
        shown = dict(facts)
        for title, (name, value) in self._labels.items():
            if title not in shown and title != _ADDED:
                name.hide()
                value.hide()
        for title, said in facts:
            self.add(title, said)

    def add(self, title: str, said: str) -> None:
        """Show one fact."""
        if title not in self._labels:
            name, value = QLabel(title), _plain(f"runFact{title.title().replace(' ', '')}")
            name.setProperty("muted", True)
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            value.setAccessibleName(title)
            row = (*_TITLES, _ADDED).index(title)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
            self._labels[title] = name, value
        for label in self._labels[title]:
            label.show()
        self._labels[title][1].setText(said)

    def texts(self) -> dict[str, str]:
        """What is shown."""
        return {title: value.text() for title, (_, value) in self._labels.items() if not value.isHidden()}


class _Notes(QPlainTextEdit):
    """Notes; says when the person is done with them."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runNotes")
        self.setAccessibleName("Notes")
        self.setPlaceholderText("Notes: what you tried, what you saw")
        self.setToolTip("Notes of your own; the search looks into them")
        self.setTabChangesFocus(True)
        self.setMinimumHeight(_NOTES)
        self.is_modified = False
        self._is_filling = False
        self.textChanged.connect(self._on_changed)

    def show_text(self, notes: str) -> None:
        """Take these as they are known."""
        self._is_filling = True
        self.setPlainText(notes)
        self._is_filling = self.is_modified = False

    @Slot()
    def _on_changed(self) -> None:
        if not self._is_filling:
            self.is_modified = True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def facts_of(run: RunSummary) -> list[tuple[str, str]]:
    """What is known of a run, for people; what is not known is left out."""
    best = f"{run.best.title} {text.number(run.best.value)} at step {run.best.step:,}" if run.best else ""
    plan = " · ".join(part for part in (run.group.name, run.group.variation) if part) if run.group else ""
    found = (
        ("Status", f"{run.status or 'unknown'} · {text.steps_text(run)} {'step' if run.step == 1 else 'steps'}"),
        ("Because", run.message),
        ("Best", best),
        ("Data", run.data),
        ("Optimizers", run.optimizers),
        ("Preset", run.preset),
        ("Plan", plan),
        ("Forked from", f"{text.short_name(run.parent.run)} at {run.parent.step:,}" if run.parent else ""),
        ("Begun", text.moment(run.created)),
        ("Trained", text.duration(run.seconds) if run.seconds else ""),
        ("Folder", run.name if run.title else ""),
    )
    return [(title, said) for title, said in found if said]


def _kin_text(run: RunSummary, family: int) -> str:
    if family > 1:
        return ""
    return "Nothing was forked from it yet. Fork begins a new run from its newest checkpoint."


def _line(name: str, accessible: str, tip: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(accessible)
    edit.setToolTip(tip)
    return edit


def _plain(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setMinimumWidth(60)
    return label
