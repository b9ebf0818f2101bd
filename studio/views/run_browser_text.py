"""What the run browser says of a run, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio.colours import Role

if TYPE_CHECKING:
    from ganengine.runs.summary import RunSummary

_UNFINISHED = frozenset({"running", "paused"})
_ROLES: dict[str, Role] = {"running": "accent", "paused": "warning", "finished": "generator", "failed": "error"}


def number_of(run: RunSummary) -> str:
    """``#7``; nothing for a folder without a number."""
    return f"#{run.number}" if run.number else ""


def short_name(folder: str, mark: str = "#") -> str:
    """``#7 mnist-simple`` for the folder ``00007-mnist-simple``; without a mark, ``mnist-simple``."""
    digits, _, rest = folder.partition("-")
    if not digits.isdecimal() or not rest:
        return folder
    return f"{mark}{int(digits)} {rest}" if mark else rest


def line_of(run: RunSummary) -> str:
    """What stands under the name: its folder where it has a title, and what it varies in its plan."""
    varied = run.group.variation if run.group else ""
    folder = run.name if run.title else ""
    return " · ".join(part for part in (folder, varied, "archived" if run.archived else "") if part)


def status_of(run: RunSummary) -> str:
    """How it stands: ``running``, ``finished``, …, or ``damaged``."""
    return "damaged" if run.damage else run.status


def status_text(run: RunSummary) -> str:
    """How it stands, and how far it is where that says something."""
    status = status_of(run)
    done = share_done(run)
    return f"{status} {done:.0%}" if status in _UNFINISHED and done is not None else status


def status_role(run: RunSummary) -> Role:
    """The colour that stands for how it stands."""
    return "error" if run.damage else _ROLES.get(run.status, "muted")


def share_done(run: RunSummary) -> float | None:
    """How much of its steps is done, 0 to 1; None where it is not known."""
    return min(1.0, run.step / run.total_steps) if run.total_steps else None


def steps_text(run: RunSummary) -> str:
    """``1,200 of 3,000``; only how many where all are done."""
    if not run.total_steps or run.step >= run.total_steps:
        return f"{run.step:,}"
    return f"{run.step:,} of {run.total_steps:,}"


def best_text(run: RunSummary) -> str:
    """The best that was measured, short: ``FID 19.4``, whatever computed the features."""
    return f"{run.best.title.partition(' (')[0]} {number(run.best.value)}" if run.best else ""


def parent_text(run: RunSummary) -> str:
    """Where it was forked from: ``#3 at 2,000``."""
    if run.parent is None:
        return ""
    digits = run.parent.run.partition("-")[0]
    origin = f"#{int(digits)}" if digits.isdecimal() else run.parent.run
    return f"{origin} at {run.parent.step:,}"


def number(value: float) -> str:
    """Four digits or so: 0.0312, 3.21, 19.4, 1,240."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) < 1 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """A time span in its two largest units: 42 s, 3 min 5 s, 1 h 2 min, 2 d 3 h."""
    whole = max(0, round(seconds))
    for size, unit, smaller, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest} {small_unit}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def moment(when: datetime | None, now: datetime | None = None) -> str:
    """A time as people say it: today 14:03, yesterday 9:12, 3 Nov 14:03, 3 Nov 2024."""
    if when is None:
        return ""
    there, here = when.astimezone(), (now or datetime.now().astimezone()).astimezone()
    clock = f"{there.hour}:{there.minute:02d}"
    if there.date() == here.date():
        return f"today {clock}"
    if there.date() == here.date() - timedelta(days=1):
        return f"yesterday {clock}"
    day = f"{there.day} {there:%b}"
    return f"{day} {clock}" if there.year == here.year else f"{day} {there.year}"


def counted(count: int, thing: str) -> str:
    """``1 run``, ``1,200 runs``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a line of text: words between commas, each once."""
    return tuple(dict.fromkeys(tag for tag in (part.strip() for part in text.split(",")) if tag))
