"""Loss curves of several runs as inline SVG: no script, no outside file, readable without colour."""

from collections.abc import Sequence
from html import escape
from math import floor, isfinite, log10

from ganengine.values import short_value

Curve = Sequence[tuple[float, float]]

# Colour-blind safe, and none of the colours that mean real, fake or generator: on a light and on a dark ground.
RUN_COLOURS = (
    ("#5b3fb8", "#a996ff"),
    ("#b8336a", "#ff8fb8"),
    ("#7a6a00", "#e0cf5a"),
    ("#4a4a52", "#d4d4dc"),
    ("#8c1c13", "#ff8a75"),
    ("#9a4fc0", "#e09cff"),
)
DASHES = ("", "8 4", "2 3", "10 4 2 4", "14 5")
_WIDTH, _HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 10, 30, 34
_MOST_POINTS = 240


def style_of(index: int) -> tuple[int, str]:
    """Colour (an index into `RUN_COLOURS`) and dash of a run: no two of the first 30 have both in common."""
    return index % len(RUN_COLOURS), DASHES[(index + index // len(RUN_COLOURS)) % len(DASHES)]


def plot(
    title: str,
    names: Sequence[str],
    curves: Sequence[Curve],
    role: str = "",
    *,
    along: str = "Step",
    dots: bool = False,
) -> str:
    """One plot with a curve for each run, as an `<svg>` element.

    Args:
        names: of the runs, for the curves' own titles.
        curves: (step, value), finite and in order; may be empty.
        role: CSS class of the title, for the colour that stands for what is measured.
        along: what the x-axis counts.
        dots: mark each point, for what is measured only now and then.
    """
    x_range, y_range = _ranges(curves)
    label = f"{title}, by {along.lower()}: " + "; ".join(map(_in_words, names, curves))
    parts = [
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">',
        f'<text class="heading {role}" x="{_LEFT}" y="18">{escape(title)}</text>',
        *_frame(x_range, y_range, along),
    ]
    if x_range is None or y_range is None:
        parts.append(f'<text class="empty" x="{_WIDTH / 2}" y="{_HEIGHT / 2}">Nothing measured yet</text>')
    else:
        for index, (name, curve) in enumerate(zip(names, curves, strict=True)):
            parts.append(_line(index, name, thinned(curve), x_range, y_range))
            parts += [_dot(index, x, y, x_range, y_range) for x, y in (thinned(curve) if dots else ())]
    return "\n".join([*parts, "</svg>"])


def swatch(index: int) -> str:
    """A short piece of a run's curve, for legends."""
    colour, dash = style_of(index)
    line = f'<line class="run{colour}" x1="0" y1="6" x2="40" y2="6" stroke-dasharray="{dash}"/>'
    return f'<svg class="swatch" viewBox="0 0 40 12" aria-hidden="true">{line}</svg>'


def smoothed(curve: Curve, weight: float) -> Curve:
    """The bias-corrected exponential moving average (Kingma & Ba 2015, section 3); a weight of 0 changes nothing."""
    points: list[tuple[float, float]] = []
    average = 0.0
    for count, (x, y) in enumerate(curve, start=1):
        average = weight * average + (1 - weight) * y
        points.append((x, average / (1 - weight**count)))
    return points


def thinned(curve: Curve) -> Curve:
    """At most 240 points, each the mean of as many neighbours."""
    size = -(-len(curve) // _MOST_POINTS)
    if size <= 1:
        return curve
    groups = [curve[start : start + size] for start in range(0, len(curve), size)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """About so many round numbers between two values, for an axis."""
    rough = (high - low) / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = -floor(-low / step)
    return [round(number * step, 12) for number in range(first, floor(high / step) + 1)]


Range = tuple[float, float]


def _ranges(curves: Sequence[Curve]) -> tuple[Range | None, Range | None]:
    thin = [thinned(curve) for curve in curves]
    xs = [x for curve in thin for x, _ in curve]
    ys = sorted(y for curve in thin for _, y in curve)
    if not ys:
        return None, None
    spare = len(ys) // 200  # a few spikes must not flatten the rest
    low, high = ys[spare], ys[len(ys) - 1 - spare]
    margin = (high - low) * 0.06 or 0.5
    right = max(xs)
    return (min(0.0, *xs), right if right > 0 else 1.0), (low - margin, high + margin)


def _frame(x_range: Range | None, y_range: Range | None, along: str) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = [f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>']
    for tick in ticks(*y_range) if y_range else ():
        y = _y(tick, y_range)
        parts.append(f'<path class="mark" d="M{_LEFT} {y:.1f}H{right}"/>')
        parts.append(f'<text class="tick y" x="{_LEFT - 6}" y="{y + 4:.1f}">{short_value(tick)}</text>')
    for tick in ticks(*x_range, 4) if x_range else ():
        x = _x(tick, x_range)
        parts.append(f'<text class="tick x" x="{x:.1f}" y="{bottom + 15}">{tick:,.6g}</text>')
    parts.append(f'<text class="tick x" x="{(_LEFT + right) / 2}" y="{_HEIGHT - 4}">{escape(along)}</text>')
    return parts


def _line(index: int, name: str, curve: Curve, x_range: Range, y_range: Range) -> str:
    colour, dash = style_of(index)
    # What lies outside runs along the edge: an SVG's own clipping needs ids that are unique in the page.
    points = " ".join(f"{_x(x, x_range):.1f},{min(max(_y(y, y_range), _TOP), _HEIGHT - _BOTTOM):.1f}" for x, y in curve)
    return (
        f'<polyline class="curve run{colour}" stroke-dasharray="{dash}" points="{points}">'
        f"<title>{escape(name)}</title></polyline>"
    )


def _dot(index: int, x: float, y: float, x_range: Range, y_range: Range) -> str:
    colour, _ = style_of(index)
    place = min(max(_y(y, y_range), _TOP), _HEIGHT - _BOTTOM)
    return f'<circle class="dot run{colour}" cx="{_x(x, x_range):.1f}" cy="{place:.1f}" r="2.5"/>'


def _x(value: float, span: Range | None) -> float:
    assert span is not None
    return _LEFT + (value - span[0]) / (span[1] - span[0]) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, span: Range | None) -> float:
    assert span is not None
    return _HEIGHT - _BOTTOM - (value - span[0]) / (span[1] - span[0]) * (_HEIGHT - _TOP - _BOTTOM)


def _in_words(name: str, curve: Curve) -> str:
    if not curve or not isfinite(curve[-1][1]):
        return f"{name} has none"
    return f"{name} ends at {short_value(curve[-1][1])}"
