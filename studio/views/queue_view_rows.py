"""What the queue's list shows of one run."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QImage

from studio.colours import Role


class Standing(StrEnum):
    """How a queued run stands, in the words that the list uses."""

    WAITING = "waiting"
    RUNNING = "running"
    ELSEWHERE = "running elsewhere"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    SKIPPED = "skipped"


# What can be asked of a run that stands so.
MOVABLE = frozenset({Standing.WAITING, Standing.INTERRUPTED})
SKIPPABLE = frozenset({Standing.WAITING, Standing.INTERRUPTED, Standing.RUNNING})
REPEATABLE = frozenset({Standing.FAILED, Standing.STOPPED, Standing.SKIPPED})
REMOVABLE = frozenset(Standing) - {Standing.RUNNING, Standing.ELSEWHERE}
TO_DO = frozenset({Standing.WAITING, Standing.INTERRUPTED})

LOOKS: dict[Standing, tuple[str, Role]] = {
    Standing.WAITING: ("clock", "muted"),
    Standing.RUNNING: ("play", "accent"),
    Standing.ELSEWHERE: ("play", "muted"),
    Standing.INTERRUPTED: ("warning", "warning"),
    Standing.FINISHED: ("check", "muted"),
    Standing.FAILED: ("error", "error"),
    Standing.STOPPED: ("stop", "warning"),
    Standing.SKIPPED: ("skip", "muted"),
}


@dataclass(frozen=True)
class QueueRow:
    """One run of the queue.

    Attributes:
        id: the item's, in the queue.
        title: what it is, e.g. "RMSprop".
        plan: what it belongs to, e.g. "Compare optimizers · 2 of 3".
        note: how far it is, or why it failed.
        done: the part that is done, 0 to 1, while it runs; else None.
        folder: its run's folder, once it began.
        tip: its settings in short.
        pictures: some of its newest images.
    """

    id: str
    title: str
    plan: str
    standing: Standing
    note: str = ""
    done: float | None = None
    folder: str = ""
    tip: str = ""
    pictures: tuple[QImage, ...] = ()
