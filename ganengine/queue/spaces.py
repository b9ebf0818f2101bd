"""What a search may vary, and how a trial's choice becomes settings."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from ganengine.config import TrainConfig, all_declarations, component_family
from ganengine.errors import ConfigError
from ganengine.plans import Axis, parse_vary, value_name
from ganengine.values import split_values, toml_value

_DIGITS = 4  # a number that was searched is worth no more


@dataclass(frozen=True)
class Range:
    """Settings that take the same number together, anywhere between two bounds.

    Attributes:
        log: whether each order of magnitude is as likely as any other.
        whole: whether it is a whole number.
    """

    paths: tuple[str, ...]
    low: float
    high: float
    log: bool = False
    whole: bool = False

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values that must be possible."""
        return self.low, self.high


@dataclass(frozen=True)
class Choice:
    """Settings that take the same one of some values together."""

    paths: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values that must be possible."""
        return self.values

    @property
    def texts(self) -> list[str]:
        """Each value as a text, since lists are no categories."""
        return [json.dumps(value) for value in self.values]

    @property
    def is_kind(self) -> bool:
        """Whether it exchanges components, so that other settings exist with one value and not with another."""
        section, _, name = self.paths[0].partition(".")
        family = component_family(section)
        return family is not None and family.tag == name


Space = Range | Choice


def parse_space(text: str) -> Space:
    """Read ``PATH[,PATH]=LOW..HIGH``, with ``:log`` at its end for orders of magnitude, or ``PATH=VALUE,VALUE,…``.

    Raises:
        ConfigError: it is not of this form.
    """
    left, _, right = text.partition("=")
    if ".." not in right or right.lstrip().startswith(("[", '"', "'", "{")):
        axis: Axis = parse_vary(text)
        return Choice(axis.paths, axis.values)
    bounds, colon, scale = right.partition(":")
    low, high = (toml_value(part.strip()) for part in bounds.split("..", 1))
    paths = tuple(split_values(left))
    if not all(paths) or not (_is_number(low) and _is_number(high)) or (colon and scale.strip() != "log"):
        raise ConfigError(left, f"must look like PATH=LOW..HIGH or PATH=LOW..HIGH:log, not {text!r}")
    if not low < high:
        raise ConfigError(left, f"must go from a smaller to a larger number, not from {low} to {high}")
    if colon and low <= 0:
        raise ConfigError(left, f"can go over orders of magnitude only from a number above 0, not from {low}")
    return Range(paths, low, high, log=bool(colon), whole=isinstance(low, int) and isinstance(high, int))


def fitted(spaces: Sequence[Space], base: TrainConfig) -> tuple[Space, ...]:
    """The spaces, each tried at its ends; whole numbers only where the setting is one.

    Raises:
        ConfigError: a setting does not exist or cannot take a value, with any of the kinds that are searched.
    """
    paths = [path for space in spaces for path in space.paths]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise ConfigError(min(twice), "is varied twice")
    kinds = [space for space in spaces if isinstance(space, Choice) and space.is_kind]
    for kind in kinds:
        _tried(kind, [base])
    bases = [_with_kinds(base, kinds, values) for values in product(*(kind.values for kind in kinds))]
    return tuple(space if space in kinds else _tried(space, bases) for space in spaces)


def settings_of(base: TrainConfig, spaces: Sequence[Space], chosen: Sequence[Any]) -> TrainConfig:
    """The base with a value for each space; what does not exist for the kinds that were chosen is left out.

    Raises:
        ConfigError: the values do not go together.
    """
    pairs = list(zip(spaces, chosen, strict=True))
    kinds = {path: value for space, value in pairs if _is_kind(space) for path in space.paths}
    config = base.with_changes(kinds)
    known = {found.path for found in all_declarations(config)}
    others = {path: value for space, value in pairs if not _is_kind(space) for path in space.paths if path in known}
    return config.with_changes(others)


def title_of(spaces: Sequence[Space], chosen: Sequence[Any]) -> str:
    """A trial for people, e.g. "lr 3e-4, SGD"."""
    return ", ".join(value_name(space.paths[0], value) for space, value in zip(spaces, chosen, strict=True))


def rounded(value: float) -> float:
    """A number that a person would type."""
    return float(f"{value:.{_DIGITS}g}")


def fingerprint(spaces: Sequence[Space]) -> list[Mapping[str, Any]]:
    """The spaces as plain values, to tell one search from another."""
    return [{"type": type(space).__name__, **vars(space)} for space in spaces]


def _with_kinds(base: TrainConfig, kinds: Sequence[Choice], values: Sequence[Any]) -> TrainConfig:
    changes = {path: value for kind, value in zip(kinds, values, strict=True) for path in kind.paths}
    try:
        return base.with_changes(changes)
    except ConfigError:
        return base  # these do not go together; each by itself is possible


def _tried(space: Space, bases: Sequence[TrainConfig]) -> Space:
    problem: ConfigError | None = None
    for base in bases:
        try:
            for end in space.ends:
                base.with_changes(dict.fromkeys(space.paths, end))
        except ConfigError as error:
            problem = problem or error
            continue
        types = {found.path: found.annotation for found in all_declarations(base)}
        if isinstance(space, Range) and space.whole and types.get(space.paths[0]) is not int:
            return Range(space.paths, space.low, space.high, space.log)
        return space
    assert problem is not None
    raise problem


def _is_kind(space: Space) -> bool:
    return isinstance(space, Choice) and space.is_kind


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
