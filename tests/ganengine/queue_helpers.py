"""Queues of runs that train in milliseconds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ganengine.events import RunStatus
from ganengine.plans import Plan, Variation
from ganengine.queue.claims import Claim
from ganengine.queue.items import Item
from ganengine.queue.store import Queue
from ganengine.runs.directory import RunDirectory
from tests.ganengine.helpers import quick_config


def filled(root: Path, names: str = "abc", changes: Mapping[str, Any] | None = None) -> tuple[Queue, list[Item]]:
    """A queue with one plan, a run for each letter, which differ in their seeds."""
    base = quick_config(changes)
    variations = tuple(Variation(name, {"training.seed": index}) for index, name in enumerate(names))
    queue = Queue(root)
    return queue, list(queue.add(Plan(base, variations, "Letters").runs()))


def titles(queue: Queue) -> str:
    """The items' titles in their order."""
    return "".join(item.title for item in queue.items())


def states(queue: Queue) -> list[str]:
    """How the items stand, in their order."""
    return [item.status.value for item in queue.items()]


def train(claim: Claim) -> RunStatus:
    """Launch it and train."""
    return claim.launch().run()


def runs_of(queue: Queue, items: Sequence[Item]) -> list[RunDirectory]:
    """The items' runs."""
    known = {item.id: item.run for item in queue.items()}
    return [RunDirectory.open(queue.root / known[item.id]) for item in items]


def claimed(queue: Queue, *, even_paused: bool = False) -> Claim:
    """The next item, which there must be."""
    claim = queue.claim_next(even_paused=even_paused)
    assert claim is not None
    return claim
