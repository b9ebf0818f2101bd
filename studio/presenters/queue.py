"""Carries the queue out over the one session: one training after the other, until none is left or somebody stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from ganengine.errors import DatasetError, GanEngineError
from ganengine.events import RunStarted
from ganengine.queue.items import Item, ItemStatus
from studio.presenters.queue_list import QueueList
from studio.session import Session, SessionState, message_for

if TYPE_CHECKING:
    from ganengine.queue.claims import Claim

SKIPPED = "Left out while it was trained; Retry goes on with it."


class QueuePresenter(QueueList):
    """The queue of the session's runs folder, which other programs may carry out at the same time.

    A run that fails does not hold up the next, unless it found no images; a run that is stopped holds the rest up.

    Signals:
        taken(Item): its training is about to begin.
        began(Item, Path): it has its directory.
        ended(Item): its training here is over; how, it says itself.
        halted(): no further run will begin by itself.

    Attributes:
        is_going: whether the next run begins by itself when this one is over.
        is_first: whether the run that is `taken` is the first since somebody started the queue.
        trained_last: whether the training that runs or ran last was one of the queue.
        done: the items that were trained here since the queue was started, with how they ended.
        reasons: item's id → why its training here failed.
    """

    taken = Signal(object)
    began = Signal(object, object)
    ended = Signal(object)
    halted = Signal()

    def __init__(self, session: Session, is_leaving: Callable[[], bool] = lambda: False) -> None:
        """`is_leaving`: whether the studio is about to be closed, so that what is trained waits for the next start."""
        super().__init__(session)
        self.is_going = self.is_first = self.trained_last = False
        self.done: list[Item] = []
        self.reasons: dict[str, str] = {}
        self._is_leaving = is_leaving
        self._claim: Claim | None = None
        self._scope: str | None = None
        self._stopping = self._leaving = self._skipping = self._is_hopeless = False
        session.runStarted.connect(self._on_run_started)
        session.stateChanged.connect(self._on_state)
        session.failed.connect(self._on_failed)
        session.ended.connect(self._on_ended)

    @property
    def is_active(self) -> bool:
        """Whether a run of the queue trains here or waits for its turn."""
        return self.is_going or self._claim is not None

    def leave(self) -> None:
        """The studio is closed: nothing more begins."""
        self.is_going = False
        super().leave()

    def skip(self, identities: Sequence[str]) -> None:
        """Leave these out; the one that is trained is stopped, and the next begins."""
        mine = self.claimed.id if self.claimed else ""
        super().skip([identity for identity in identities if identity != mine])
        if mine in identities and self._session.is_active:
            self._skipping = True
            self._session.stop()

    # -- to carry it out -----------------------------------------------------------------------------------------------

    def go_on(self, group: str | None = None) -> None:
        """Begin with the next run now, or when the training that runs is over.

        Args:
            group: of this plan only, even where the queue is held; None: of the whole queue.
        """
        if group is None and self.snapshot.paused:
            self._change(lambda queue: queue.set_paused(False))
        if not self.is_active:
            self.done = []
            self.is_first = True
        self._scope = group if not self.is_going or self._scope == group else None
        self.is_going = True
        self._next()
        self.changed.emit()

    def hold(self) -> None:
        """Begin no further run, here or elsewhere; the one that is trained goes on."""
        self._change(lambda queue: queue.set_paused(True))
        if self.is_going and not self._claim:
            self._halt()
        self.is_going = False
        self.changed.emit()

    @Slot()
    def _next(self) -> None:
        if not self.is_going or self._session.is_active or self._session.state == SessionState.LOADING:
            return
        try:
            claim = self.queue.claim_next(self._scope, even_paused=self._scope is not None)
        except GanEngineError as error:
            self.complained.emit(str(error))
            claim = None
        if claim is None:
            self._halt()
            return
        self._claim, self.claimed = claim, claim.item
        self._stopping = self._leaving = self._skipping = self._is_hopeless = False
        self.reasons.pop(claim.item.id, None)
        self.refresh()
        self.taken.emit(claim.item)
        self.is_first = False
        self._session.launch_claim(claim)

    @Slot(object)
    def _on_run_started(self, event: RunStarted) -> None:
        if self.claimed:
            self.refresh()
            self.began.emit(self.claimed, event.directory)

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        if state == SessionState.STARTING:
            self.trained_last = self._claim is not None
        elif state == SessionState.STOPPING:
            self._stopping = True  # even where the run comes to its own end before it reads the request
            self._leaving = self._is_leaving()

    @Slot(object)
    def _on_failed(self, failure: Exception) -> None:
        if self.claimed:
            self.reasons[self.claimed.id] = message_for(failure)
            # Without images, the next one would not find them either.
            self._is_hopeless = isinstance(failure, DatasetError) or getattr(failure, "path", "").startswith("data.")

    @Slot()
    def _on_ended(self) -> None:
        stopped, self._stopping = self._stopping, False
        was_mine = self._claim is not None
        if self._claim is not None:
            self._settle(self._claim)
        if not self.is_going:
            if was_mine:
                self._halt()  # it was held meanwhile
            return
        if (stopped and not self._skipping) or self._is_hopeless or not self._has_more():
            self._halt()
        else:
            # Not from within the signal: others have yet to hear that this run is over.
            QTimer.singleShot(0, self, self._next)

    def _settle(self, claim: Claim) -> None:
        """Write down how the run ended."""
        item = claim.item
        ends = {SessionState.FINISHED: ItemStatus.FINISHED, SessionState.FAILED: ItemStatus.FAILED}
        status = ends.get(self._session.state, ItemStatus.STOPPED)
        reason = self.reasons.get(item.id, "")
        try:
            if self._leaving and status == ItemStatus.STOPPED:
                claim.put_back()
            else:
                skipped = self._skipping and status == ItemStatus.STOPPED
                claim.done(status.value, SKIPPED if skipped else reason)
        except GanEngineError as error:
            self.complained.emit(str(error))
        self._claim = self.claimed = None
        self.refresh()
        now = next((found for found in self.snapshot.items if found.id == item.id), item)
        self.done.append(now)
        self.ended.emit(now)

    def _has_more(self) -> bool:
        due = [item for item in self.due if self._scope is None or (item.group and item.group.id == self._scope)]
        return bool(due) and not (self.snapshot.paused and self._scope is None)

    def _halt(self) -> None:
        self.is_going = False
        self._scope = None
        self.changed.emit()
        self.halted.emit()
