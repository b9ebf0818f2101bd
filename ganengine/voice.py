"""How a training speaks: everything is written down first, then told to the observers."""

from collections.abc import Callable, Sequence

from ganengine.errors import StorageError
from ganengine.events import AlertEvent, Event, Preparing, RunStatus, StatusChanged, TrainingObserver
from ganengine.runs.recorder import Recorder


class Voice:
    """Tells events, and knows what to do where there is no room to write them down.

    Attributes:
        status: of the training, as told last.
    """

    def __init__(
        self, recorder: Recorder, observers: Sequence[TrainingObserver], pause: Callable[[], None] | None
    ) -> None:
        """
        Args:
            pause: makes the training wait for somebody to make room on a full disk; None: that ends the training.
        """
        self.status = RunStatus.QUEUED
        self._recorder = recorder
        self._observers = tuple(observers)
        self._pause = pause

    def tell(self, event: Event) -> None:
        """Write an event down, then tell the observers."""
        try:
            self._recorder.notify(event)
        except StorageError as error:
            self.no_room(error, getattr(event, "step", 0), alert=self.status != RunStatus.PAUSED)
        self.announce(event)

    def announce(self, event: Event) -> None:
        """Tell the observers only."""
        for observer in self._observers:
            observer.notify(event)

    def prepare(self, what: str, done: int, total: int) -> None:
        """A `Tell` that announces how far a preparation is."""
        self.announce(Preparing(what, done, total))

    def set_status(self, status: RunStatus, step: int, message: str = "") -> None:
        """Tell of another status."""
        if status != self.status:
            self.status = status
            self.tell(StatusChanged(step, status, message))

    def no_room(self, error: StorageError, step: int, *, alert: bool = True) -> None:
        """Patiently, pause until somebody made room; else the error ends the training."""
        if self._pause is None:
            raise error
        self._pause()
        if alert:
            self.announce(AlertEvent(step, f"{error} The training is paused."))
