"""What stands above the sections: presets, what has changed, the filter box."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.form.preset_note import PresetNote
from studio.form.wording import paragraph
from studio.icons import set_icon
from studio.theme import theme_notifier
from studio.views.combo import CalmComboBox


@dataclass(frozen=True)
class PresetItem:
    """A preset to choose.

    Attributes:
        name: what a config calls it, e.g. ``digits-best``.
        title: its name for people.
        note: a paragraph on what to look for.
        source: the text or paper that it follows.
        try_next: suggested things to change.
        mine: whether the person saved it, and it did not come with the program.
    """

    name: str
    title: str
    note: str = ""
    source: str = ""
    try_next: tuple[str, ...] = ()
    mine: bool = False


class FormHead(QWidget):
    """The fixed top of the form.

    Signals:
        presetChosen(name), savePresetRequested(), loadPresetRequested(): what the person asks for.
        resetAllRequested(): back to the preset.
        filterChanged(text): what to look for.
    """

    presetChosen = Signal(str)
    savePresetRequested = Signal()
    loadPresetRequested = Signal()
    resetAllRequested = Signal()
    filterChanged = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.combo = self._make_combo()
        self.save = _button(
            "savePreset", "preset-save", "Save as preset", "Save these settings as a preset of your own."
        )
        self.save.clicked.connect(self.savePresetRequested)
        self.open = _button("loadPreset", "folder", "Load preset from file", "Load settings from a preset file.")
        self.open.clicked.connect(self.loadPresetRequested)
        self.title = _label("formTitle", "Preset and changes")
        self.reset_all = self._make_reset_all()
        self.about = PresetNote()
        self._items: dict[str, PresetItem] = {}
        self.note = _label("runningNote", "What is running")
        self.note.setWordWrap(True)
        self.note.hide()
        self._colour_note()
        theme_notifier().themeChanged.connect(self._colour_note)
        self.filter = self._make_filter()
        self._lay_out()

    def set_presets(self, items: Sequence[PresetItem]) -> None:
        """Offer these; the person's own come after a line."""
        chosen = self.combo.currentData()
        self._items = {item.name: item for item in items}
        self.combo.clear()
        for item in [*(item for item in items if not item.mine), *(item for item in items if item.mine)]:
            if item.mine and self.combo.count() and not self._has_own():
                self.combo.insertSeparator(self.combo.count())
            self.combo.addItem(item.title, item.name)
            self.combo.setItemData(self.combo.count() - 1, item.mine, Qt.ItemDataRole.UserRole + 1)
            self.combo.setItemData(self.combo.count() - 1, paragraph(item.note), Qt.ItemDataRole.ToolTipRole)
        self.show_preset(chosen or "")

    def show_preset(self, name: str) -> None:
        """Show which preset the settings started from, without choosing it."""
        self.combo.setCurrentIndex(self.combo.findData(name))
        item = self._items.get(name, PresetItem(name, name))
        self.about.set_words(item.note, item.source, item.try_next)

    def show_title(self, preset: str, changed: int, can_reset: bool) -> None:
        """Say what the settings are, and how far they are from it."""
        # The box above has the name of a preset that is known.
        known = self.combo.findData(preset) >= 0
        if known:
            self.title.setText(f"{changed} changed" if changed else "As in the preset")
        else:
            self.title.setText(f"{preset}, {changed} changed" if changed else preset)
        self.reset_all.setVisible(can_reset)

    def show_running(self, preset: str | None) -> None:
        """Say what may change while that preset's training runs; None where nothing runs."""
        running = preset is not None
        name = self.combo.itemText(self.combo.findData(preset)) or preset
        self.note.setText(f"Running “{name}”. Fields marked live may change now; the rest needs a new run.")
        self.note.setVisible(running)
        self.combo.setEnabled(not running)
        self.open.setEnabled(not running)

    @Slot()
    def _colour_note(self) -> None:
        ground = theme_notifier().scheme.info_back
        self.note.setStyleSheet(f"background: {ground}; border-radius: 6px; padding: 6px 8px;")

    def _has_own(self) -> bool:
        return any(self.combo.itemData(row, Qt.ItemDataRole.UserRole + 1) for row in range(self.combo.count()))

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        if (name := self.combo.itemData(row)) is not None:
            self.presetChosen.emit(name)

    def _make_combo(self) -> CalmComboBox:
        combo = CalmComboBox()
        combo.setObjectName("presetCombo")
        combo.setAccessibleName("Preset")
        combo.setToolTip("Settings that are known to work, to start from.")
        combo.setPlaceholderText("Custom")
        combo.activated.connect(self._on_activated)
        return combo

    def _make_reset_all(self) -> QToolButton:
        button = _button("resetAll", "reset", "Reset all", "Back to all of the preset's values.")
        button.setText("Reset all")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(self.resetAllRequested)
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        return button

    def _make_filter(self) -> QLineEdit:
        box = QLineEdit()
        box.setObjectName("formFilter")
        box.setAccessibleName("Find a setting")
        box.setPlaceholderText("Find a setting")
        box.setToolTip("Show only settings whose name or description contains this. Escape shows all.")
        box.setClearButtonEnabled(True)
        magnifier = QAction(box)
        set_icon(magnifier, "search")
        box.addAction(magnifier, QLineEdit.ActionPosition.LeadingPosition)
        clear = QAction(box)
        clear.setShortcut(Qt.Key.Key_Escape)
        clear.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        clear.triggered.connect(box.clear)
        QWidget.addAction(box, clear)
        box.textChanged.connect(self.filterChanged)
        return box

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
        first.addWidget(self.combo, 1)
        first.addWidget(self.save)
        first.addWidget(self.open)
        second.addWidget(self.title, 1)
        second.addWidget(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self.about)
        column.addLayout(second)
        column.addWidget(self.note)
        column.addWidget(self.filter)


def _label(name: str, accessible: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(accessible)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _button(name: str, icon: str, accessible: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(accessible)
    button.setToolTip(tooltip)
    button.setAutoRaise(True)
    set_icon(button, icon)
    return button
