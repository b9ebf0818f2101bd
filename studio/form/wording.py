"""How values, bounds and complaints are written for people, and how what people type is read."""

from html import escape
from typing import Any

from ganengine.fields import Declaration


def format_number(value: float) -> str:
    """The shortest text that reads back as the same number, in the C locale: ``0.0002``, ``1e-8``, ``64``."""
    text = repr(value)
    mantissa, marker, exponent = text.partition("e")
    return mantissa.removesuffix(".0") + (f"e{int(exponent)}" if marker else "")


def format_value(value: Any, declaration: Declaration) -> str:
    """A value as text, without its unit."""
    if declaration.choices:
        return declaration.label_of(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, tuple | list):
        return ", ".join(format_number(part) if isinstance(part, int | float) else str(part) for part in value)
    return "nothing" if value in (None, "") else str(value)


def read_number(text: str, whole: bool) -> float | str:
    """The number that `text` stands for in the C locale, or the text itself where it is none."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    if not whole:
        return number
    # 1e4 and 64.0 are whole numbers as well.
    return int(number) if number.is_integer() else text


def number_complaint(text: str, whole: bool) -> str:
    """What to say of a text that is not a number; empty for a number."""
    if not isinstance(read_number(text, whole), str):
        return ""
    kind = "a whole number" if whole else "a number"
    if not text:
        return f"is empty; type {kind}"
    if "," in text and not isinstance(read_number(text.replace(",", "."), False), str):
        without = text.replace(",", "")
        dotted = text.replace(",", ".")
        return f"must be written without a comma, such as {without if whole else dotted}"
    return f"must be {kind}, not {text!r}"


def tooltip(declaration: Declaration) -> str:
    """Rich text, so that it wraps: what the setting is for, and in a second line bounds and default."""
    lines = [declaration.description, f"{_bounds(declaration)} {_default(declaration)}".strip()]
    return "".join(paragraph(line) for line in lines if line)


def paragraph(text: str) -> str:
    """Plain text as rich text, which Qt wraps in a tooltip."""
    return f"<p>{escape(text, quote=False)}</p>"


def _default(declaration: Declaration) -> str:
    return f"Default {format_value(declaration.default, declaration)}."


def _bounds(declaration: Declaration) -> str:
    low, high = declaration.minimum, declaration.maximum
    unit = f" {declaration.unit}" if declaration.unit else ""
    if low is None and high is None:
        return f"In{unit}." if unit else ""
    if low is None or high is None:
        return f"{_side(declaration, low is not None)}{unit}.".capitalize()
    if not declaration.minimum_excluded and not declaration.maximum_excluded:
        return f"From {low:,} to {high:,}{unit}." if isinstance(low, int) else f"From {low:g} to {high:g}{unit}."
    return f"{_side(declaration, True)}, {_side(declaration, False)}{unit}.".capitalize()


def _side(declaration: Declaration, lower: bool) -> str:
    bound = declaration.minimum if lower else declaration.maximum
    excluded = declaration.minimum_excluded if lower else declaration.maximum_excluded
    words = ("more than" if excluded else "at least") if lower else ("less than" if excluded else "at most")
    return f"{words} {bound:,}" if isinstance(bound, int) else f"{words} {bound:g}"


def short_title(title: str) -> str:
    """A component's title without what stands in brackets: ``MLP (dense layers)`` → ``MLP``."""
    return title.partition(" (")[0]
