"""The tables of a comparison, and which of its measures can be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ganengine.values import short_value
from studio.presenters.compare_tracks import Track
from studio.views.compare_table import Cell
from studio.views.curves import CurveSpec, Dash

if TYPE_CHECKING:
    from ganengine.differences import Difference

Table = tuple[list[Cell], list[list[Cell]]]


def quality_specs(tracks: Sequence[Track]) -> list[CurveSpec]:
    """A plot for each measure of quality that any of the runs has."""
    from ganengine.comparison import better_of

    words = {"lower": " Low is good.", "higher": " High is good.", None: ""}
    return [
        CurveSpec(key, short, f"{title}.{words[better_of(key)]}", "muted", Dash.SolidLine, "o")
        for key, (short, title) in _evaluations(tracks).items()
    ]


def results(tracks: Mapping[int, Track], looks: Mapping[int, int]) -> Table:
    """How far each run came, its last losses, and the best and the last of each measure."""
    from ganengine.alignment import training_time
    from ganengine.comparison import LOSSES

    shown = [tracks[index] for index in looks]
    evaluations = _evaluations(shown)
    best = {key: [_best(track, key) for track in shown] for key in evaluations}
    winners = {key: _winner(key, [value for value, _ in found]) for key, found in best.items()}
    head = [
        Cell("Run"),
        Cell("Status"),
        Cell("Steps", is_number=True),
        Cell("Time", "Time spent training", is_number=True),
        *(Cell(title, f"{title}: the newest loss", is_number=True) for title in LOSSES.values()),
        *(
            cell
            for short, title in evaluations.values()
            for cell in (
                Cell(f"{short}, best", f"{title}: the best value", is_number=True),
                Cell("last", f"{title}: the newest value", is_number=True),
            )
        ),
    ]
    rows = []
    for number, (look, track) in enumerate(zip(looks.values(), shown, strict=True)):
        row = [
            Cell(track.label, f"{track.label}\n{track.name}", look=look),
            Cell(track.status, track.why or track.status, is_failure=track.has_failed),
            Cell(f"{track.step:,}" if track.step else "–", is_number=True),
            Cell(training_time(track.seconds) if track.seconds else "–", is_number=True),
            *(Cell(number_text(_last(track, key)), is_number=True) for key in LOSSES),
        ]
        for key, found in best.items():
            value, step = found[number]
            tip = "" if step is None else f"At step {step:,}"
            is_best = number == winners[key]
            row.append(Cell(number_text(value), f"{tip}: the best of all" if is_best else tip, None, is_best, True))
            row.append(Cell(number_text(_last(track, key)), is_number=True))
        rows.append(row)
    return head, rows


def settings(tracks: Mapping[int, Track], looks: Mapping[int, int]) -> Table:
    """The settings that are not the same in all runs that are shown, as they began."""
    from ganengine.differences import differences

    found = differences([tracks[index].config for index in looks])
    head = [Cell("Setting"), *(Cell(tracks[index].label, tracks[index].name, look) for index, look in looks.items())]
    return head, [_setting(difference, len(looks)) for difference in found]


def _setting(difference: Difference, count: int) -> list[Cell]:
    return [Cell(difference.title, difference.path), *(Cell(difference.text(index)) for index in range(count))]


def number_text(value: float | None) -> str:
    """A measured value in few characters; a dash where there is none."""
    return "–" if value is None else short_value(float(f"{value:.4g}"))


def _evaluations(tracks: Sequence[Track]) -> dict[str, tuple[str, str]]:
    """Metric key → short and full title; the short one says who measured only where that is not always the same."""
    from ganengine.comparison import evaluations_among

    titles = evaluations_among(key for track in tracks for key in track.history.keys)
    several = len({title.partition(" (")[2] for title in titles.values()}) > 1
    return {key: (title if several else title.partition(" (")[0], title) for key, title in titles.items()}


def _last(track: Track, key: str) -> float | None:
    _, values = track.history.column(key)
    return float(values[-1]) if len(values) else None


def _best(track: Track, key: str) -> tuple[float | None, int | None]:
    """The best value, and where it was first reached."""
    from ganengine.comparison import better_of

    steps, values = track.history.column(key)
    better = better_of(key)
    if not len(values) or better is None:
        return None, None
    place = int(values.argmin() if better == "lower" else values.argmax())
    return float(values[place]), int(steps[place])


def _winner(key: str, values: Sequence[float | None]) -> int | None:
    from ganengine.comparison import better_of

    known = [(value, place) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    return (min(known) if better_of(key) == "lower" else max(known))[1]
