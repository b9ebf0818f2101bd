"""What the queue's list says of each run: from the queue, the run's files, and the training that runs here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from ganengine.errors import GanEngineError
from ganengine.events import Progress, SamplesEvent
from ganengine.queue.items import Item, ItemStatus
from ganengine.queue.store import Queue
from studio.presenters.queue import QueuePresenter
from studio.presenters.queue_list import path_of
from studio.presenters.status import duration
from studio.session import Session, SessionState
from studio.tasks import BackgroundTasks
from studio.views.queue_view_delegate import PICTURE, PICTURES
from studio.views.queue_view_rows import QueueRow, Standing

if TYPE_CHECKING:
    from ganengine.config import TrainConfig

_SHARP = 2  # pixels a point, for any screen
_OLD_S = 3.0  # after so long, what another program trains is looked at again

_ENDED = {
    ItemStatus.FINISHED: Standing.FINISHED,
    ItemStatus.FAILED: Standing.FAILED,
    ItemStatus.STOPPED: Standing.STOPPED,
    ItemStatus.SKIPPED: Standing.SKIPPED,
}


@dataclass(frozen=True)
class Facts:
    """What the files say of an item.

    Attributes:
        length: how long it is trained at most, in words.
        tip: its settings in short.
        step, total, seconds: how far its run is; 0 where it is not known.
        saved: step of its newest checkpoint; 0 without one.
        pictures: some of its newest images.
    """

    length: str = ""
    tip: str = ""
    step: int = 0
    total: int = 0
    seconds: float = 0.0
    saved: int = 0
    pictures: tuple[QImage, ...] = ()


Key = tuple[str, str, str, bool, str]


class QueueRows(QObject):
    """Makes the rows; what must be read for them is read in the background.

    Signals:
        changed(): there is more to say than before.
    """

    changed = Signal()

    def __init__(self, session: Session, queue: QueuePresenter, tasks: BackgroundTasks) -> None:
        super().__init__(queue)
        self._session, self._queue, self._tasks = session, queue, tasks
        self._facts: dict[str, tuple[Key, Facts]] = {}
        self._reading: set[str] = set()
        self._progress: Progress | None = None
        self._pictures: tuple[QImage, ...] = ()
        self._is_drawing = False
        self._looked = 0.0
        session.progressed.connect(self._on_progress)
        session.samplesArrived.connect(self._on_samples)
        queue.taken.connect(self._forget_progress)
        queue.ended.connect(self._forget_progress)

    def rows(self) -> list[QueueRow]:
        """A row for each item; reading begins for those of which something is not known."""
        items = self._queue.snapshot.items
        self._facts = {item.id: self._facts[item.id] for item in items if item.id in self._facts}
        self._read([item for item in items if self._is_unknown(item)])
        return [self._row(item) for item in items]

    def standing(self, item: Item) -> Standing:
        """How an item stands."""
        if item.interrupted:
            return Standing.INTERRUPTED
        if item.status == ItemStatus.RUNNING:
            return Standing.RUNNING if self._queue.is_mine(item) else Standing.ELSEWHERE
        return _ENDED.get(item.status, Standing.WAITING)

    def _row(self, item: Item) -> QueueRow:
        standing = self.standing(item)
        _, facts = self._facts.get(item.id, (None, Facts()))
        row = QueueRow(
            id=item.id,
            title=item.title,
            plan=_plan(item),
            standing=standing,
            note=_note(item, standing, facts),
            folder=item.run,
            tip=facts.tip,
            pictures=facts.pictures,
        )
        if standing == Standing.RUNNING:
            return replace(row, **self._live(facts))
        if standing == Standing.ELSEWHERE and facts.total:
            return replace(row, done=facts.step / facts.total)
        return row

    def _live(self, facts: Facts) -> dict[str, Any]:
        """What the training here adds to its row."""
        told = self._progress
        if told is None:
            state = "Starting…" if self._session.state == SessionState.STARTING else "Running"
            return {"note": state, "done": 0.0, "pictures": self._pictures or facts.pictures}
        note = f"{told.step:,} of {told.total_steps:,} steps"
        if self._session.state == SessionState.PAUSED:
            note += " · paused"
        elif told.seconds_left is not None:
            note += f" · {duration(told.seconds_left)} left"
        return {
            "note": note,
            "done": told.step / max(told.total_steps, 1),
            "pictures": self._pictures or facts.pictures,
        }

    # -- from the training ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        if self._queue.claimed:
            self._progress = event
            self.changed.emit()

    @Slot(object)
    def _on_samples(self, event: SamplesEvent) -> None:
        if self._queue.claimed and not self._is_drawing:
            self._is_drawing = True
            self._tasks.run(lambda: small(event.path), self._take_pictures, lambda error: self._take_pictures(()))

    def _take_pictures(self, pictures: tuple[QImage, ...]) -> None:
        self._is_drawing = False
        if self._queue.claimed and pictures:
            self._pictures = pictures
            self.changed.emit()

    @Slot()
    def _forget_progress(self) -> None:
        self._progress = None
        self._pictures = ()

    # -- from files ----------------------------------------------------------------------------------------------------

    def _is_unknown(self, item: Item) -> bool:
        if item.id in self._reading:
            return False
        is_old = self.standing(item) == Standing.ELSEWHERE and time.monotonic() - self._looked > _OLD_S
        return is_old or self._facts.get(item.id, ((), None))[0] != _key(item)

    def _read(self, items: Sequence[Item]) -> None:
        if not items:
            return
        self._looked = time.monotonic()
        self._reading |= {item.id for item in items}
        queue = self._queue.queue
        known = {item.id: self._facts[item.id][1] for item in items if item.id in self._facts}
        self._tasks.run(
            lambda: {item.id: (_key(item), read_facts(queue, item, known.get(item.id))) for item in items},
            lambda found: self._take(found, items),
            lambda error: self._take({}, items),
        )

    def _take(self, found: dict[str, tuple[Key, Facts]], asked: Sequence[Item]) -> None:
        self._reading -= {item.id for item in asked}
        self._facts |= found or {item.id: (_key(item), Facts()) for item in asked}
        self.changed.emit()


def _key(item: Item) -> Key:
    return (item.status.value, item.run, item.changed, item.interrupted, item.holder)


def read_facts(queue: Queue, item: Item, known: Facts | None) -> Facts:
    """What the files say of an item; `known` is what they said before, of which the settings never change."""
    facts = known or Facts()
    if not facts.tip:
        try:
            config = queue.config(item.id)
        except GanEngineError as error:
            facts = replace(facts, tip=str(error))
        else:
            facts = replace(facts, length=length_of(config), tip=_tip(item, config))
    path = path_of(queue.root, item)
    if path is None:
        return facts
    from ganengine.runs.directory import RunDirectory
    from ganengine.runs.tail import last_record

    run = RunDirectory(path)
    try:
        info = run.info()
        steps = run.sample_steps()
    except (GanEngineError, OSError):
        return facts
    logged, _ = last_record(path / "metrics.jsonl")
    return replace(
        facts,
        step=int(max(_number(info, "step"), _number(logged, "step"))),
        total=int(_number(info, "total_steps")),
        seconds=max(_number(info, "seconds"), _number(logged, "seconds")),
        saved=max(run.checkpoints.steps(), default=0),
        pictures=small(run.sample_path(steps[-1])) if steps else (),
    )


def _number(record: Mapping[str, Any], name: str) -> float:
    value = record.get(name)
    return value if isinstance(value, int | float) else 0


def small(sample: Path) -> tuple[QImage, ...]:
    """A few small images of a sample; none where it cannot be read."""
    from studio.presenters.runs_thumbnails import small_images

    return tuple(small_images(sample, PICTURE * _SHARP)[:PICTURES])


def length_of(config: TrainConfig) -> str:
    """How long a run is trained at most, e.g. "6,000 steps or 10 minutes"."""
    training = config.training
    length = f"{training.epochs:,} epochs" if training.length_in == "epochs" else f"{training.steps:,} steps"
    minutes = config.stopping.minutes
    return f"{length} or {minutes:g} minutes" if minutes else length


def _tip(item: Item, config: TrainConfig) -> str:
    optimizers = dict.fromkeys(part.title for part in (config.optimizer_g, config.optimizer_d))
    lines = [
        item.title,
        f"Preset: {config.preset}",
        f"Images: {config.data.title}",
        f"Optimizers: {' / '.join(optimizers)}",
        f"Length: {length_of(config)}",
        f"Seed: {config.training.seed}",
    ]
    if config.stopping.watches_metric:
        lines.append(f"Stops by: {config.stopping.metric}")
    return "\n".join(lines)


def _plan(item: Item) -> str:
    group = item.group
    if group is None or group.count < 2:
        return item.preset if item.preset != item.title else ""
    return f"{group.name} · {group.index + 1} of {group.count}"


def _note(item: Item, standing: Standing, facts: Facts) -> str:
    match standing:
        case Standing.WAITING:
            return f"goes on at step {facts.saved:,}" if facts.saved else facts.length
        case Standing.INTERRUPTED:
            return f"goes on exactly from step {facts.saved:,}" if facts.saved else "begins again"
        case Standing.ELSEWHERE:
            return f"{facts.step:,} of {facts.total:,} steps" if facts.total else ""
        case Standing.FINISHED:
            done = f"{facts.step:,} steps" if facts.step else ""
            lasted = f"{done} in {duration(facts.seconds)}" if done and facts.seconds else done
            return " · ".join(part for part in (lasted, item.reason) if part)
        case Standing.STOPPED:
            at = f"at step {facts.step:,}" if facts.step else ""
            return " · ".join(part for part in (at, item.reason) if part)
    return item.reason
