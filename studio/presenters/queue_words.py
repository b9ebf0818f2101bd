"""What is said of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ganengine.queue.items import Item, ItemStatus
from ganengine.runs.directory import RunDirectory
from studio.presenters.queue_list import path_of
from studio.views.queue_view_rows import QueueRow, Standing


def offer_text(root: Path, due: Sequence[Item]) -> str:
    """What waits after a start, e.g. "00003-faces was interrupted and goes on …. 2 runs wait in the queue."."""
    cut_off = [item for item in due if item.interrupted]
    waiting = len(due) - len(cut_off)
    more = "1 run waits" if waiting == 1 else f"{waiting} runs wait"
    parts = [f"{more} in the queue."] if waiting else []
    if len(cut_off) == 1:
        step = _saved(root, cut_off[0])
        goes_on = f"goes on exactly from step {step:,}" if step else "begins again, for it had no checkpoint yet"
        parts.insert(0, f"{cut_off[0].run or cut_off[0].title} was interrupted and {goes_on}.")
    elif cut_off:
        parts.insert(0, f"{len(cut_off)} runs were interrupted and go on from their checkpoints.")
    return " ".join(parts)


def end_text(done: Sequence[Item], left: int) -> str:
    """E.g. "The queue is done: 3 runs have finished, 1 failed."."""
    counts = {status: sum(item.status == status for item in done) for status in ItemStatus}
    parts = [f"{counts[ItemStatus.FINISHED]} finished"]
    parts += [
        f"{counts[status]} {status.value}" for status in (ItemStatus.FAILED, ItemStatus.STOPPED) if counts[status]
    ]
    head = f"The queue stands still: {left} to do" if left else "The queue is done"
    return f"{head}; {', '.join(parts)}." if left else f"{head}: {', '.join(parts)}."


def summary(rows: Sequence[QueueRow], *, held: bool) -> str:
    """The queue in one line, e.g. "1 running, 2 waiting"."""
    active = (Standing.RUNNING, Standing.ELSEWHERE, Standing.INTERRUPTED)
    order = [*active, *(standing for standing in Standing if standing not in active)]
    counts = {standing: sum(row.standing == standing for row in rows) for standing in order}
    parts = [f"{count} {standing.value}" for standing, count in counts.items() if count]
    return ", ".join(parts) + (" · held" if held else "")


def _saved(root: Path, item: Item) -> int:
    """Step of the newest checkpoint of an item's run; 0 without one."""
    path = path_of(root, item)
    return max(RunDirectory(path).checkpoints.steps(), default=0) if path else 0
