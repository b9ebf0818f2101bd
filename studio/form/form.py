"""The experiment form."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError
from ganengine.fields import Section
from studio.form.draft import SECTIONS, Draft
from studio.form.editors.device import DeviceEditor
from studio.form.head import FormHead, PresetItem
from studio.form.row import SettingRow
from studio.form.stack import SectionStack


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
        # Problems that were found outside, at the start of a training.
        self._told: dict[str, str] = {}
        # What the engine has confirmed or was last asked for; None where nothing runs.
        self._running: TrainConfig | None = None
        self._head = self._make_head()
        self._stack = SectionStack()
        self._stack.edited.connect(self._on_edited)
        self._stack.committed.connect(self._on_committed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)
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
        row, section = self._stack.row(path), self._stack.section_of(path)
        if row is None or section is None:
            return message
        place = "" if row.path == section.tag else f" ({section.title})"
        return f"{row.declaration.title}{place} {message}"

    def load(self, config: TrainConfig, *, baseline: TrainConfig | None = None) -> None:
        """Show other settings.

        Args:
            config: the settings.
            baseline: the preset that they are compared with; without one, they are compared with themselves.
        """
        self._replace(Draft(config, baseline))

    def section(self, name: str) -> Section | None:
        """One section, frozen, whatever the others are like; None where a value of its own cannot be used."""
        return self._draft.section(name)

    def put(self, values: Mapping[str, Any]) -> None:
        """Give settings, by path, other values as if the person had typed them; a component's kind comes first."""
        for path, value in values.items():
            row = self._stack.row(path)
            assert row is not None
            row.editor.set_value(value)
            self._on_edited(path)

    @Slot()
    def reset_all(self) -> None:
        """Go back to the preset; while a training runs, only in what may change now."""
        if self._running is None:
            self._replace(Draft(self._draft.baseline, self._draft.baseline))
            return
        for row in list(self._stack.rows()):
            if row.can_reset:
                row.reset()

    def set_presets(self, items: Sequence[PresetItem]) -> None:
        """Offer these presets to choose from."""
        self._head.set_presets(items)
        self._head.show_preset(self._draft.preset)

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer these (value, label) pairs to train on."""
        row = self._stack.row("training.device")
        assert row is not None
        assert isinstance(row.editor, DeviceEditor)
        row.editor.set_devices(devices)

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
        row = self._stack.row(path)
        if row is None:
            return False
        self._told[row.path] = message
        self._head.filter.clear()
        self._refresh()
        self._stack.go_to(row)
        return True

    def folded(self) -> list[str]:
        """Names of the sections that are folded, to be remembered."""
        return self._stack.folded()

    def set_folded(self, names: Sequence[str]) -> None:
        """Fold these sections and unfold the others."""
        self._stack.set_folded(names)

    # While a training runs

    def set_running(self, config: TrainConfig | None) -> None:
        """Show what is running and lock what needs a new run; None unlocks."""
        self._running = config
        if config is not None and (self._problems or config != self._draft.config()):
            self._replace(Draft(config, self._draft.baseline))
        for row in self._stack.rows():
            self._lock(row)
        self._head.show_running(None if config is None else config.preset)
        self._stack.set_locked(config is not None)
        self._refresh()

    def apply_live(self, config: TrainConfig) -> None:
        """Show the values that the running training has taken over; what is being typed is left alone."""
        if self._running is None:
            return
        for row in self._stack.rows():
            confirmed = config.get(row.path)
            if row.declaration.applies == "now" and row.editor.value() == self._running.get(row.path) != confirmed:
                row.editor.set_value(confirmed)
                self._draft.set(row.path, confirmed)
        self._running = config
        self._refresh()

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

    # Between the draft and the rows

    @Slot(str)
    def _on_edited(self, path: str) -> None:
        section, row = self._stack.section_of(path), self._stack.row(path)
        assert section is not None
        assert row is not None
        self._told.pop(path, None)
        if path == section.tag:
            self._draft.choose(section.name, row.editor.value())
            self._show_section(section.name)
            self._stack.chain_tab_stops(self._head.filter)
        else:
            self._draft.set(path, row.editor.value())
        self._refresh()
        self.changed.emit()

    def _replace(self, draft: Draft) -> None:
        self._draft = draft
        self._told.clear()
        self._show_draft()
        self.changed.emit()

    def _show_draft(self) -> None:
        for name in SECTIONS:
            self._show_section(name)
        self._head.show_preset(self._draft.preset)
        self._stack.chain_tab_stops(self._head.filter)
        self._refresh()

    def _show_section(self, name: str) -> None:
        section = self._stack.sections[name]
        wanted = list(self._draft.declarations(name))
        if not section.has_rows_for(wanted):
            section.build(wanted)
        for row in section.rows.values():
            row.editor.set_value(self._draft.get(row.path))
            self._lock(row)

    def _refresh(self) -> None:
        """Bring markers, messages and visibility up to date with the draft."""
        was_valid = not self._problems
        self._show_activity()
        self._problems = self._check()
        self._show_problems()
        for name, section in self._stack.sections.items():
            reference = self._draft.reference(name)
            for row in section.rows.values():
                row.set_reference(reference[row.declaration.name])
            section.show_summary()
        rows = list(self._stack.rows())
        changed = sum(row.differs for row in rows if row.active)
        self._head.show_title(self._draft.preset, changed, any(row.can_reset for row in rows))
        self._apply_filter()
        if was_valid == bool(self._problems):
            self.validityChanged.emit(not self._problems)

    def _show_activity(self) -> None:
        for name, section in self._stack.sections.items():
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
            row = self._stack.row(path)
            found.append((path, (row.editor.complaint() if row else "") or message))
        return found

    def _show_problems(self) -> None:
        # The first problem of a row wins, and one in the form over one from outside.
        messages = dict(self._told)
        for path, message in reversed(self._problems):
            if row := self._stack.row(path):
                messages[row.path] = message
        for row in self._stack.rows():
            row.show_error(messages.get(row.path, ""))

    @Slot()
    def _apply_filter(self) -> None:
        self._stack.show_matching(self._head.filter.text())

    def _make_head(self) -> FormHead:
        head = FormHead()
        head.presetChosen.connect(self.presetChosen)
        head.savePresetRequested.connect(self.savePresetRequested)
        head.loadPresetRequested.connect(self.loadPresetRequested)
        head.resetAllRequested.connect(self.reset_all)
        head.filterChanged.connect(self._apply_filter)
        return head
