"""Keeps the form, the presets and the device choice together, and starts trainings from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QComboBox

from ganengine.config import TrainConfig, changed_paths, live_paths
from ganengine.errors import ConfigError, GanEngineError
from ganengine.events import EditEvent, RunStarted
from ganengine.plans import Compare, Plan
from ganengine.presets import DEFAULT, Preset, all_presets, find_preset, load_preset, save_preset
from studio.engine import Engine
from studio.form.form import ExperimentForm
from studio.form.head import PresetItem
from studio.messages import Messages
from studio.session import Session
from studio.settings import Settings


@dataclass(frozen=True)
class Loaded:
    """A checkpoint that Start goes on from.

    Attributes:
        path: the file.
        step: how far it is.
        config: the settings in it.
        run: its run directory where it is the newest checkpoint of one, so that the run itself can go on; else None.
    """

    path: Path
    step: int
    config: TrainConfig
    run: Path | None


class ExperimentPresenter(QObject):
    """The left side of the window.

    Signals:
        loadedChanged(): a checkpoint was loaded or forgotten, so Start means something else.
        dataChanged(object): the chosen `DataSource` is another one.
        compareChanged(object): the preset in the form compares other runs, or none (None).
        shown(object): a preset, a file or a checkpoint was loaded; its `TrainConfig`.

    Attributes:
        loaded: the checkpoint that Start goes on from, or None for a new run.
        compare: the runs that the preset in the form compares, or None.
    """

    loadedChanged = Signal()
    dataChanged = Signal(object)
    compareChanged = Signal(object)
    shown = Signal(object)

    def __init__(
        self, session: Session, form: ExperimentForm, devices: QComboBox, settings: Settings, messages: Messages
    ) -> None:
        super().__init__(form)
        self.loaded: Loaded | None = None
        self._session, self._form, self._devices = session, form, devices
        self._settings, self._messages = settings, messages
        self._data: object = None
        self.compare: Compare | None = None
        self._compares: dict[str, Compare | None] = {}
        form.presetChosen.connect(self.choose_preset)
        form.changed.connect(self._on_form_changed)
        form.liveEdit.connect(session.edit)
        devices.activated.connect(self._on_device_chosen)
        session.runStarted.connect(self._on_run_started)
        session.edited.connect(self._on_edited)
        session.ended.connect(self._on_ended)

    # -- presets -------------------------------------------------------------------------------------------------------

    def fill(self, engine: Engine, preset: str | None, config: TrainConfig | None) -> None:
        """Show what exists, and the form as it was left, or a preset where one is asked for.

        Raises:
            ConfigError: there is no preset of that name.
        """
        choices = [("auto", f"Auto ({engine.devices[0].name})")]
        choices += [
            (device.value, f"{device.value}: {device}" if "cuda" in device.value else str(device))
            for device in engine.devices
        ]
        self._form.set_devices(choices)
        self._devices.clear()
        for value, label in choices:
            self._devices.addItem(label, value)
        self._compares = {preset.name: preset.compare for preset in engine.presets}
        self._form.set_presets(_items(engine.presets))
        if config is not None:
            self._show(config, _baseline(config))
        elif preset is None and (left := self._form_as_left()):
            self._show(left, _baseline(left))
        else:
            self.choose_preset(preset or DEFAULT)

    @Slot(str)
    def choose_preset(self, name: str) -> None:
        """Load a preset into the form."""
        self._show_preset(find_preset(name))

    def load_preset_file(self, path: Path) -> None:
        """Load a preset, or any config file, into the form.

        Raises:
            ConfigError: it cannot be used; the form is as it was.
        """
        self._show_preset(load_preset(path, mine=True))
        self._messages.info(f"Loaded the settings of {path.name}.")

    def save_preset(self, name: str) -> None:
        """Keep the form as the user's own preset.

        Raises:
            ConfigError, StorageError: it cannot be kept.
        """
        preset = save_preset(name, self._form.config(), compare=self.compare)
        self._form.set_presets(_items(all_presets()))
        self._show_preset(preset)
        self._messages.info(f"Saved the preset {name}.")

    def use_pictures(self, path: Path) -> None:
        """Train on the person's own pictures from now on: a folder, an archive or arrays."""
        self._form.put({"data.source": "folder", "data.path": str(path)})

    def do_without_classes(self) -> bool:
        """Turn the use of classes off, for images that have none; False where it is off already."""
        try:
            wanted = self._form.config().training.class_conditional
        except ConfigError:
            return False
        if wanted:
            self._form.put({"training.class_conditional": False})
        return wanted

    # -- to begin ------------------------------------------------------------------------------------------------------

    def start(self, *, paused: bool = False) -> None:
        """Start anew or go on, or show what must be mended first."""
        try:
            config = self._form.config()
            if self.loaded is None:
                self._session.start(config, paused=paused)
            else:
                self._go_on(self.loaded, config, paused)
        except ConfigError as error:
            self._show_problems(error)
        except GanEngineError as error:
            self._messages.error("The training cannot go on", str(error))

    def settings(self, *, quiet: bool = False) -> TrainConfig | None:
        """The settings in the form; None: something must be mended, which is shown unless `quiet`."""
        try:
            return self._form.config()
        except ConfigError as error:
            if not quiet:
                self._show_problems(error)
            return None

    def plan(self) -> Plan | None:
        """The comparison that goes with the preset, from the settings in the form; None: something must be mended."""
        try:
            plan = self.compare.plan(self._form.config()) if self.compare else None
            if plan is not None:
                plan.configs()
        except ConfigError as error:
            self._show_problems(error)
            return None
        return plan

    def show_settings(self, config: TrainConfig) -> None:
        """Put these settings into the form."""
        self._show(config, _baseline(config))

    def set_loaded(self, loaded: Loaded | None) -> None:
        """Let Start go on from a checkpoint, whose settings the form then shows; None: start anew."""
        self.loaded = loaded
        if loaded:
            self._show(loaded.config, _baseline(loaded.config))
        self.loadedChanged.emit()

    def show_failure(self, failure: Exception) -> bool:
        """Mark the row that a failed start complains of; False if it is about something else."""
        if not isinstance(failure, ConfigError) or not failure.path:
            return False
        return self._form.show_problem(failure.path, failure.message)

    def remember(self) -> None:
        """Keep the form for the next start of the program."""
        try:
            config = self._form.config()
        except ConfigError:
            return  # what was kept last is better than something that cannot be read back
        self._settings.last_form = config.to_toml()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _show_problems(self, error: ConfigError) -> None:
        for path, message in reversed(error.problems):
            self._form.show_problem(path, message)
        self._messages.warning("Some settings must be mended first", self._form.first_problem_text() or str(error))

    def _go_on(self, loaded: Loaded, config: TrainConfig, paused: bool) -> None:
        changes = {path: new for path, (_, new) in changed_paths(loaded.config, config).items() if new is not None}
        if config.training.length_in == "steps" and config.training.steps <= loaded.step:
            raise ConfigError(
                "training.steps", f"must be more than {loaded.step}, which the checkpoint has done already"
            )
        live = live_paths(config)
        if loaded.run and all(path in live for path in changes):
            self._session.resume(loaded.run, changes, paused=paused)
        else:
            self._session.fork(loaded.path, changes, paused=paused)

    def _show_preset(self, preset: Preset) -> None:
        self._compares[preset.name] = preset.compare
        self._show(preset.config, preset.config)

    def _show(self, config: TrainConfig, baseline: TrainConfig | None) -> None:
        self._form.load(config, baseline=baseline)
        self._on_form_changed()
        self.shown.emit(config)

    def _form_as_left(self) -> TrainConfig | None:
        try:
            return TrainConfig.from_toml(self._settings.last_form) if self._settings.last_form else None
        except ConfigError:
            return None  # left by another version

    @Slot()
    def _on_form_changed(self) -> None:
        data = self._form.section("data")
        if data is not None and data != self._data:
            self._data = data
            self.dataChanged.emit(data)
        try:
            config = self._form.config()
        except ConfigError:
            return
        index = self._devices.findData(config.training.device)
        if index >= 0:
            self._devices.setCurrentIndex(index)
        compare = self._compares.get(config.preset)
        if compare != self.compare:
            self.compare = compare
            self.compareChanged.emit(compare)

    @Slot()
    def _on_device_chosen(self) -> None:
        try:
            config = self._form.config()
        except ConfigError:
            return
        changed = config.with_changes({"training.device": self._devices.currentData()})
        self._form.load(changed, baseline=_baseline(changed))
        self._on_form_changed()

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        self.set_loaded(None)
        self._form.set_running(event.config)
        self._devices.setEnabled(False)

    @Slot(object)
    def _on_edited(self, event: EditEvent) -> None:
        self._form.apply_live(event.config)

    @Slot()
    def _on_ended(self) -> None:
        self._form.set_running(None)
        self._devices.setEnabled(True)


def _baseline(config: TrainConfig) -> TrainConfig:
    try:
        return find_preset(config.preset).config
    except ConfigError:
        return config


def _items(presets: list[Preset]) -> list[PresetItem]:
    return [
        PresetItem(preset.name, about.title, about.note, about.source, about.try_next, preset.mine)
        for preset in presets
        for about in [preset.about]
    ]
