"""What can be asked of the queue."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from ganengine.errors import ConfigError, QueueError, RunError
from ganengine.queue.claims import Claim
from ganengine.queue.files import Content, QueueFiles, item_tag, outcome
from ganengine.queue.items import Item, ItemStatus
from ganengine.runs.directory import RunDirectory, list_runs, now

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from ganengine.config import TrainConfig
    from ganengine.plans import Group, PlannedRun

KEPT = 200  # of the runs that ended, so many stay in the list
STUCK = 5  # an item that was so often interrupted at one place does not hold up the others any longer


@dataclass(frozen=True)
class Snapshot:
    """The queue at one moment.

    Attributes:
        items: in their order.
        paused: whether no further item begins by itself.
        notices: one sentence each on what was damaged and what was done about it, until `Queue.forget_notices`.
    """

    items: tuple[Item, ...] = ()
    paused: bool = False
    notices: tuple[str, ...] = ()


class Queue:
    """The queue of a runs root, in `<runs>/.queue/`. All methods may be called from any thread and any process.

    Each may raise `QueueError` (one sentence: there is no such item, it is being trained, a newer version made the
    queue, ...) or `StorageError` (it could not be written).

    Attributes:
        root: the runs root.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files = QueueFiles(root)

    # -- how it stands -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The queue as it is now."""
        content = self._files.read(self._with_interruptions)
        return Snapshot(tuple(content.items), content.paused, tuple(content.notices))

    def items(self) -> tuple[Item, ...]:
        """The items in their order."""
        return self.snapshot().items

    def config(self, item_id: str) -> TrainConfig:
        """An item's settings.

        Raises:
            ConfigError: their file is missing, damaged, or of another version.
        """
        return self._files.read_config(item_id)

    def stamp(self) -> tuple[int, int]:
        """Another one whenever the list changed; not when a process that trained an item died."""
        try:
            stat = self._files.path.stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size

    # -- changing it ---------------------------------------------------------------------------------------------------

    def add(self, planned: Iterable[PlannedRun]) -> tuple[Item, ...]:
        """Put the runs of a plan at the end."""
        return self._add([(run.config, run.group.variation or run.group.name, run.group) for run in planned])

    def add_config(self, config: TrainConfig, title: str = "") -> Item:
        """Put one run that belongs to no plan at the end."""
        (item,) = self._add([(config, title or config.preset, None)])
        return item

    def move(self, item_id: str, place: int) -> None:
        """Put an item to another place; `place` counts all items from 0 on, as they stand afterwards."""
        with self._files.changing() as content:
            item = content.items.pop(content.place_of(item_id))
            content.items.insert(max(0, place), item)

    def remove(self, *item_ids: str) -> None:
        """Take items out of the queue; their runs stay. None is, where one of them is being trained."""
        with self._files.changing() as content:
            items = [content.items[content.place_of(item_id)] for item_id in item_ids]
            for item in items:
                self._check_free(item)
            self._drop(content, items)

    def clear(self) -> Sequence[Item]:
        """Take all that ended out of the queue; returns them. Their runs stay."""
        with self._files.changing() as content:
            ended = [item for item in content.items if item.has_ended]
            self._drop(content, ended)
        return ended

    def skip(self, item_id: str, reason: str = "") -> Item:
        """Pass an item over that waits or was interrupted; `retry` lets it wait again. Returns it as it is then."""

        def skipped(item: Item) -> Item:
            self._check_free(item)
            if item.has_ended:
                raise QueueError(f"Run {item.number} of the queue is over; there is nothing to skip.")
            return replace(item, status=ItemStatus.SKIPPED, reason=reason, holder="")

        return self._change(item_id, skipped)

    def retry(self, item_id: str, *, anew: bool = False) -> Item:
        """Let an item that ended wait once more. Returns it as it is then.

        Args:
            anew: begin a new run, rather than go on from the newest checkpoint of the item's run; one that is
                finished always begins anew.
        """

        def waiting(item: Item) -> Item:
            self._check_free(item)
            run = "" if anew or item.status == ItemStatus.FINISHED else item.run
            return replace(item, status=ItemStatus.WAITING, reason="", holder="", stuck=0, mark=0, run=run)

        return self._change(item_id, waiting)

    def set_paused(self, paused: bool) -> None:
        """Let no further item begin by itself, or again; what is being trained goes on."""
        with self._files.changing() as content:
            content.paused = paused

    def forget_notices(self) -> None:
        """Somebody has read them."""
        with self._files.changing() as content:
            content.notices = []

    # -- carrying it out -----------------------------------------------------------------------------------------------

    def claim_next(self, group: str | None = None, *, even_paused: bool = False) -> Claim | None:
        """The first item that waits, or whose training was interrupted, taken for this process; None without one.

        Items that cannot be begun, for their settings are damaged, are marked as failed and passed over.

        Args:
            group: only items of the plan with this id.
            even_paused: also where the queue is paused.
        """
        if not self._files.folder.is_dir():
            return None
        with self._files.changing() as content:
            self._files.clean()
            if content.paused and not even_paused:
                return None
            for place, item in enumerate(content.items):
                if group is not None and (item.group is None or item.group.id != group):
                    continue
                if item.status in {ItemStatus.WAITING, ItemStatus.RUNNING}:
                    content.items[place], claim = self._claimed(item)
                    if claim:
                        return claim
        return None

    def _claimed(self, item: Item) -> tuple[Item, Claim | None]:
        """How the item stands now, and the claim on it where it could be taken."""
        lock = self._files.lock_of(item.id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return item, None
        try:
            item, claim = self._begun(item, lock)
        except BaseException:
            lock.release()
            raise
        if claim is None:
            lock.release()
        return item, claim

    def _begun(self, item: Item, lock: BaseFileLock) -> tuple[Item, Claim | None]:
        was_interrupted = item.status == ItemStatus.RUNNING
        run = self._run_of(item)
        if run is not None and run.is_active():
            return item, None  # somebody goes on with it by hand
        if was_interrupted and run is not None:
            item = outcome(item, run)  # whoever trained it may have died between the end and saying so
            if item.has_ended:
                return replace(item, holder="", changed=now()), None
        mark = max(run.checkpoints.steps(), default=0) if run else 0
        stuck = item.stuck + 1 if was_interrupted and mark == item.mark else 0
        if stuck >= STUCK:
            reason = f"It was interrupted {stuck} times at the same place. Retry it to begin once more."
            return replace(item, status=ItemStatus.FAILED, reason=reason, holder="", changed=now()), None
        try:
            config = self.config(item.id)
        except ConfigError as error:
            return replace(item, status=ItemStatus.FAILED, reason=str(error), holder="", changed=now()), None
        item = replace(
            item,
            status=ItemStatus.RUNNING,
            run=run.name if run else "",
            reason="",
            attempts=item.attempts + 1,
            changed=now(),
            holder=f"{socket.gethostname()}:{os.getpid()}",
            mark=mark,
            stuck=stuck,
        )
        return item, Claim(self, item, config, run, lock)

    def _run_of(self, item: Item) -> RunDirectory | None:
        """The item's run; also one that was made by a process that was killed before it could say so."""
        if item.run:
            run = RunDirectory(self.root / item.run)
            return run if (run.path / "run.json").is_file() else None
        if item.status != ItemStatus.RUNNING:
            return None
        tag = f"{item.id}/{item.attempts}"
        return next((run for run in reversed(list_runs(self.root)) if item_tag(run) == tag), None)

    def update(self, item_id: str, change: Callable[[Item], Item]) -> None:
        """Change an item that this process has; nothing happens where it is gone from the list."""
        with self._files.changing() as content:
            for place, item in enumerate(content.items):
                if item.id == item_id:
                    content.items[place] = replace(change(item), changed=now())

    # -- inside --------------------------------------------------------------------------------------------------------

    def _add(self, runs: Sequence[tuple[TrainConfig, str, Group | None]]) -> tuple[Item, ...]:
        with self._files.changing() as content:
            added = []
            for config, title, group in runs:
                item_id = f"{content.next:04d}-{secrets.token_hex(2)}"
                added.append(Item(item_id, title, preset=config.preset, group=group, added=now(), changed=now()))
                content.next += 1
            self._files.write_configs([(item, config) for item, (config, _, _) in zip(added, runs, strict=True)])
            content.items += added
            self._thin(content, {group.id for _, _, group in runs if group})
        return tuple(added)

    def _thin(self, content: Content, needed: set[str]) -> None:
        """Forget the oldest items of plans that ended, where there are very many."""
        needed = needed | {item.group.id for item in content.items if item.group and not item.has_ended}
        over = [item for item in content.items if item.has_ended and not (item.group and item.group.id in needed)]
        self._drop(content, sorted(over, key=lambda item: item.id)[:-KEPT])

    def _drop(self, content: Content, items: Sequence[Item]) -> None:
        gone = {item.id for item in items}
        content.items = [item for item in content.items if item.id not in gone]
        for item_id in gone:
            self._files.delete(item_id)

    def _change(self, item_id: str, change: Callable[[Item], Item]) -> Item:
        with self._files.changing() as content:
            place = content.place_of(item_id)
            content.items[place] = replace(change(content.items[place]), changed=now())
            return content.items[place]

    def _check_free(self, item: Item) -> None:
        if item.status == ItemStatus.RUNNING and self._files.is_held(item.id):
            raise QueueError(f"Run {item.number} of the queue is being trained; stop it first.")

    def _with_interruptions(self, items: Sequence[Item]) -> list[Item]:
        return [
            replace(item, interrupted=True)
            if item.status == ItemStatus.RUNNING and not self._files.is_held(item.id)
            else item
            for item in items
        ]


def queue_item(queue: Queue, name: str) -> Item:
    """The item of that number or id.

    Raises:
        QueueError: there is none.
    """
    for item in queue.items():
        if name == item.id or (name.isdecimal() and int(name) == item.number):
            return item
    raise QueueError(f"There is no run {name!r} in the queue; `ganengine queue list` shows it.")


def run_directory(queue: Queue, item: Item) -> RunDirectory | None:
    """The run of an item, where it has begun and is still there."""
    try:
        return RunDirectory.open(queue.root / item.run) if item.run else None
    except RunError:
        return None
