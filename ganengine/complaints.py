"""What pydantic finds wrong, in plain words."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails, PydanticCustomError

MISFIT = "misfit"

_WORDS = {
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "finite_number": "must be a finite number",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "is missing",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "too_short": "needs at least {min_length}",
    "too_long": "has too many values, at most {max_length}",
    "missing": "is missing",
}


def misfit(problems: Sequence[tuple[str, str]]) -> PydanticCustomError:
    """The finding that settings do not go together: (path, message) of each."""
    return PydanticCustomError(MISFIT, "settings do not go together", {"problems": list(problems)})


def in_plain_words(details: ErrorDetails) -> str:
    """What is wrong with a value, e.g. "must be more than 0, not -1"."""
    context = {name: _short(value) for name, value in details.get("ctx", {}).items()}
    given = details.get("input")
    message = _WORDS.get(details["type"])
    plain = message.format(**context) if message else details["msg"].lower()
    if given is None or isinstance(given, dict):
        return plain
    return f"{plain}, not {_short(given) if isinstance(given, float) else repr(given)}"


def _short(value: Any) -> Any:
    """Floats without the .0 that Python writes behind whole numbers."""
    return f"{value:.15g}" if isinstance(value, float) else value
