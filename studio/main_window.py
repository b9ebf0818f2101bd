"""The window: what is where, and what is wired to what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.docks import put_below
from studio.dropping import Dropped, kind_of
from studio.engine import Engine, EngineLoader
from studio.garbage import GarbageCollector
from studio.icons import app_icon
from studio.menus import dress_toggle, make_menus, make_toolbar
from studio.messages import Messages
from studio.overlay import Overlay
from studio.presenters.gallery import GalleryPresenter
from studio.presenters.status import StatusPresenter
from studio.session import ACTIVE, Session
from studio.settings import LAYOUT_VERSION, Settings
from studio.tasks import BackgroundTasks
from studio.views.dataset_preview import DatasetPreview
from studio.views.log_view import LogView
from studio.views.model_summary import ModelSummary
from studio.views.moment_bar import MomentBar
from studio.views.sample_grid import SampleGrid
from studio.views.timeline import Timeline
from studio.views.watch_banner import WatchBanner

if TYPE_CHECKING:
    from studio.workspace import Workspace

NARROW = 1240  # pixels; below it the plots stand under the images
TITLE_BAR = 32  # pixels; what the desktop puts above the window, which Qt does not know before it is shown


class MainWindow(QMainWindow):
    """Form on the left, generated images with their timeline in the centre, plots on the right or below.

    Signals:
        ready(): the engine is loaded and a training can start.

    Attributes:
        tabs: the centre: images first, then what else there is to see.
        dataset_view: the tab with the training images.
        networks_view: the tab with the layers of both networks.
        data_tasks: prepares them, which may take minutes that other tasks must not wait for.
        run_tasks: looks after the runs folder.
        session: what the studio is doing.
        workspace: form, plots and all that needs the engine; None while it loads.
    """

    ready = Signal()

    def __init__(self, settings: QSettings, runs_dir: Path) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("GAN Studio")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.settings = Settings(settings)
        self.session = Session(runs_dir, self)
        self.messages = Messages(self)
        self.tasks = BackgroundTasks(self)
        self.actions_ = Actions(self)
        self.grid = SampleGrid()
        self.timeline = Timeline()
        self.watch_banner = WatchBanner()
        self.moment_bar = MomentBar()
        self.data_tasks = BackgroundTasks(self)
        self.run_tasks = BackgroundTasks(self)
        self.tabs = _central_tabs()
        self.dataset_view = DatasetPreview()
        self.networks_view = ModelSummary()
        self.devices = _device_combo()
        self.form_dock = _dock("formDock", "Experiment", "Loading the settings…")
        self.plots_dock = _dock("plotsDock", "Plots", "Loading the plots…")
        self.queue_dock = _dock("queueDock", "Queue", "Loading the queue…")
        self.runs_dock = _dock("runsDock", "Runs", "Loading the runs…")
        self.log_dock = _dock("logDock", "Log", "")
        self.log = LogView()
        self.log_dock.setWidget(self.log)
        self.workspace: Workspace | None = None
        self._quitting = False
        self._lay_out()
        self.gallery = GalleryPresenter(self.session, self.grid, self.timeline, self.tasks, self.messages)
        self.status = StatusPresenter(self.session, self.statusBar())
        self.session.stateChanged.connect(self._show_state)
        self.session.ended.connect(self._on_training_ended)
        self.gallery.imagesChanged.connect(self._show_state)
        self._garbage = GarbageCollector(self)
        self._loader = EngineLoader(self)
        self._loader.loaded.connect(self._on_engine_loaded)
        self._loader.failed.connect(lambda why: self.messages.error("The studio cannot train", why))
        self._show_state()

    # -- beginning -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._garbage.start()
        if self.workspace is None and not self._loader.isRunning():
            # After the first paint: importing torch beside it would hold the window back.
            QTimer.singleShot(0, self, self._load)

    @Slot()
    def _load(self) -> None:
        if self.isVisible():
            self._loader.start()

    @Slot(object)
    def _on_engine_loaded(self, engine: Engine) -> None:
        from studio.workspace import Workspace

        if self.isHidden():
            return  # closed while it loaded
        self.workspace = Workspace(self, engine)
        self.form_dock.setWidget(self.workspace.form)
        self.plots_dock.setWidget(self.workspace.plots)
        self.runs_dock.setWidget(self.workspace.runs.view)
        self.session.engine_loaded()
        self._show_state()
        self.ready.emit()
        self._loader.show_is_over()

    # -- what is shown -------------------------------------------------------------------------------------------------

    @Slot()
    def _show_state(self) -> None:
        has_images = self.gallery.images is not None
        self.actions_.show_state(self.session.state, has_images=has_images)
        run = self.session.run_path
        self.setWindowTitle(f"{run.name} – GAN Studio" if run else "GAN Studio")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_plots()

    def _place_plots(self) -> None:
        """The plots beside the images where there is room, else under them; where the user put them, they stay."""
        if self.plots_dock.isFloating() or not self.plots_dock.isVisibleTo(self):
            return
        sides = {Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea}
        narrow = self.width() < NARROW
        wanted = Qt.DockWidgetArea.BottomDockWidgetArea if narrow else Qt.DockWidgetArea.RightDockWidgetArea
        now = self.dockWidgetArea(self.plots_dock)
        if now in sides and now != wanted:
            self.addDockWidget(wanted, self.plots_dock)
            if narrow:
                for dock in (self.log_dock, self.queue_dock, self.runs_dock):
                    self.tabifyDockWidget(self.plots_dock, dock)  # beside each other they would be too narrow
                self.plots_dock.raise_()
            self._share_out()

    def _share_out(self) -> None:
        narrow = self.width() < NARROW
        self.resizeDocks([self.form_dock], [320], Qt.Orientation.Horizontal)
        if narrow:
            self.resizeDocks([self.plots_dock], [270], Qt.Orientation.Vertical)
        else:
            self.resizeDocks([self.plots_dock], [max(400, self.width() * 28 // 100)], Qt.Orientation.Horizontal)

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.watch_banner)
        column.addWidget(self.grid, 1)
        column.addWidget(self.timeline)
        column.addWidget(self.moment_bar)
        self.tabs.addTab(centre, "Images")
        self.tabs.addTab(self.dataset_view, "Data")
        self.tabs.addTab(self.networks_view, "Networks")
        self.dataset_view.show_notice("The images are loading…")
        self.messages.bar.setParent(self.tabs)
        Overlay(self.messages.bar, below=self.timeline)
        self.setCentralWidget(self.tabs)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.form_dock)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.plots_dock)
        put_below(self, [self.runs_dock, self.queue_dock, self.log_dock])
        show_runs = dress_toggle(self.runs_dock, "ShowRuns", "runs", "Ctrl+Shift+R", "All runs: find, compare, fork")
        show_queue = dress_toggle(self.queue_dock, "ShowQueue", "queue", "Ctrl+Shift+U", "What is to be trained next")
        self.addToolBar(make_toolbar(self, self.actions_, self.devices, [show_runs, show_queue]))
        docks = [self.form_dock, self.plots_dock, self.runs_dock, self.queue_dock, self.log_dock]
        make_menus(self, self.actions_, docks)
        self.grid.set_placeholder("The images are loading…")
        room = self.screen().availableSize() - QSize(0, TITLE_BAR)
        self.resize(room.boundedTo(QSize(1440, 900)))
        self._place_plots()
        self._share_out()
        if not self.settings.window_geometry.isEmpty():
            self.restoreGeometry(self.settings.window_geometry)
            self.restoreState(self.settings.window_state, LAYOUT_VERSION)

    # -- the end -------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.state in ACTIVE and not self._may_close():
            event.ignore()
            return
        self._remember()
        self._loader.show_is_over()
        self._loader.wait()
        self.gallery.close()
        self.tasks.close()
        self.data_tasks.close()
        self.run_tasks.close()
        self.log.close_log()
        self._garbage.stop()
        event.accept()

    @property
    def is_closing(self) -> bool:
        """Whether the window closes as soon as the training is saved."""
        return self._quitting

    def _may_close(self) -> bool:
        """Ask what becomes of the training; False keeps the window, for now or for good."""
        from studio.closing import Closing, ask_closing

        if self._quitting:
            return False  # the training is being saved; the window closes when that is done
        answer = ask_closing(self)
        if answer == Closing.KEEP or self.session.state not in ACTIVE:
            return answer != Closing.KEEP
        self._quitting = True
        self.session.stop(save=answer == Closing.SAVE)
        self.messages.info("Saving the training, then closing…" if answer == Closing.SAVE else "Closing…")
        return False

    @Slot()
    def _on_training_ended(self) -> None:
        if self._quitting:
            self._quitting = False
            QTimer.singleShot(0, self, self.close)

    def _remember(self) -> None:
        if self.workspace:
            self.workspace.remember()
        self.settings.window_geometry = self.saveGeometry()
        self.settings.window_state = self.saveState(LAYOUT_VERSION)

    # -- drag and drop -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.workspace and any(_can_open(url.toLocalFile()) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if self.workspace and _can_open(url.toLocalFile()):
                event.acceptProposedAction()
                self.workspace.take_dropped(Path(url.toLocalFile()))
                return


def _can_open(path: str) -> bool:
    return bool(path) and kind_of(Path(path)) != Dropped.OTHER


def _dock(name: str, title: str, waiting: str) -> QDockWidget:
    dock = QDockWidget(title)
    dock.setObjectName(name)
    label = QLabel(waiting)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setProperty("muted", True)
    label.setMinimumSize(QSize(260, 160))
    dock.setWidget(label)
    return dock


def _central_tabs() -> QTabWidget:
    tabs = QTabWidget()
    tabs.setObjectName("centralTabs")
    tabs.setAccessibleName("Images, data, networks and comparisons")
    tabs.setDocumentMode(True)
    # Less than its pages ask for: below NARROW the plots make room, and until then the window must be able to shrink.
    tabs.setMinimumWidth(360)
    return tabs


def _device_combo() -> QComboBox:
    combo = QComboBox()
    combo.setObjectName("deviceCombo")
    combo.setAccessibleName("Device to train on")
    combo.setToolTip("What to train on")
    combo.setMinimumContentsLength(18)
    combo.addItem("Loading…")
    combo.setEnabled(False)
    return combo
