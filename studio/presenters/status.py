"""The status bar: what the studio is doing, how far it is, and how fast."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar

from ganengine.events import Preparing, Progress, RunStarted
from studio.progress import progress_text
from studio.session import Session, SessionState

_WORDS = {
    SessionState.LOADING: "Loading the training engine…",
    SessionState.IDLE: "Ready",
    SessionState.STARTING: "Starting…",
    SessionState.RUNNING: "Training",
    SessionState.PAUSED: "Paused",
    SessionState.STOPPING: "Saving…",
    SessionState.FINISHED: "Finished",
    SessionState.FAILED: "Failed",
}


class StatusPresenter(QObject):
    """Fills a status bar from the session."""

    def __init__(self, session: Session, bar: QStatusBar) -> None:
        super().__init__(bar)
        self._session = session
        self._device = self._plan = ""
        self._before: tuple[str, int] | None = None  # what was shown before a preparation
        self._state = _label("statusState", "What the studio is doing", 11)
        self._place = _label("statusPlace", "Step and epoch", 30)
        self._speed = _label("statusSpeed", "Images per second", 14)
        self._left = _label("statusTimeLeft", "Time left", 11)
        self._memory = _label("statusDevice", "Device and memory in use", 16)
        self._progress = QProgressBar()
        self._progress.setObjectName("progressBar")
        self._progress.setAccessibleName("Progress of the training")
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._progress.setFixedWidth(140)
        bar.setSizeGripEnabled(False)
        for widget in (self._state, self._progress, self._place):
            bar.addWidget(widget)
        for widget in (self._speed, self._left, self._memory):
            bar.addPermanentWidget(widget)
        session.stateChanged.connect(self._on_state)
        session.preparing.connect(self._on_preparing)
        session.runStarted.connect(self._on_run_started)
        session.progressed.connect(self._on_progress)
        self._on_state(session.state)

    def show_plan(self, text: str) -> None:
        """Say which run of a plan it is; nothing where there is no plan."""
        self._plan = text
        self._on_state(self._session.state)

    def show_place(self, text: str) -> None:
        """Say where a loaded checkpoint stands."""
        self._before = None
        self._place.setText(text)
        self._progress.setValue(0)

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        self._state.setText(" · ".join(part for part in (_WORDS[state], self._plan) if part))
        if state == SessionState.LOADING:
            self._progress.setRange(0, 0)
        elif self._progress.maximum() == 0:
            self._progress.setRange(0, 1000)
        if state != SessionState.RUNNING:
            self._speed.clear()
            self._left.clear()

    def show_preparing(self, what: str, done: int, total: int) -> None:
        """Say how far a preparation by the window is; without words, that it is over."""
        if what:
            self._before = self._before or (self._place.text(), self._progress.value())
            self._place.setText(progress_text(what, done, total))
            self._progress.setValue(round(1000 * done / total) if total else 0)
        elif self._before:
            self._place.setText(self._before[0])
            self._progress.setValue(self._before[1])
            self._before = None

    @Slot(object)
    def _on_preparing(self, event: Preparing) -> None:
        if self._before and not event.total:
            return  # the training waits for what the window prepares, whose progress says more
        self._place.setText(progress_text(event.what, event.done, event.total))
        self._progress.setValue(round(1000 * event.done / event.total) if event.total else 0)

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        self._device, self._before = event.device, None
        self._show_step(event.step, event.total_steps, 0.0 if event.step == 0 else None)

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        self._show_step(event.step, event.total_steps, event.epoch)
        self._memory.setText(f"{self._device} · {event.device_memory / 2**30:.1f} GiB")
        if self._session.state == SessionState.RUNNING and event.images_per_s:
            self._speed.setText(f"{event.images_per_s:,.0f} images/s")
            self._left.setText(f"{duration(event.seconds_left)} left" if event.seconds_left is not None else "")

    def _show_step(self, step: int, total: int, epoch: float | None) -> None:
        self._progress.setValue(round(1000 * step / max(total, 1)))
        tail = "" if epoch is None else f" · epoch {epoch:,.1f}"
        self._place.setText(f"step {step:,} of {total:,}{tail}")


def duration(seconds: float) -> str:
    """A time span for people: 0:42, 3:05, 1:02:03."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _label(name: str, accessible: str, characters: int) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(accessible)
    # A fixed width, so that growing numbers do not push their neighbours about.
    label.setMinimumWidth(label.fontMetrics().averageCharWidth() * characters)
    return label
