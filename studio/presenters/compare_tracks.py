"""What a comparison knows of its runs, and which of them it shows. Knows no widget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganengine.events import RunStatus
from studio.views.compare_timeline import TICKS_A_SECOND, Counts
from studio.views.series import History, MetricsRow

if TYPE_CHECKING:
    from ganengine.config import TrainConfig

_TOLERANCE = 1e-6


@dataclass
class Track:
    """One run, as far as it is known.

    Attributes:
        label: what it differs in.
        path: its directory, once there is one.
        config: the settings it began with, once they were read.
        steps: where it has samples, in order.
        status, why: how it stands, and why where it failed.
        step, total: how far it is, and how far it is to go; 0 where that is not known.
        trained: seconds spent training, as its file says.
        unread: whether what its files hold is still to come; then rows that were told meanwhile are kept in `told`.
    """

    label: str
    path: Path | None = None
    config: TrainConfig | None = None
    history: History = field(default_factory=History)
    steps: list[int] = field(default_factory=list)
    status: str = ""
    why: str = ""
    step: int = 0
    total: int = 0
    trained: float = 0.0
    unread: bool = False
    told: list[MetricsRow] = field(default_factory=list)
    _places: list[int] = field(default_factory=list, repr=False)
    _places_for: tuple[object, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The folder's name; nothing before it has one."""
        return self.path.name if self.path else ""

    @property
    def has_failed(self) -> bool:
        """Whether something went wrong."""
        return self.status == RunStatus.FAILED

    @property
    def standing(self) -> str:
        """E.g. "running · step 51 of 60 · 00001-faces"."""
        place = f"step {self.step:,}" if self.step else ""
        if place and self.total and self.status in {RunStatus.RUNNING, RunStatus.PAUSED}:
            place += f" of {self.total:,}"
        status = f"{self.status}: {self.why}" if self.why else self.status
        return " · ".join(part for part in (status, place, self.name) if part)

    # -- what it tells -------------------------------------------------------------------------------------------------

    def hear(self, points: Sequence[Any]) -> None:
        """It told of new rows."""
        new = rows_of(points)
        self.history.extend(new)
        if self.unread:
            self.told += new
        self.step = max(self.step, new[-1].step if new else 0)

    def sampled(self, step: int, dropped: Collection[int] = ()) -> None:
        """It made images; those of later steps are no longer true where it went back to an earlier one."""
        self.steps = [*(known for known in self.steps if known < step and known not in dropped), step]

    def read(self, points: Sequence[Any], added: Sequence[int], dropped: Iterable[int], *, anew: bool) -> None:
        """Its files hold these rows and samples more; `anew`: what was known before is no longer true."""
        new = rows_of(points)
        if anew or self.unread:
            self.history.clear()
            last = new[-1].step if new else -1
            new += [row for row in self.told if row.step > last]
            # Of the steps that were told before, some may have been thinned out.
            self.steps = [] if anew else [step for step in self.steps if step > max(added, default=-1)]
        self.unread, self.told = False, []
        self.history.extend(new)
        self.steps = sorted({*self.steps, *added} - set(dropped))

    def stands(self, info: dict[str, Any]) -> None:
        """Its `run.json` says this."""
        self.status, self.why = str(info.get("status") or ""), str(info.get("message") or "")
        self.step = max(_whole(info.get("step")), self._last_step())
        self.total = _whole(info.get("total_steps"))

    def _last_step(self) -> int:
        span = self.history.span()
        return int(span[1]) if span else 0

    # -- moments -------------------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Time spent training so far."""
        span = self.history.span("minute")
        return max(span[1] * 60 if span else 0.0, self.trained)

    def seconds_at(self, step: int) -> float:
        """Time spent training until a step."""
        return self.history.place_of(step, "minute") * 60 if step else 0.0

    def sample_at(self, counts: Counts, place: int) -> int | None:
        """The newest sample up to a place on the timeline."""
        found = bisect_right(self.places(counts), place)
        return self.steps[found - 1] if found else None

    def places(self, counts: Counts) -> list[int]:
        """Where its samples are on the timeline, in order."""
        if counts == "step":
            return self.steps
        known = (len(self.history), self.history.span(), len(self.steps), *self.steps[-1:])
        if known != self._places_for:
            # A film asks for them many times a second.
            self._places_for = known
            self._places = [ceil(self.seconds_at(step) * TICKS_A_SECOND - _TOLERANCE) for step in self.steps]
        return self._places

    def cursor_of(self, step: int, counts: Counts) -> float:
        """Where a step is in the plots: as a step, or in minutes."""
        return float(step) if counts == "step" else self.seconds_at(step) / 60


class Choice:
    """Which of all runs are shown, and the colour and dash of each, which it keeps for as long as it is shown.

    Attributes:
        looks: run → number of its colour and dash, in the runs' order.
    """

    def __init__(self, count: int, most: int) -> None:
        self._most = most
        self.looks = {index: index for index in range(min(count, most))}

    def toggle(self, index: int, *, on: bool) -> None:
        """Show a run, unless there is no room for it, or leave it out."""
        if not on:
            self.looks.pop(index, None)
        elif index not in self.looks and len(self.looks) < self._most:
            free = next(look for look in range(self._most) if look not in self.looks.values())
            self.looks = dict(sorted({**self.looks, index: free}.items()))


def places_of(tracks: Iterable[Track], counts: Counts) -> list[int]:
    """All moments at which any of them has images, in order."""
    return sorted({place for track in tracks for place in track.places(counts)})


def newest_shared(tracks: Sequence[Track], counts: Counts) -> int:
    """The newest moment at which all have images; one that failed before it does not hold the others back."""
    sampled = [track for track in tracks if track.steps]
    counted = [track for track in sampled if not track.has_failed] or sampled
    if counts == "step":
        shared = set.intersection(*(set(track.steps) for track in counted)) if counted else set()
        if max(shared, default=0):
            return max(shared)
    return min((track.places(counts)[-1] for track in counted), default=0)


def rows_of(points: Sequence[Any]) -> list[MetricsRow]:
    """Metrics events as rows of a history."""
    return [MetricsRow(point.step, point.epoch, point.images, point.seconds, point.values) for point in points]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
