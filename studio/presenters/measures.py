"""Which plots the measures need that not every training has: penalties, and the quality of the images."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.colours import Role
from studio.views.curves import CurveSpec, Dash
from studio.views.plot_pages import Page, PaneSpec

PENALTY, QUALITY = "penalty/", "eval/"
_LOOKS: tuple[tuple[Role, Dash, str], ...] = (
    ("generator", Dash.SolidLine, "o"),
    ("accent", Dash.DashLine, "s"),
    ("warning", Dash.DashDotLine, "t"),
    ("muted", Dash.DotLine, "d"),
)
# R1 looks at the real images, R2 at the made ones.
_PENALTY_ROLES: dict[str, Role] = {"penalty/r1": "real", "penalty/r2": "fake"}
_SHARES = "shares"


@dataclass(frozen=True)
class _Measure:
    key: str
    name: str
    title: str
    extractor: str
    description: str
    is_share: bool  # between 0 and 1; the others are distances, of which less is better and none is the most


def panes_for(keys: Iterable[str]) -> list[PaneSpec]:
    """A pane for the penalties among the metric keys, and those for the measures of quality; unknown keys are left."""
    known = list(keys)
    penalties = _penalties(sorted(key for key in known if key.startswith(PENALTY)))
    return [*penalties, *_qualities({key for key in known if key.startswith(QUALITY)})]


def _penalties(keys: list[str]) -> list[PaneSpec]:
    from ganengine.parts import members
    from ganengine.regularizers.base import Regularizer

    if not keys:
        return []
    summaries = {part.metric: (part.__doc__ or "").strip().partition("\n")[0] for part in members(Regularizer)}
    curves = tuple(
        CurveSpec(
            key,
            key.removeprefix(PENALTY).upper(),
            summaries.get(key, "Penalty").rstrip("."),
            _PENALTY_ROLES.get(key, _LOOKS[1][0]),
            _LOOKS[index % len(_LOOKS)][1],
        )
        for index, key in enumerate(keys)
    )
    return [PaneSpec("penalties", ("Penalty on D", "Penalty"), curves, log=True)]


def _qualities(keys: set[str]) -> list[PaneSpec]:
    """Each distance has a scale and so a pane of its own; all shares stand in one."""
    groups: dict[str, list[_Measure]] = {}
    for measure in sorted(_measures(), key=lambda measure: measure.is_share):
        if measure.key in keys:
            groups.setdefault(_SHARES if measure.is_share else measure.name, []).append(measure)
    extractors = list(dict.fromkeys(measure.extractor for measures in groups.values() for measure in measures))
    return [_pane(name, measures, extractors) for name, measures in groups.items()]


def _measures() -> list[_Measure]:
    from ganengine.metrics.measures.base import EXTRACTORS, by_key

    return [
        _Measure(
            key,
            metric.name,
            metric.title,
            next(words for name, words in EXTRACTORS.items() if key == metric.key(name)),
            f"{title}. {metric.summary().rstrip('.')}. {'Low' if metric.better == 'lower' else 'High'} is good",
            metric.better == "higher",
        )
        for key, (metric, title) in by_key().items()
    ]


def _pane(name: str, measures: list[_Measure], extractors: list[str]) -> PaneSpec:
    # Numbers of one extractor say nothing beside those of another: each says whose it is.
    several = len(extractors) > 1
    curves = tuple(
        CurveSpec(
            measure.key,
            f"{measure.title} ({measure.extractor})" if several else measure.title,
            measure.description,
            *_LOOKS[index % len(_LOOKS)],
        )
        for index, measure in enumerate(measures)
    )
    shares = name == _SHARES
    what = "Share" if shares else measures[0].title
    return PaneSpec(
        name,
        (what, what),
        curves,
        page=Page.QUALITY,
        page_note="" if several else extractors[0],
        between=(0.0, 1.0) if shares else None,
        smooth=False,
        log=not shares,
    )
