"""A family of runs as the lineage shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.views import run_browser_text as text
from studio.views.lineage_view import LineageItem

if TYPE_CHECKING:
    from ganengine.runs.lineage import Node


def lineage_items(root: Node) -> list[LineageItem]:
    """Parents before children; of those, the last to branch off first, so that no branch crosses another run."""
    items: list[LineageItem] = []
    waiting: list[tuple[Node, int]] = [(root, -1)]
    while waiting:  # not recursive: a chain of forks may be long
        node, parent = waiting.pop()
        waiting += [(child, len(items)) for child in node.children]
        items.append(_item(node, parent))
    return items


def _item(node: Node, parent: int) -> LineageItem:
    run = node.summary
    if run is None:
        end = max((child.step for child in node.children), default=node.step)
        tip = f"{node.name} is gone; its forks go on without it."
        return LineageItem(None, text.short_name(node.name), "is gone", node.step, end, parent, tip=tip)
    status = text.status_text(run)
    origin = f"forked at step {node.step:,}" if parent >= 0 else ""
    told = (run.called, run.name if run.title else "", origin, f"{status} at step {run.step:,}", text.best_text(run))
    best = run.best.step if run.best and node.step <= run.best.step <= run.step else None
    return LineageItem(
        run.path,
        " ".join(part for part in (text.number_of(run), run.title or text.short_name(run.name, "")) if part),
        text.best_text(run) or status,
        node.step,
        max(run.step, node.step),
        parent,
        text.status_role(run),
        best,
        "\n".join(part for part in told if part),
    )
