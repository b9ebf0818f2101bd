"""An item of the queue that this process has taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ganengine.errors import Cancelled, GanEngineError
from ganengine.queue.items import Item, ItemStatus

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from ganengine.config import TrainConfig
    from ganengine.events import TrainingObserver
    from ganengine.queue.store import Queue
    from ganengine.runs.directory import RunDirectory
    from ganengine.trainer import Trainer


class Claim:
    """An item that nobody else can take as long as this is held. May be used from any thread.

    As a context manager: an exception marks the item as failed (KeyboardInterrupt and Cancelled put it back), and what
    was not said to be `done` is put back.

    Attributes:
        item: as it stands since it was taken.
        config: the settings of a new run.
    """

    def __init__(
        self, queue: Queue, item: Item, config: TrainConfig, run: RunDirectory | None, lock: BaseFileLock
    ) -> None:
        """For `Queue.claim_next`: `lock` is held, `run` is what was made of the item before."""
        self.item = item
        self.config = config
        self._queue = queue
        self._run = run
        self._lock = lock

    @property
    def resumes(self) -> bool:
        """Whether `launch` goes on from a checkpoint, rather than from the first step."""
        return self._run is not None and bool(self._run.checkpoints.steps())

    @property
    def is_held(self) -> bool:
        """Whether the item is still this process's."""
        return bool(self._lock.is_locked)

    def launch(self, observers: Sequence[TrainingObserver] = (), *, patient: bool = False) -> Trainer:
        """The trainer of a new run, or one that goes on exactly from the newest checkpoint of the item's run.

        A run that was interrupted before its first checkpoint begins again in its own directory.

        Raises:
            GanEngineError: as `launch.new_run` and `launch.resume_run`.
        """
        from ganengine.launch import begin_again, new_run, resume_run

        item = self.item
        if self._run is None:
            tag = f"{item.id}/{item.attempts}"
            root = self._queue.root
            trainer = new_run(self.config, root, observers, patient=patient, group=item.group, queued=tag)
        elif self.resumes:
            trainer = resume_run(self._run, observers, patient=patient)
        else:
            trainer = begin_again(self._run, self.config, observers, patient=patient)
        self._run = trainer.directory
        try:
            self._update(run=trainer.directory.name)
        except BaseException:
            trainer.directory.release()
            raise
        return trainer

    def done(self, status: str, reason: str = "") -> None:
        """Say that it is finished, failed or stopped (a `RunStatus` will do), and let go.

        Where nothing is said of the reason, the run's own message is it. Once the claim is let go, this does nothing.
        """
        if self._run is not None and not reason:
            reason = _message_of(self._run)
        self._let_go(status=ItemStatus(str(status)), reason=reason)

    def put_back(self) -> None:
        """Let go without an end: the item waits again, and goes on from its run the next time."""
        self._let_go(status=ItemStatus.WAITING, reason="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, Cancelled):
            known = isinstance(error, GanEngineError)
            self.done(ItemStatus.FAILED, str(error) if known else f"{type(error).__name__}: {error}")
        else:
            self.put_back()

    def _let_go(self, status: ItemStatus, reason: str) -> None:
        if self.is_held:
            try:
                self._update(status=status, reason=reason, holder="")
            finally:
                self._lock.release()

    def _update(self, **changes: object) -> None:
        self.item = replace(self.item, **changes)  # type: ignore[arg-type]
        self._queue.update(self.item.id, lambda item: replace(item, **changes))  # type: ignore[arg-type]


def _message_of(run: RunDirectory) -> str:
    try:
        return str(run.info().get("message") or "")
    except GanEngineError:
        return ""
