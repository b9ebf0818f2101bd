"""Follows one plan through the queue, so that its runs can be seen beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ganengine.queue.items import Item, ItemStatus
from studio.presenters.queue import QueuePresenter
from studio.presenters.queue_list import path_of
from studio.session import Session

if TYPE_CHECKING:
    from ganengine.plans import Group, Plan


class Turn(StrEnum):
    """How one run of a plan stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    SKIPPED = "not begun"


@dataclass(frozen=True)
class FollowedRun:
    """One run of the plan: what it varies, as it stands in the queue."""

    group: Group


class PlanPresenter(QObject):
    """The plan that the queue carries out, or carried out last. One run alone is no plan.

    Signals:
        started(): the runs are known, the first is about to start, or to go on.
        changed(int): the run with this index stands differently.
        runBegan(int, Path): it has its directory.
        ended(): no further run of it will start by itself.

    Attributes:
        title: what the plan is called.
        runs: what is made, in order.
        turns: how each stands.
        paths: the directory of each that began.
        reasons: why runs failed, by index.
        is_active: whether a run of the plan trains or waits for its turn.
        is_quiet: while `started` is told of a plan whose turn came by itself: nobody asked to look at it.
    """

    started = Signal()
    changed = Signal(int)
    runBegan = Signal(int, object)
    ended = Signal()

    def __init__(self, session: Session, queue: QueuePresenter) -> None:
        super().__init__(queue)
        self.title = ""
        self.runs: tuple[FollowedRun, ...] = ()
        self.turns: list[Turn] = []
        self.paths: list[Path | None] = []
        self.reasons: dict[int, str] = {}
        self.is_active = self.is_quiet = False
        self._session, self._queue = session, queue
        self._id, self._at = "", -1
        queue.taken.connect(self._on_taken)
        queue.began.connect(self._on_began)
        queue.ended.connect(self._on_ended)
        queue.halted.connect(self._end)
        queue.changed.connect(self._look)

    @property
    def trained_last(self) -> bool:
        """Whether the training that runs or ran last was one of a plan."""
        return self._queue.trained_last

    @property
    def current(self) -> int | None:
        """The index of the run whose turn it is, or None."""
        return self._at if self.is_active and self._at >= 0 else None

    @property
    def place(self) -> str:
        """Where the plan stands, e.g. "run 2 of 3: RMSprop"; nothing without one."""
        if self.current is None:
            return ""
        return f"run {self._at + 1} of {len(self.runs)}: {self.runs[self._at].group.variation}"

    def start(self, plan: Plan) -> None:
        """Put a plan into the queue and begin with it, before anything else that waits there.

        Raises:
            ConfigError: a variation cannot be used; nothing was started.
        """
        if self._queue.is_active or self._session.is_active:
            raise RuntimeError("a plan cannot start while something is trained")
        items = self._queue.add(plan.runs())
        if items and items[0].group:
            self._queue.go_on(items[0].group.id)

    # -- inside --------------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_taken(self, item: Item) -> None:
        group = item.group
        if group is None or group.count < 2:
            self._at = -1  # something between two runs of the plan
            return
        if group.id != self._id or not self.is_active:
            self._adopt(group)
        self._at = group.index
        self.reasons.pop(self._at, None)
        self._set(self._at, Turn.RUNNING)

    def _adopt(self, group: Group) -> None:
        """Follow another plan, or one that goes on."""
        known = self._items_of(group.id)
        stays = group.id == self._id
        self._id, self.title = group.id, group.name
        if not stays:
            self.runs = tuple(
                FollowedRun(known[index].group or group if index in known else _unknown(group, index))
                for index in range(group.count)
            )
            self.turns = [Turn.SKIPPED] * group.count
            self.paths = [None] * group.count
            self.reasons = {}
        for index, item in known.items():
            self.turns[index] = _turn_of(item)
            self.paths[index] = path_of(self._session.runs_dir, item)
            if item.status == ItemStatus.FAILED:
                self.reasons[index] = item.reason
        self.is_active, self._at = True, -1
        self.is_quiet = not self._queue.is_first
        self.started.emit()
        self.is_quiet = False
        for index, path in enumerate(self.paths):
            if path is not None:
                self.runBegan.emit(index, path)
            self.changed.emit(index)

    @Slot(object, object)
    def _on_began(self, item: Item, path: Path) -> None:
        if self.is_active and _is_of(item, self._id):
            is_known = self.paths[self._at] == path
            self.paths[self._at] = path
            if not is_known:
                self.runBegan.emit(self._at, path)

    @Slot(object)
    def _on_ended(self, item: Item) -> None:
        if self.is_active and _is_of(item, self._id):
            if item.status == ItemStatus.FAILED:
                self.reasons[self._at] = item.reason or self._queue.reasons.get(item.id, "")
            self._set(self._at, _turn_of(item) if item.has_ended else Turn.STOPPED)
            if not any(other.is_due for other in self._items_of(self._id).values()):
                self._end()

    @Slot()
    def _look(self) -> None:
        """Somebody may have left out, taken out or put back a run of the plan that is carried out."""
        if not self.is_active:
            return
        known = self._items_of(self._id)
        for index in range(len(self.runs)):
            if index == self._at:
                continue
            turn = _turn_of(known[index]) if index in known else self.turns[index]
            if index not in known and turn == Turn.WAITING:
                turn = Turn.SKIPPED
            if turn != self.turns[index]:
                self._set(index, turn)

    def _items_of(self, group: str) -> dict[int, Item]:
        """What the queue still holds of a plan, by its place in it."""
        items = self._queue.snapshot.items
        return {item.group.index: item for item in items if item.group and item.group.id == group}

    def _set(self, index: int, turn: Turn) -> None:
        self.turns[index] = turn
        self.changed.emit(index)

    @Slot()
    def _end(self) -> None:
        if not self.is_active:
            return
        self.is_active = False
        for index, turn in enumerate(self.turns):
            if turn == Turn.WAITING:
                self._set(index, Turn.SKIPPED)
        self.ended.emit()


def _is_of(item: Item, group: str) -> bool:
    return item.group is not None and item.group.id == group


def _turn_of(item: Item) -> Turn:
    if item.is_due:
        return Turn.WAITING
    return {
        ItemStatus.RUNNING: Turn.RUNNING,
        ItemStatus.FINISHED: Turn.FINISHED,
        ItemStatus.FAILED: Turn.FAILED,
        ItemStatus.STOPPED: Turn.STOPPED,
    }.get(item.status, Turn.SKIPPED)


def _unknown(group: Group, index: int) -> Group:
    """A run of the plan that is no longer in the queue."""
    from dataclasses import replace

    return replace(group, index=index, variation=f"run {index + 1}")
