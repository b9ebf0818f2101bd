"""The queue as it is on disk: looked at from time to time, and changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganengine.errors import GanEngineError
from ganengine.queue.items import Item, ItemStatus
from ganengine.queue.store import Queue, Snapshot
from studio.session import Session

if TYPE_CHECKING:
    from ganengine.config import TrainConfig
    from ganengine.plans import PlannedRun

POLL_MS = 1000
_LOOK_EVERY = 5  # polls; that somebody else's training got on or was killed does not show in the queue's file


class QueueList(QObject):
    """The queue of the session's runs folder, which other programs may change at the same time.

    Signals:
        changed(): the queue, or whether it is carried out, is another.
        complained(str): the queue cannot be read or written.

    Attributes:
        snapshot: the queue as it was seen last.
        claimed: the item that is trained here, or None.
    """

    changed = Signal()
    complained = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.snapshot = Snapshot()
        self.claimed: Item | None = None
        self._session = session
        self._stamp: object = None
        self._polls = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def queue(self) -> Queue:
        """The queue on disk; another one where another runs folder was chosen."""
        return Queue(self._session.runs_dir)

    @property
    def due(self) -> list[Item]:
        """What waits for its turn, or was interrupted."""
        return [item for item in self.snapshot.items if item.is_due]

    def watch(self) -> None:
        """Look at the queue from now on, also for what other programs do to it."""
        self.refresh()
        self._timer.start()

    def leave(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def refresh(self) -> None:
        """Read the queue anew."""
        queue = self.queue
        try:
            self._stamp = (queue.root, queue.stamp())
            snapshot = queue.snapshot()
        except GanEngineError as error:
            self.complained.emit(str(error))
            return
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.emit()

    @Slot()
    def _poll(self) -> None:
        queue = self.queue
        self._polls += 1
        others = any(item.is_running for item in self.snapshot.items if not self.is_mine(item))
        try:
            is_other = (queue.root, queue.stamp()) != self._stamp
        except GanEngineError:
            return  # it was said when it was tried last
        if is_other or (others and self._polls % _LOOK_EVERY == 0):
            self.refresh()
            self.changed.emit()  # others' runs got on, also where the list itself is the same

    def is_mine(self, item: Item) -> bool:
        """Whether this item is trained here."""
        return self.claimed is not None and self.claimed.id == item.id

    # -- to change it --------------------------------------------------------------------------------------------------

    def add(self, runs: Sequence[PlannedRun]) -> tuple[Item, ...]:
        """Put the runs of a plan at the end; nothing where that was not possible, which is told.

        Returns:
            the items.
        """
        found: list[tuple[Item, ...]] = []
        self._change(lambda queue: found.append(queue.add(runs)))
        return found[0] if found else ()

    def add_config(self, config: TrainConfig) -> Item | None:
        """Put one run at the end."""
        found: list[Item] = []
        self._change(lambda queue: found.append(queue.add_config(config)))
        return found[0] if found else None

    def move(self, identities: Sequence[str], place: int) -> None:
        """Let these stand, in their order, before what is at this place now."""
        steps = moves([item.id for item in self.snapshot.items], identities, place)

        def work(queue: Queue) -> None:
            for identity, to in steps:
                queue.move(identity, to)

        if steps:
            self._change(work)

    def skip(self, identities: Sequence[str]) -> None:
        """Leave these out."""
        self._change(lambda queue: [queue.skip(identity) for identity in identities])

    def retry(self, identities: Sequence[str]) -> None:
        """Let these wait for their turn again; where one has a checkpoint it goes on from there."""
        self._change(lambda queue: [queue.retry(identity) for identity in identities])

    def remove(self, identities: Sequence[str]) -> None:
        """Take these out of the queue; their runs stay on disk."""
        self._change(lambda queue: queue.remove(*identities))

    def tidy(self) -> None:
        """Take out what has finished."""
        finished = [item.id for item in self.snapshot.items if item.status == ItemStatus.FINISHED]
        self._change(lambda queue: queue.remove(*finished))

    def forget_notices(self) -> None:
        """What was found damaged in the queue was told."""
        self._change(lambda queue: queue.forget_notices())

    def _change(self, work: Callable[[Queue], object]) -> None:
        try:
            work(self.queue)
        except GanEngineError as error:
            self.complained.emit(str(error))
        self.refresh()


def moves(order: Sequence[str], moved: Sequence[str], place: int) -> list[tuple[str, int]]:
    """The single moves, (what, to which index), after which `moved` stand in their order before `order[place]`."""
    moved = [identity for identity in order if identity in set(moved)]
    rest = [identity for identity in order if identity not in moved]
    first = place - sum(identity in moved for identity in order[:place])
    wanted = [*rest[:first], *moved, *rest[first:]]
    down = [identity for identity in reversed(moved) if wanted.index(identity) > order.index(identity)]
    up = [identity for identity in moved if wanted.index(identity) < order.index(identity)]
    # Those that go down leave from the back, those that go up from the front, so that none is pushed on by another.
    return [(identity, wanted.index(identity)) for identity in [*down, *up]]


def path_of(root: Path, item: Item) -> Path | None:
    """The run's directory, once there is one."""
    return root / item.run if item.run else None
