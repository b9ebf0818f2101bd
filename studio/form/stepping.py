"""How far the arrow keys move a number.

Learning rates and the like move along a series of round numbers about 1.25 apart, shares (0 to 1) in even steps, powers
of two to the next power of two, and other counts along 1, 1.5, 2, 3, 5, 7, 10.
"""

import math

from ganengine.fields import Declaration

_FINE = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0)
_COARSE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)


def stepped(value: float, up: bool, declaration: Declaration) -> float:
    """The next number above or below; `value` itself where the bounds leave none."""
    whole = declaration.annotation is int
    wanted = _next_whole(int(value), up, declaration) if whole else _next_real(value, up, declaration)
    return _bounded(value, wanted, declaration)


def _next_whole(value: int, up: bool, declaration: Declaration) -> int:
    if not declaration.unit or value < 10 or (value == 10 and not up):
        if value == 8 and up and declaration.unit:
            return 16
        return value + (1 if up else -1)
    if value & (value - 1) == 0:
        return value * 2 if up else value // 2
    return round(_along(_COARSE, value, up))


def _next_real(value: float, up: bool, declaration: Declaration) -> float:
    if declaration.minimum == 0 and declaration.minimum_excluded:
        return _along(_FINE, value, up) if value > 0 else float(declaration.default)
    step = _even_step(declaration)
    if 0 < value < step and not math.isclose(value, step):
        return _along(_FINE, value, up)
    places = value / step
    count = math.floor(places + 1e-9) + 1 if up else math.ceil(places - 1e-9) - 1
    return round(count * step, 12)


def _even_step(declaration: Declaration) -> float:
    if declaration.minimum is None or declaration.maximum is None:
        return 0.1
    return float(10 ** math.floor(math.log10((declaration.maximum - declaration.minimum) / 50)))


def _along(series: tuple[float, ...], value: float, up: bool) -> float:
    """The neighbour of a positive `value` in a series that repeats with each power of ten."""
    exponent = math.floor(math.log10(value))
    places = [float(f"{part}e{power}") for power in (exponent - 1, exponent, exponent + 1) for part in series]
    if up:
        return min(place for place in places if place > value * (1 + 1e-9))
    return max(place for place in places if place < value * (1 - 1e-9))


def _bounded(value: float, wanted: float, declaration: Declaration) -> float:
    low, high = declaration.minimum, declaration.maximum
    if high is not None and (wanted > high or (wanted == high and declaration.maximum_excluded)):
        # A number above its bounds comes back to them; one at the edge stays.
        return value if declaration.maximum_excluded or value > high else high
    if low is not None and (wanted < low or (wanted == low and declaration.minimum_excluded)):
        return value if declaration.minimum_excluded or value < low else low
    return wanted
