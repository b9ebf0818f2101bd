"""The search field of the run browser, which suggests what can be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from studio.icons import icon
from studio.theme import theme_notifier

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

_STATUSES = ("running", "finished", "stopped", "failed")


class SearchField(QLineEdit):
    """Words, and ``tag:…``, ``status:…``, ``preset:…``, ``data:…``; the last word is completed.

    Signals:
        downPressed(): on to the list.
    """

    downPressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runSearch")
        self.setAccessibleName("Find runs")
        self.setPlaceholderText("Find runs: words, tag:good, status:running, data:mnist …")
        self.setToolTip(
            "All words must occur in the name, tags, notes, preset, data or optimizers.\n"
            "tag:  status:  preset:  data:  look there only; a minus before a word excludes it."
        )
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(110)
        self._suggestions = QStringListModel(self)
        self._completer = QCompleter(self._suggestions, self)
        self._completer.setObjectName("runSuggestions")
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        if popup := self._completer.popup():
            popup.setStyleSheet("QAbstractItemView::item { min-height: 24px; padding: 0 8px; }")
        self._completer.activated.connect(self._take)
        self._glass = self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.textEdited.connect(self._suggest)
        self.textChanged.connect(lambda text: None if text else self._hide_suggestions())
        theme_notifier().themeChanged.connect(self._dress)

    def learn(self, runs: Iterable[RunSummary]) -> None:
        """Suggest what these runs have."""
        found = {f"status:{status}" for status in _STATUSES}
        for run in runs:
            found.update(f"tag:{tag}" for tag in run.tags)
            found.update(f"{name}:{value}" for name, value in (("preset", run.preset), ("data", run.data)) if value)
        words = sorted(word for word in found if " " not in word)
        if words != self._suggestions.stringList():
            self._suggestions.setStringList(words)

    def suggestions(self) -> list[str]:
        """What would be suggested for the word that is typed now."""
        model = self._completer.completionModel()
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    @Slot()
    def _suggest(self) -> None:
        word = self._word()
        self._completer.setCompletionPrefix(word.removeprefix("-"))
        fits = self.suggestions()
        if len(word) < 2 or not fits or fits == [word]:
            self._hide_suggestions()
            return
        self._completer.complete()

    @Slot(str)
    def _take(self, suggestion: str) -> None:
        before, word = self.text()[: self.cursorPosition()], self._word()
        rest = self.text()[self.cursorPosition() :]
        minus = "-" if word.startswith("-") else ""
        self.setText(f"{before[: len(before) - len(word)]}{minus}{suggestion} {rest.lstrip()}")

    def _word(self) -> str:
        """The word before the cursor."""
        return self.text()[: self.cursorPosition()].rpartition(" ")[2]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.downPressed.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._hide_suggestions()

    def _hide_suggestions(self) -> None:
        if popup := self._completer.popup():
            popup.hide()

    @Slot()
    def _dress(self) -> None:
        self._glass.setIcon(icon("search", "muted"))
