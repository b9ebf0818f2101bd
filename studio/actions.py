"""Everything that can be done from menus, toolbar and keyboard."""

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.icons import set_icon
from studio.session import ACTIVE, SessionState

# name → (text, icon, shortcut, what it does)
_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "Start": ("Start", "start", "F5", "Train with the settings on the left"),
    "Pause": ("Pause", "pause", "F6", "Wait before the next step; press again to go on"),
    "Step": ("Step", "step", "F8", "Do one step of the generator, then wait"),
    "Stop": ("Stop", "stop", "Shift+F5", "Save a checkpoint and end the training"),
    "CompareRuns": ("Compare", "compare", "", "Train several runs one after the other, and compare them"),
    "CompareExisting": ("Compare runs…", "compare", "Ctrl+Shift+C", "Show runs side by side"),
    "AddToQueue": ("Add to the queue", "queue-add", "Ctrl+Shift+A", "Let these settings wait in the queue"),
    "VarySettings": ("Vary settings…", "vary", "Ctrl+Shift+V", "Queue runs that differ in some settings, or the seed"),
    "QueueGoOn": ("Go on with the queue", "queue", "", "Train what waits in the queue, one run after the other"),
    "NewRun": ("New run", "new-run", "Ctrl+N", "Forget the loaded checkpoint; Start will begin a new run"),
    "SaveCheckpoint": ("Save checkpoint", "save", "Ctrl+S", "Save a checkpoint now, which is never deleted"),
    "LoadCheckpoint": ("Load checkpoint…", "load", "Ctrl+O", "Go on from a checkpoint, or only generate from it"),
    "ExportGrid": ("Export…", "export", "Ctrl+E", "Save images, films, the network, a report or the whole run"),
    "ImportRun": ("Import a run…", "", "", "Open a run bundle that was exported here or on another computer"),
    "SavePreset": ("Save as preset…", "preset-save", "Ctrl+Shift+S", "Keep these settings under a name"),
    "LoadPreset": ("Load preset…", "folder", "Ctrl+Shift+O", "Read settings from a TOML file"),
    "ChooseRunsFolder": ("Choose runs folder…", "folder", "", "Where runs are kept"),
    "OpenRunsFolder": ("Show runs folder", "folder", "", "Open the folder with all runs"),
    "FindSetting": ("Find a setting", "search", "Ctrl+F", "Find a field of the form by its name"),
    "Evaluate": ("Measure quality now", "", "F9", "Compare new images with the real ones: FID and the like"),
    "FreshNoise": ("Fresh noise", "dice", "Ctrl+R", "Show images from new random numbers"),
    "Quit": ("Quit", "", "Ctrl+Q", "Close the studio"),
    "About": ("About GAN Studio", "info", "", "Version, libraries and licence"),
}


class Actions:
    """The window's actions, each with the object name `action…`.

    Attributes:
        themes: theme choice → its checkable action.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.start = self._make("Start")
        self.pause = self._make("Pause")
        self.step = self._make("Step")
        self.stop = self._make("Stop")
        self.compare_runs = self._make("CompareRuns")
        self.compare_existing = self._make("CompareExisting")
        self.add_to_queue = self._make("AddToQueue")
        self.vary_settings = self._make("VarySettings")
        self.queue_go_on = self._make("QueueGoOn")
        self.new_run = self._make("NewRun")
        self.save_checkpoint = self._make("SaveCheckpoint")
        self.load_checkpoint = self._make("LoadCheckpoint")
        self.export_grid = self._make("ExportGrid")
        self.import_run = self._make("ImportRun")
        self.save_preset = self._make("SavePreset")
        self.load_preset = self._make("LoadPreset")
        self.choose_runs_folder = self._make("ChooseRunsFolder")
        self.open_runs_folder = self._make("OpenRunsFolder")
        self.find_setting = self._make("FindSetting")
        self.evaluate = self._make("Evaluate")
        self.fresh_noise = self._make("FreshNoise")
        self.quit = self._make("Quit")
        self.about = self._make("About")
        self.compare_runs.setVisible(False)  # until a preset is chosen that compares something
        self.queue_go_on.setEnabled(False)  # until something waits
        self.pause.setCheckable(True)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.themes = self._make_themes()

    def show_state(self, state: SessionState, *, has_images: bool) -> None:
        """Enable what makes sense now."""
        idle = state not in ACTIVE and state != SessionState.LOADING
        training = state in {SessionState.RUNNING, SessionState.PAUSED}
        self.start.setEnabled(idle)
        set_icon(self.start, "start", "accent" if idle else None)
        self.pause.setEnabled(training)
        self.pause.setChecked(state == SessionState.PAUSED)
        self.pause.setText("Go on" if state == SessionState.PAUSED else "Pause")
        set_icon(self.pause, "play" if state == SessionState.PAUSED else "pause")
        self.step.setEnabled(idle or training)
        self.stop.setEnabled(training or state == SessionState.STARTING)
        self.save_checkpoint.setEnabled(training)
        self.evaluate.setEnabled(training)
        for action in (
            self.new_run,
            self.load_checkpoint,
            self.choose_runs_folder,
            self.compare_runs,
        ):
            action.setEnabled(idle)
        loaded = state != SessionState.LOADING
        for action in (
            self.save_preset,
            self.load_preset,
            self.find_setting,
            self.compare_existing,
            self.add_to_queue,
            self.vary_settings,
            self.import_run,
        ):
            action.setEnabled(loaded)
        self.export_grid.setEnabled(has_images)
        self.fresh_noise.setEnabled(has_images)

    def _make(self, name: str) -> QAction:
        text, icon, shortcut, tip = _TEXTS[name]
        action = QAction(text, self._window)
        action.setObjectName(f"action{name}")
        action.setToolTip(f"{tip} ({shortcut})" if shortcut else tip)
        action.setStatusTip(tip)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        if icon:
            set_icon(action, icon)
        self._window.addAction(action)
        return action

    def _make_themes(self) -> dict[str, QAction]:
        group = QActionGroup(self._window)
        found = {}
        for choice, text in {"system": "As the system has it", "light": "Light", "dark": "Dark"}.items():
            action = QAction(text, self._window)
            action.setObjectName(f"actionTheme_{choice}")
            action.setCheckable(True)
            group.addAction(action)
            found[choice] = action
        return found
