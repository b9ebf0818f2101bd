"""Values of settings as people type and read them."""

import tomllib
from collections.abc import Iterator
from typing import Any

_PAIRS = {"[": "]", "{": "}"}


def toml_value(text: str) -> Any:
    """What a text means in TOML, or the text itself where it means nothing there."""
    try:
        values = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    value = values["value"]
    return value if len(values) == 1 and isinstance(value, bool | int | float | str | list | dict) else text


def split_values(text: str) -> list[str]:
    """A text at its commas, but not at those within brackets or quotes: ``[1,2],"a,b"`` are two values."""
    return ["".join(part).strip() for part in _parts(text)]


def short_value(value: Any) -> str:
    """A value in few characters: ``1e-4``, ``0.01``, ``on``, ``[128, 256]``."""
    match value:
        case None:
            return "–"
        case bool():
            return "on" if value else "off"
        case float():
            return _short_number(value)
        case list() | tuple():
            return f"[{', '.join(map(short_value, value))}]"
    return str(value)


def _parts(text: str) -> Iterator[list[str]]:
    part: list[str] = []
    closing: list[str] = []
    quote = ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _PAIRS:
            closing.append(_PAIRS[sign])
        elif closing and sign == closing[-1]:
            closing.pop()
        elif sign == "," and not closing:
            yield part
            part = []
            continue
        part.append(sign)
    yield part


def _short_number(value: float) -> str:
    plain = f"{value:.6g}"
    if 0 < abs(value) < 1e-3 or "e" in plain:
        mantissa, _, exponent = f"{value:.5e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return plain
