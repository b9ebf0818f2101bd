"""The plots of a report: several quantities of one run in each, as inline SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ganengine.events import MetricsEvent
from ganengine.export.comparison_svg import Curve, thinned, ticks
from ganengine.values import short_value

_WIDTH, _HEIGHT = 460, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 46, 36
# As in the studio: told apart by dash, too.
_DASHES = {"real": "", "fake": "7 4", "generator": "9 3 2 3"}
_OTHER_DASHES = ("", "2 3", "14 5", "5 5")
_ROLES = {
    "loss/d_real": "real",
    "loss/d_fake": "fake",
    "loss/g": "generator",
    "prob/real": "real",
    "prob/fake": "fake",
    "grad/g": "generator",
    "lr/g": "generator",
}
_TITLES = {
    "loss/d_real": "D on real",
    "loss/d_fake": "D on fake",
    "loss/d": "D, both",
    "loss/g": "G",
    "prob/real": "real: D(x)",
    "prob/fake": "fake: D(G(z))",
    "grad/g": "G",
    "grad/d": "D",
    "lr/g": "G",
    "lr/d": "D",
    "speed/images_per_s": "images a second",
}
# The first part of a metric's key → the plot's title, in the order of the plots.
_PLOTS = {
    "loss": "Losses",
    "prob": "Answers of D",
    "penalty": "Penalties",
    "grad": "Norm of the gradients",
    "lr": "Learning rates",
    "speed": "Images a second",
}


@dataclass(frozen=True)
class Line:
    """One curve of a plot; `points` are (step, value), finite and in order."""

    title: str
    role: str
    points: Curve


def all_plots(metrics: Sequence[MetricsEvent], evaluations: Mapping[str, str]) -> list[str]:
    """A plot for each group of quantities that were measured, and one for each evaluation.

    Args:
        evaluations: metric key → title.
    """
    curves = _curves(metrics)
    made = []
    for group, title in _PLOTS.items():
        keys = [key for key in curves if key.partition("/")[0] == group]
        if group == "loss" and {"loss/d_real", "loss/d_fake"} <= set(keys):
            keys.remove("loss/d")  # their sum
        if keys:
            keys.sort(key=lambda key: (list(_TITLES).index(key) if key in _TITLES else len(_TITLES), key))
            made.append(plot(title, [Line(_title(key), _ROLES.get(key, "plain"), curves[key]) for key in keys]))
    made += [plot(title, [Line(title, "plain", curves[key])]) for key, title in evaluations.items() if key in curves]
    return made


def plot(title: str, lines: Sequence[Line]) -> str:
    """One plot as an `<svg>` element, with a legend where there is more than one curve."""
    xs, ys = _span([x for line in lines for x, _ in line.points]), _heights(lines)
    ends = "; ".join(f"{line.title} ends at {short_value(float(f'{line.points[-1][1]:.4g}'))}" for line in lines)
    label = escape(f"{title}, by step: {ends}")
    parts = [
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">',
        f'<text class="heading" x="12" y="20">{escape(title)}</text>',
        *(_legend(lines) if len(lines) > 1 else ()),
        *_frame(xs, ys),
        *(_polyline(index, line, xs, ys) for index, line in enumerate(lines)),
        "</svg>",
    ]
    return "\n".join(parts)


def _curves(metrics: Sequence[MetricsEvent]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for point in metrics:
        for key, value in point.values.items():
            if isinstance(value, int | float) and math.isfinite(value):
                found.setdefault(key, []).append((point.step, float(value)))
    return found


def _title(key: str) -> str:
    return _TITLES.get(key) or key.partition("/")[2].replace("_", " ")


Range = tuple[float, float]


def _span(values: Sequence[float]) -> Range:
    low, high = min(0.0, *values, 0.0), max(values)
    return low, high if high > low else low + 1.0


def _heights(lines: Sequence[Line]) -> Range:
    values = sorted(y for line in lines for _, y in thinned(line.points))
    spare = len(values) // 200  # a few spikes must not flatten the rest
    low, high = values[spare], values[len(values) - 1 - spare]
    margin = (high - low) * 0.06 or abs(high) * 0.1 or 0.5
    return low - margin, high + margin


def _legend(lines: Sequence[Line]) -> list[str]:
    parts, left = [], 12.0
    for index, line in enumerate(lines):
        parts.append(
            f'<line class="curve {line.role}" x1="{left:.0f}" y1="33" x2="{left + 22:.0f}" y2="33" '
            f'stroke-dasharray="{_dash(index, line)}"/>'
        )
        parts.append(f'<text x="{left + 27:.0f}" y="37">{escape(line.title)}</text>')
        left += 44 + 6.2 * len(line.title)
    return parts


def _frame(xs: Range, ys: Range) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for tick in ticks(*ys):
        y = _y(tick, ys)
        parts.append(f'<path class="mark" d="M{_LEFT} {y:.1f}H{right}"/>')
        parts.append(f'<text class="tick y" x="{_LEFT - 6}" y="{y + 4:.1f}">{short_value(float(tick))}</text>')
    for tick in ticks(*xs, 4):
        x = _x(tick, xs)
        parts.append(f'<text class="tick middle" x="{x:.1f}" y="{bottom + 15}">{tick:,.6g}</text>')
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>')
    parts.append(f'<text class="muted middle" x="{(_LEFT + right) / 2}" y="{_HEIGHT - 6}">Step</text>')
    return parts


def _polyline(index: int, line: Line, xs: Range, ys: Range) -> str:
    # What lies outside runs along the edge: an SVG's own clipping needs ids that are unique in the page.
    points = " ".join(
        f"{_x(x, xs):.1f},{min(max(_y(y, ys), _TOP), _HEIGHT - _BOTTOM):.1f}" for x, y in thinned(line.points)
    )
    return (
        f'<polyline class="curve {line.role}" stroke-dasharray="{_dash(index, line)}" points="{points}">'
        f"<title>{escape(line.title)}</title></polyline>"
    )


def _dash(index: int, line: Line) -> str:
    return _DASHES.get(line.role, _OTHER_DASHES[index % len(_OTHER_DASHES)])


def _x(value: float, span: Range) -> float:
    return _LEFT + (value - span[0]) / (span[1] - span[0]) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, span: Range) -> float:
    return _HEIGHT - _BOTTOM - (value - span[0]) / (span[1] - span[0]) * (_HEIGHT - _TOP - _BOTTOM)
