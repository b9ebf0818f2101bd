"""Everything in the window that needs the engine: made once it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog

from ganengine.errors import ConfigError, GanEngineError, OutOfMemory, StorageError, TrainingDiverged
from ganengine.publish.unpacking import is_bundle
from studio.about import AboutDialog
from studio.dropping import Dropped, kind_of
from studio.engine import Engine
from studio.form.form import ExperimentForm
from studio.presenters.charts import ChartsPresenter
from studio.presenters.checkpoints import CheckpointPresenter
from studio.presenters.compare_tab import CompareTab
from studio.presenters.data_tab import DataTab
from studio.presenters.disk_hint import DiskHintPresenter
from studio.presenters.experiment import ExperimentPresenter
from studio.presenters.inspector_tab import InspectorTab
from studio.presenters.memory_hint import MemoryHintPresenter
from studio.presenters.networks import NetworksPresenter
from studio.presenters.publish import PublishPresenter
from studio.presenters.queue_dock import QueueDock
from studio.presenters.runs import RunsPresenter
from studio.presenters.step_ahead import StepAheadPresenter
from studio.presenters.time_machine import TimeMachine, is_trained
from studio.presenters.viewing import ViewingPresenter
from studio.session import SessionState, message_for
from studio.theme import Choice, apply_theme
from studio.views.loss_plots import LossPlots

if TYPE_CHECKING:
    from studio.main_window import MainWindow


class Workspace(QObject):
    """Makes form and plots, gives each part its presenter, and connects the actions.

    Attributes:
        form, plots: the widgets.
        experiment, charts, checkpoints: their presenters.
        data: the training images in the window.
        queueing: the queue in the window.
        travel: looking back, and at what other programs train.
        comparing: plans and comparisons in the window.
        publishing: exports and imports.
        runs: the run browser in the window.
        inspecting: the close look at single images.
    """

    def __init__(self, window: MainWindow, engine: Engine) -> None:
        super().__init__(window)
        self._window = window
        self._session, self._messages, self._actions = window.session, window.messages, window.actions_
        self.form = ExperimentForm()
        self.plots = LossPlots()
        self.plots.set_hidden_curves(window.settings.hidden_curves)
        self.charts = ChartsPresenter(window.session, self.plots)
        self.experiment = ExperimentPresenter(
            window.session, self.form, window.devices, window.settings, window.messages
        )
        self.data = DataTab(window, self.experiment)
        DiskHintPresenter(self.form, self.data.dataset, window.tasks)
        MemoryHintPresenter(self.form, self.data.dataset, window.session, window.messages, window.tasks)
        StepAheadPresenter(self.form, self.data.dataset, window.session, window.tasks)
        NetworksPresenter(self.form, self.data.dataset, window.networks_view, window.tasks)
        ViewingPresenter(window.session, self.experiment, self.form, window.grid, self.plots)
        self.checkpoints = CheckpointPresenter(
            window.session, self.experiment, self.charts, window.gallery, window.tasks, window.messages, window
        )
        self.publishing = PublishPresenter(window.session, window.gallery, self.checkpoints, window.messages, window)
        self.travel = TimeMachine(window, self.experiment, self.charts, self.checkpoints)
        self.queueing = QueueDock(window, self.experiment)
        self.comparing = CompareTab(window, self.experiment, self.plots, self.queueing.queue)
        self.runs = RunsPresenter(window, self)
        self.inspecting = InspectorTab(window)
        self._connect()
        window.devices.setEnabled(True)
        self.experiment.fill(engine, None, None)
        self._on_loaded_changed()

    def watch(self, path: Path) -> None:
        """Follow a run that another program trains, without touching it."""
        self._window.tabs.setCurrentIndex(0)
        self.travel.watching.watch(path)

    def take_dropped(self, path: Path) -> None:
        """Open what was dropped onto the window, or train on it where it holds pictures."""
        if path.suffix.lower() == ".zip" and is_bundle(path):
            self.publishing.import_bundle(path)
        elif kind_of(path) == Dropped.IMAGES:
            self.data.use(path)
        else:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a checkpoint, a run directory, a preset or a config file."""
        if path.suffix == ".toml":
            self._guarded(lambda: self.experiment.load_preset_file(path), "The settings were not loaded")
        elif kind_of(path) == Dropped.BUNDLE:
            self.publishing.import_bundle(path)
        elif not self._session.is_active and is_trained(path):
            self.watch(path)
        else:
            self.checkpoints.load(path)

    def open_named(self, name: str) -> None:
        """Open a run by its directory, its folder's name or its number, or a file."""
        from ganengine.runs.directory import find_run

        path = Path(name)
        if path.exists():
            self.open_path(path)
        else:
            root = self._session.runs_dir
            self._guarded(lambda: self.open_path(find_run(root, name).path), "The run was not opened")

    def use(self, *, preset: str | None, config: Path | None) -> bool:
        """Show a preset or a config file that was asked for on the command line; False if it cannot be."""
        if preset:
            return self._guarded(lambda: self.experiment.choose_preset(preset), "The preset was not loaded")
        if config:
            return self._guarded(lambda: self.experiment.load_preset_file(config), "The settings were not loaded")
        return True

    def remember(self) -> None:
        """Keep what should come back on the next start."""
        self.experiment.remember()
        self.charts.close()
        self.comparing.close()
        self.queueing.leave()
        self.travel.close()
        self.publishing.close()
        self.runs.remember()
        self.inspecting.leave()
        self._window.settings.hidden_curves = self.plots.hidden_curves

    # -- wiring --------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        actions, session = self._actions, self._session
        actions.start.triggered.connect(self._start)
        actions.pause.triggered.connect(self._toggle_pause)
        actions.step.triggered.connect(self._step)
        actions.stop.triggered.connect(self._stop)
        actions.save_checkpoint.triggered.connect(session.save_checkpoint)
        actions.load_checkpoint.triggered.connect(self.checkpoints.choose)
        actions.new_run.triggered.connect(self._new_run)
        actions.export_grid.triggered.connect(self.publishing.export)
        actions.import_run.triggered.connect(self.publishing.choose_bundle)
        self.publishing.imported.connect(self.runs.refresh_soon)
        actions.evaluate.triggered.connect(session.evaluate)
        actions.fresh_noise.triggered.connect(self._window.gallery.make_fresh)
        actions.find_setting.triggered.connect(self.form.focus_filter)
        actions.save_preset.triggered.connect(self._save_preset)
        actions.load_preset.triggered.connect(self._load_preset)
        actions.choose_runs_folder.triggered.connect(self._choose_runs_folder)
        actions.open_runs_folder.triggered.connect(self._open_runs_folder)
        actions.quit.triggered.connect(self._window.close)
        actions.about.triggered.connect(lambda: AboutDialog(self._window).open())
        for choice, action in actions.themes.items():
            action.setChecked(choice == self._window.settings.theme)
            action.triggered.connect(lambda _=False, chosen=choice: self._choose_theme(cast("Choice", chosen)))
        self.form.savePresetRequested.connect(self._save_preset)
        self.form.loadPresetRequested.connect(self._load_preset)
        self.form.validityChanged.connect(self._show_start_tip)
        self.experiment.loadedChanged.connect(self._on_loaded_changed)
        self.data.changed.connect(self._greet)
        self.travel.watching.changed.connect(self._greet)
        session.stateChanged.connect(self._on_state)
        session.alerted.connect(self._on_alert)
        session.failed.connect(self._on_failed)
        session.ended.connect(self._on_ended)

    # -- actions -------------------------------------------------------------------------------------------------------

    @Slot()
    def _start(self) -> None:
        self.experiment.start()

    @Slot()
    def _stop(self) -> None:
        self._session.stop()

    @Slot()
    def _toggle_pause(self) -> None:
        if self._session.state == SessionState.PAUSED:
            self._session.go_on()
        else:
            self._session.pause()

    @Slot()
    def _step(self) -> None:
        if self._session.is_active:
            self._session.step_once()
        else:
            self.experiment.start(paused=True)

    @Slot()
    def _new_run(self) -> None:
        self.checkpoints.forget()
        self._session.run_path = None
        self._greet()

    @Slot()
    def _save_preset(self) -> None:
        name, accepted = QInputDialog.getText(self._window, "Save as preset", "Name of the preset:")
        if accepted and name.strip():
            self._guarded(lambda: self.experiment.save_preset(name.strip()), "The preset was not saved")

    @Slot()
    def _load_preset(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Load preset", "", "Presets (*.toml);;All files (*)")
        if path:
            self._guarded(lambda: self.experiment.load_preset_file(Path(path)), "The settings were not loaded")

    @Slot()
    def _choose_runs_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Runs folder", str(self._session.runs_dir))
        if folder:
            self._session.runs_dir = self._window.settings.runs_dir = Path(folder)
            self._messages.info(f"New runs are kept in {folder}.")

    @Slot()
    def _open_runs_folder(self) -> None:
        folder = self._session.runs_dir
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _choose_theme(self, choice: Choice) -> None:
        self._window.settings.theme = choice
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, choice)

    def _guarded(self, work: Any, title: str) -> bool:
        try:
            work()
        except (GanEngineError, OSError) as error:
            self._messages.error(title, str(error))
            return False
        return True

    # -- answers -------------------------------------------------------------------------------------------------------

    @Slot()
    def _on_loaded_changed(self) -> None:
        loaded = self.experiment.loaded
        self._actions.start.setText("Continue" if loaded else "Start")
        if not self._session.is_active:
            self._window.status.show_place(f"checkpoint of step {loaded.step:,}" if loaded else "")
        self._show_start_tip()
        self._greet()

    @Slot()
    def _show_start_tip(self) -> None:
        loaded = self.experiment.loaded
        tip = f"Go on from step {loaded.step:,}" if loaded else "Train with the settings on the left"
        problem = self.form.first_problem_text()
        self._actions.start.setToolTip(f"To be mended first: {problem}" if problem else f"{tip} (F5)")

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        if state == SessionState.STARTING:
            self._messages.clear()
            self._window.grid.set_message("")

    @Slot(str)
    def _on_alert(self, text: str) -> None:
        self._messages.warning(text)

    @Slot(object)
    def _on_failed(self, failure: Exception) -> None:
        marked = self.experiment.show_failure(failure)
        if self.queueing.queue.is_active:
            return  # the queue shows it, and goes on
        title = "A setting must be mended" if marked else "The training ended"
        run, began = self._session.run_path, isinstance(failure, TrainingDiverged | OutOfMemory | StorageError)
        self._messages.error(
            title,
            message_for(failure),
            action="Open its last checkpoint" if run and began else "",
            on_action=(lambda: self.checkpoints.load(run)) if run and began else None,
        )

    @Slot()
    def _on_ended(self) -> None:
        run = self._session.run_path
        if run is None or not self._session.began or self._session.state == SessionState.FAILED:
            return
        if self.queueing.queue.is_going:
            return  # the next run begins
        done = self._session.state == SessionState.FINISHED
        text = f"{run.name} has finished." if done else f"{run.name} was stopped."
        if not self.queueing.queue.trained_last:
            self._messages.info(text, action="Open it to go on", on_action=lambda: self.checkpoints.load(run))
        self._window.tasks.run(lambda: _sampler_of(run), self._take_sampler, lambda error: None)

    def _take_sampler(self, sampler: Any) -> None:
        if not self._session.is_active and self._window.gallery.sampler is None:
            self._window.gallery.sampler = sampler

    # -- before the first run ------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        has_run = self._session.is_active or self.travel.watching.run is not None
        if self._window.gallery.images is None and not has_run and not self.data.dataset.reason:
            self._window.grid.set_message(
                "These are the real images. Press Start, and a generator that has never seen them learns to make its "
                "own."
            )
        else:
            self._window.grid.set_message("")


def _sampler_of(run: Path) -> Any:
    from ganengine.runs.directory import RunDirectory
    from ganengine.sampler import Sampler

    newest = RunDirectory.open(run).checkpoints.latest()
    if newest is None:
        raise ConfigError("", "no checkpoint")
    return Sampler.from_checkpoint(newest)
