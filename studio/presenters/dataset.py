"""Loads the chosen images in the background, once for all who show them, and keeps the Data tab true to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganengine.errors import ConfigError
from ganengine.events import Preparing
from studio.presenters.dataset_look import DatasetLook
from studio.presenters.dataset_reading import Images, facts_of, images_at
from studio.session import Session, message_for
from studio.tasks import BackgroundTasks, Preparation
from studio.views.dataset_facts import DatasetFacts
from studio.views.dataset_preview import DatasetPreview
from studio.views.left_out_dialog import left_out_text

if TYPE_CHECKING:
    from ganengine.data.dataset import ImageDataset
    from ganengine.data.progress import Tell
    from ganengine.data.sources.base import DataSource

TYPING_MS = 400  # without a key before a path is looked at
PATIENCE_MS = 200  # before it is said that something takes a while
_SAMPLE = 256
CHOOSE = (
    "Drop a folder with your pictures anywhere onto this window, or a .zip or .tar archive of them, or a .npy or .npz "
    "array. Folders within a folder become classes."
)


@dataclass(frozen=True)
class _Loaded:
    source: DataSource
    dataset: ImageDataset
    facts: DatasetFacts
    sample: Images


@dataclass(frozen=True)
class _Lacking:
    size: str


class DatasetPresenter(QObject):
    """The Data tab.

    Signals:
        sampleReady(object): some images of the data set, uint8 [N, H, W, C]; None where there are none to show.
        changed(): `tab_text` or `reason` are others.
        progressed(str, object, object): what is being done, done, total; "" when it is over.
        folderWanted(): the person wants to be asked for a folder.

    Attributes:
        dataset: the chosen images; None while they are not there.
        reason: why they are not there, and what to do; "" where they are.
    """

    sampleReady = Signal(object)
    changed = Signal()
    progressed = Signal(str, object, object)
    folderWanted = Signal()

    def __init__(self, session: Session, view: DatasetPreview, tasks: BackgroundTasks, parent: QObject) -> None:
        super().__init__(parent)
        self.dataset: ImageDataset | None = None
        self.reason = "The images are loading…"
        self._session, self._view, self._tasks = session, view, tasks
        self._look = DatasetLook(view, tasks, self)
        self._source: DataSource | None = None
        self._looked_at: DataSource | None = None
        self._preparation: Preparation | None = None
        self._downloads = False  # whether the person has agreed to it
        self._told = ("Looking for the images", 0, 0)
        self._begin = self._timer(self._prepare)
        self._patience = self._timer(self._show_progress)
        self._connect()
        view.show_notice(self.reason)

    @property
    def tab_text(self) -> str:
        """The tab's title, with the number of files left out."""
        left_out = len(self.dataset.left_out) if self.dataset else 0
        return f"Data · {left_out_text(left_out)}" if left_out else "Data"

    @property
    def needs_the_person(self) -> bool:
        """Whether the images are not there until somebody does something about it."""
        return bool(self.reason) and self._preparation is None

    @Slot(object)
    def set_source(self, source: DataSource) -> None:
        """Show the images of another source, soon; what was being prepared is given up."""
        self._give_up()
        self._source, self._downloads = source, False
        self._begin.start(TYPING_MS if _only_path_differs(self._looked_at, source) else 0)

    def hurry(self) -> None:
        """Nobody is typing: look at a new path at once."""
        if self._begin.isActive():
            self._begin.start(0)

    @Slot()
    def reload(self) -> None:
        """Look at the source again."""
        self._give_up()
        self._prepare()

    # -- to load -------------------------------------------------------------------------------------------------------

    @Slot()
    def _prepare(self) -> None:
        source, downloads = self._source, self._downloads
        if source is None:
            return
        self._looked_at = source
        if _needs_choice(source):
            self._show_reason(CHOOSE, "Choose folder…", "Choose a folder with pictures")
            return
        self._told = ("Looking for the images", 0, 0)
        self._patience.start(PATIENCE_MS)
        self._preparation = self._tasks.prepare(
            lambda tell: _load(source, downloads, tell), self._on_told, self._on_loaded, self._on_failed
        )

    def _give_up(self) -> None:
        self._begin.stop()
        self._look.end_check()
        self._end_preparation()

    def _end_preparation(self) -> None:
        self._patience.stop()
        if self._preparation:
            self._preparation.cancel()
            self._preparation = None
            self.progressed.emit("", 0, 0)

    def _on_told(self, what: str, done: int, total: int) -> None:
        self._told = (what, done, total)
        if not self._patience.isActive():
            self._show_progress()

    @Slot()
    def _show_progress(self) -> None:
        self._view.show_progress(*self._told)
        self.progressed.emit(*self._told)
        if self.dataset is not None or self.reason != "The images are being prepared…":
            self._forget("The images are being prepared…")

    def _on_loaded(self, result: _Loaded | _Lacking) -> None:
        self._end_preparation()
        if isinstance(result, _Lacking):
            title = self._source.title if self._source else ""
            text = f"{title} is not on this computer yet ({result.size}).\nPressing Start downloads it, too."
            self._show_reason(text, "Download", f"Download {result.size} to look at the images now")
            return
        self.dataset, self.reason = result.dataset, ""
        self._look.show(result.source, result.dataset, result.facts)
        self.sampleReady.emit(result.sample)
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._end_preparation()
        if isinstance(error, ConfigError):
            text = f"{error.message[:1].upper()}{error.message[1:]}."
            self._show_reason(text, "Choose folder…", "Choose a folder with pictures")
        else:
            self._show_reason(message_for(error), "Try again", "Look for the images again")

    def _show_reason(self, text: str, action: str, tip: str) -> None:
        self._view.show_notice(text, action, tip)
        self._forget(text)

    def _forget(self, reason: str) -> None:
        self.dataset, self.reason = None, reason
        self._look.forget()
        self.sampleReady.emit(None)
        self.changed.emit()

    # -- what the person decides ---------------------------------------------------------------------------------------

    @Slot()
    def _on_notice_pressed(self) -> None:
        match self._view.notice.action:
            case "Cancel":
                downloading, self._downloads = self._downloads, False
                self._give_up()
                if downloading:
                    self._prepare()  # offers it again
                else:
                    self._show_reason("Cancelled: the images are not prepared.", "Try again", "Prepare the images")
            case "Download":
                self._downloads = True
                self.reload()
            case "Choose folder…":
                self.folderWanted.emit()
            case _:
                self.reload()

    # -- a training prepares the same images ---------------------------------------------------------------------------

    @Slot(object)
    def _on_training_prepares(self, event: Preparing) -> None:
        if self.dataset is None and self._preparation is None:
            self._view.show_progress(event.what, event.done, event.total, action="")

    @Slot()
    def _on_training_changed(self) -> None:
        if self.dataset is None and self._preparation is None:
            self._prepare()

    # -- wiring --------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        view = self._view
        view.noticePressed.connect(self._on_notice_pressed)
        view.controls.reloadRequested.connect(self.reload)
        self._look.outdated.connect(self.reload)
        self._session.preparing.connect(self._on_training_prepares)
        self._session.runStarted.connect(self._on_training_changed)
        self._session.ended.connect(self._on_training_changed)

    def _timer(self, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer


def _load(source: DataSource, downloads: bool, tell: Tell) -> _Loaded | _Lacking:
    import numpy as np

    if not downloads and (size := source.needs_download()):
        return _Lacking(size)
    dataset = source.load(tell)
    chosen = np.random.default_rng(0).permutation(dataset.count)[:_SAMPLE]
    return _Loaded(source, dataset, facts_of(dataset), images_at(dataset, chosen))


def _needs_choice(source: DataSource) -> bool:
    return getattr(source, "path", None) == ""


def _only_path_differs(old: DataSource | None, new: DataSource) -> bool:
    """Whether somebody is typing."""
    path = getattr(new, "path", None)
    if old is None or path is None or type(old) is not type(new) or getattr(old, "path", None) == path:
        return False
    return old.model_copy(update={"path": path}) == new
