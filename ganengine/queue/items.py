"""One entry of the queue. Imports no torch, so that a window can know it early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganengine.plans import Group


class ItemStatus(StrEnum):
    """How an item stands, as written in `queue.json`."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    SKIPPED = "skipped"


ENDED = frozenset({ItemStatus.FINISHED, ItemStatus.FAILED, ItemStatus.STOPPED, ItemStatus.SKIPPED})


@dataclass(frozen=True)
class Item:
    """A run to be made, with how it stands; its settings are read with `Queue.config`.

    Attributes:
        id: e.g. ``0012-a3f9``; also the name of its files in the queue's folder.
        title: for people, e.g. "RMSprop".
        preset: the preset that its settings started from.
        group: the plan that it belongs to, or None.
        run: the folder's name of its run, once it began.
        reason: why it failed, was stopped or skipped; or what is worth knowing of its end.
        attempts: how often it was begun or gone on with.
        added, changed: ISO 8601, UTC.
        holder: who trains it, ``host:process id``, while it runs.
        mark: step of the newest checkpoint when it was last begun.
        stuck: how often in a row it was interrupted before it got past `mark`.
        interrupted: whether it says that it runs and nobody trains it: whoever did crashed or was killed. Seen, not
            stored.
    """

    id: str
    title: str
    status: ItemStatus = ItemStatus.WAITING
    preset: str = ""
    group: Group | None = None
    run: str = ""
    reason: str = ""
    attempts: int = 0
    added: str = ""
    changed: str = ""
    holder: str = ""
    mark: int = 0
    stuck: int = 0
    interrupted: bool = False

    @property
    def number(self) -> int:
        """The number by which people name it."""
        return number_of(self.id)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be done for it by itself."""
        return self.status in ENDED

    @property
    def is_running(self) -> bool:
        """Whether some process trains it now."""
        return self.status == ItemStatus.RUNNING and not self.interrupted

    @property
    def is_due(self) -> bool:
        """Whether it waits for its turn, or to be gone on with after an interruption."""
        return self.status == ItemStatus.WAITING or self.interrupted

    def as_record(self) -> dict[str, Any]:
        """Plain values; `item_of` gives the item back."""
        record = asdict(self)
        del record["interrupted"]
        return record


def item_of(record: Any) -> Item:
    """An item from plain values; what is not known is left out.

    Raises:
        ValueError: they are no item.
    """
    from ganengine.plans import Group

    if not isinstance(record, Mapping):
        raise ValueError("not an object")
    try:
        texts: dict[str, Any] = {name: _text(record.get(name, "")) for name in _TEXTS}
        numbers: dict[str, Any] = {name: _whole(record.get(name, 0)) for name in _NUMBERS}
        group = Group(**record["group"]) if record.get("group") else None
        status = ItemStatus(record.get("status", ItemStatus.WAITING))
    except (TypeError, ValueError) as error:
        raise ValueError(f"not an item: {error}") from error
    if number_of(texts["id"]) < 1 or not texts["id"].replace("-", "").isalnum():
        raise ValueError("not an item: its name is not one")
    return Item(status=status, group=group, **texts, **numbers)


def number_of(name: str) -> int:
    """The number in an item's id or file name; 0 where there is none."""
    number = name.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() else 0


_TEXTS = ("id", "title", "preset", "run", "reason", "added", "changed", "holder")
_NUMBERS = ("attempts", "mark", "stuck")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value
