"""The experiment form."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError
from studio.form.draft import SECTIONS, Draft
from studio.form.editors.device import DeviceEditor
from studio.form.head import FormHead, PresetItem
from studio.form.row import SettingRow
from studio.form.section import FormSection
from studio.form.wording import tidy
from studio.theme import colour, theme_notifier

FOLDED_AT_FIRST = ("discriminator", "loss", "recording")


class ExperimentForm(QWidget):
    """All settings of a training, made from their declarations.

    Signals:
        changed(): the settings are others, valid or not.
        validityChanged(valid): they became usable, or stopped being so.
        presetChosen(name), savePresetRequested(), loadPresetRequested(): for the main window to answer.
        liveEdit(changes): while a training runs, the person gave a setting that may change now another value: a
            dict of path → value.
    """

    changed = Signal()
    validityChanged = Signal(bool)
    presetChosen = Signal(str)
    savePresetRequested = Signal()
    loadPresetRequested = Signal()
    liveEdit = Signal(dict)

    def __init__(self, config: TrainConfig | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("experimentForm")
        self.setAccessibleName("Experiment settings")
        self._draft = Draft(config or TrainConfig())
        self._problems: list[tuple[str, str]] = []
        self._told: dict[str, str] = {}
        self._running: TrainConfig | None = None
        self._head = self._make_head()
        self._sections = {name: self._make_section(name) for name in SECTIONS}
        self._nothing = QLabel()
        self._scroll = self._make_scroll_area()
        theme_notifier().themeChanged.connect(self._colour_locked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        self.setMinimumWidth(260)
        self._show_draft()

    # What is in the form

    def config(self) -> TrainConfig:
        """The settings, frozen.

        Raises:
            ConfigError: with every value that cannot be used, in the form's own words.
        """
        if self._problems:
            raise ConfigError(*self._problems[0], self._problems)
        return self._draft.config()

    def problems(self) -> list[tuple[str, str]]:
        """(path, what is wrong) of every value that cannot be used; empty if a training could start."""
        return list(self._problems)

    def first_problem_text(self) -> str:
        """The first problem as a sentence that names its field, for the Start button; "" if there is none."""
        if not self._problems:
            return ""
        path, message = self._problems[0]
        row = self._row(path)
        if row is None:
            return message
        section = self._sections[path.partition(".")[0]]
        title = row.declaration.title
        place = "" if row.path == section.tag else f" ({section.title})"
        return f"{title}{place} {message}"

    def load(self, config: TrainConfig, *, baseline: TrainConfig | None = None) -> None:
        """Show other settings.

        Args:
            config: the settings.
            baseline: the preset that they are compared with; without one, they are compared with themselves.
        """
        self._draft = Draft(config, baseline)
        self._told.clear()
        self._show_draft()
        self.changed.emit()

    def set_presets(self, items: Sequence[PresetItem]) -> None:
        """Offer these presets to choose from."""
        self._head.set_presets(items)
        self._head.show_preset(self._draft.preset)

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer these (value, label) pairs to train on."""
        row = self._row("training.device")
        assert row is not None
        assert isinstance(row.editor, DeviceEditor)
        row.editor.set_devices(devices)

    @Slot()
    def reset_all(self) -> None:
        """Go back to the preset; while a training runs, only in what may change now."""
        if self._running is not None:
            for row in list(self._rows()):
                if row.declaration.applies == "now":
                    row.reset()
            return
        self._draft = Draft(self._draft.baseline, self._draft.baseline)
        self._told.clear()
        self._show_draft()
        self.changed.emit()

    # Finding things

    @Slot()
    def focus_filter(self) -> None:
        """Put the keyboard into the filter box."""
        self._head.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._head.filter.selectAll()

    def show_problem(self, path: str, message: str) -> bool:
        """Mark a row, unfold its section, bring it into view and put the focus there.

        The mark stays until the row is edited; it does not make the form invalid.

        Returns:
            whether there is such a row.
        """
        row = self._row(path)
        if row is None:
            return False
        self._told[row.path] = tidy(message)
        self._head.filter.clear()
        self._sections[row.path.partition(".")[0]].unfold()
        self._refresh()
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        # The rows take their places when the event loop runs next.
        QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row, 0, 40))
        return True

    def folded(self) -> list[str]:
        """Names of the sections that are folded, to be remembered."""
        return [name for name, section in self._sections.items() if not section.header.isChecked()]

    def set_folded(self, names: Sequence[str]) -> None:
        """Fold these sections and unfold the others."""
        for name, section in self._sections.items():
            section.header.setChecked(name not in names)

    # While a training runs

    def set_running(self, config: TrainConfig | None) -> None:
        """Show what is running and lock what needs a new run; None unlocks."""
        if config is not None and config != self._usable():
            self._draft = Draft(config, self._draft.baseline)
            self._told.clear()
            self._show_draft()
            self.changed.emit()
        self._running = config
        for row in self._rows():
            self._lock(row)
        self._head.show_running(None if config is None else config.preset)
        self._colour_locked()
        self._refresh()

    def apply_live(self, config: TrainConfig) -> None:
        """Show the values that the running training has taken over; what is being typed is left alone."""
        if self._running is None:
            return
        for row in self._rows():
            path = row.path
            if row.declaration.applies == "now" and row.editor.value() == self._running.get(path) != config.get(path):
                row.editor.set_value(config.get(path))
                self._draft.set(path, config.get(path))
        self._running = config
        self._refresh()

    # Inside

    def _show_draft(self) -> None:
        for name in SECTIONS:
            self._show_section(name)
        self._head.show_preset(self._draft.preset)
        self._chain_tab_stops()
        self._refresh()

    def _show_section(self, name: str) -> None:
        section = self._sections[name]
        wanted = list(self._draft.declarations(name))
        if not section.has_rows_for(wanted):
            section.build(wanted)
        for row in section.rows.values():
            row.editor.set_value(self._draft.get(row.path))
            self._lock(row)

    def _refresh(self) -> None:
        """Bring markers, messages and visibility up to date with the draft."""
        before = bool(self._problems)
        self._show_activity()
        self._problems = self._check()
        wrong = {self._row_path(path): message for path, message in reversed(self._problems)}
        for row in self._rows():
            row.show_error(wrong.get(row.path) or self._told.get(row.path, ""))
        for name, section in self._sections.items():
            reference = self._draft.reference(name)
            for row in section.rows.values():
                row.set_reference(reference.get(row.declaration.name, row.declaration.default))
            section.show_summary()
        changed = sum(row.differs for row in self._rows() if row.active)
        self._head.show_title(self._draft.preset, changed, any(row.can_reset for row in self._rows()))
        self._apply_filter()
        if before != bool(self._problems):
            self.validityChanged.emit(not self._problems)

    def _show_activity(self) -> None:
        for name, section in self._sections.items():
            reference = self._draft.reference(name)
            for row in section.rows.values():
                row.active = self._draft.is_active(row.declaration)
                if not row.active and row.error:
                    # What has no effect must not keep a person from starting.
                    row.editor.set_value(reference[row.declaration.name])
                    self._draft.set(row.path, row.editor.value())

    def _check(self) -> list[tuple[str, str]]:
        found = []
        for path, message in self._draft.problems():
            row = self._row(path)
            found.append((path, (row.editor.complaint() if row else "") or tidy(message)))
        return found

    def _apply_filter(self) -> None:
        text = self._head.filter.text().strip()
        words = text.casefold().split()
        count = sum(section.show_matching(words) for section in self._sections.values())
        self._nothing.setText(f"No setting matches “{text}”.")
        self._nothing.setVisible(count == 0)

    @Slot(str)
    def _on_edited(self, path: str) -> None:
        section = self._sections[path.partition(".")[0]]
        value = section.rows[path].editor.value()
        self._told.pop(path, None)
        if path == section.tag:
            self._draft.choose(section.name, value)
            self._show_section(section.name)
            self._chain_tab_stops()
        else:
            self._draft.set(path, value)
        self._refresh()
        self.changed.emit()

    @Slot(str)
    def _on_committed(self, path: str) -> None:
        if self._running is None:
            return
        try:
            wanted = self._running.with_changes({path: self._draft.get(path)})
        except ConfigError:
            return  # the row says why
        if wanted != self._running:
            self._running = wanted
            self.liveEdit.emit({path: wanted.get(path)})

    def _lock(self, row: SettingRow) -> None:
        row.set_running(None if self._running is None else row.declaration.applies == "now")

    @Slot()
    def _colour_locked(self) -> None:
        # What is running must be readable, so its locked fields are not as pale as disabled ones elsewhere.
        kinds = ", ".join(f"{kind}:disabled" for kind in ("QAbstractSpinBox", "QComboBox", "QLineEdit"))
        sheet = f"{kinds} {{ color: {colour('muted').name()}; }}" if self._running is not None else ""
        if self._scroll.styleSheet() != sheet:
            self._scroll.setStyleSheet(sheet)

    def _usable(self) -> TrainConfig | None:
        return None if self._problems else self._draft.config()

    def _rows(self) -> Iterator[SettingRow]:
        for section in self._sections.values():
            yield from section.rows.values()

    def _row(self, path: str) -> SettingRow | None:
        section = self._sections.get(path.partition(".")[0])
        return section.rows.get(self._row_path(path)) if section else None

    def _row_path(self, path: str) -> str:
        """The path of the row that stands for `path`: a section's own problem is shown at its choice of a kind."""
        section = self._sections.get(path.partition(".")[0])
        if section is None or path in section.rows:
            return path
        return section.tag or next(iter(section.rows))

    def _chain_tab_stops(self) -> None:
        stops: list[QWidget] = [self._head.filter]
        for section in self._sections.values():
            stops.append(section.header)
            for row in section.rows.values():
                stops += row.stops()
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _make_head(self) -> FormHead:
        head = FormHead()
        head.presetChosen.connect(self.presetChosen)
        head.savePresetRequested.connect(self.savePresetRequested)
        head.loadPresetRequested.connect(self.loadPresetRequested)
        head.resetAllRequested.connect(self.reset_all)
        head.filterChanged.connect(self._apply_filter)
        return head

    def _make_section(self, name: str) -> FormSection:
        info = TrainConfig.model_fields[name]
        section = FormSection(name, info.title or name, info.description or "")
        section.edited.connect(self._on_edited)
        section.committed.connect(self._on_committed)
        section.header.setChecked(name not in FOLDED_AT_FIRST)
        return section

    def _make_scroll_area(self) -> QScrollArea:
        content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(4, 0, 4, 8)
        lines.setSpacing(2)
        for section in self._sections.values():
            lines.addWidget(section)
        self._nothing.setObjectName("formFilterEmpty")
        self._nothing.setWordWrap(True)
        self._nothing.setContentsMargins(8, 8, 8, 8)
        lines.addWidget(self._nothing)
        lines.addStretch(1)
        area = QScrollArea()
        area.setObjectName("formScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area
