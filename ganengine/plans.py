"""Plans: several runs that differ in what somebody wants to compare, from one base."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from ganengine.components import alternatives
from ganengine.config import TrainConfig, component_family
from ganengine.errors import ConfigError
from ganengine.values import short_value, split_values, toml_value

MOST_RUNS = 500


@dataclass(frozen=True)
class Variation:
    """What one run of a plan changes.

    Attributes:
        name: for people, e.g. "RMSprop".
        changes: dotted path → value.
    """

    name: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Axis:
    """Settings that take the same value together, and the values that they take one after the other."""

    paths: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Group:
    """Which plan a run belongs to, as it stands in its `run.json`.

    Attributes:
        id: the same for all runs of one carrying out of a plan.
        name: the plan's title.
        variation: what this run changes, for people.
        index: its place in the plan, from 0 on.
        count: how many runs the plan has.
    """

    id: str
    name: str
    variation: str
    index: int
    count: int


@dataclass(frozen=True)
class PlannedRun:
    """One run to be made."""

    config: TrainConfig
    group: Group


@dataclass(frozen=True)
class Plan:
    """A base and how each run varies it."""

    base: TrainConfig
    variations: tuple[Variation, ...]
    title: str = "Comparison"

    @classmethod
    def of_axes(cls, base: TrainConfig, axes: Sequence[Axis], title: str = "") -> Self:
        """All combinations of the axes' values, the last axis the quickest to change.

        Raises:
            ConfigError: one setting is varied twice, or there are too many combinations.
        """
        return cls(base, _combinations(axes), title or _title(axes))

    @classmethod
    def of_one(cls, base: TrainConfig) -> Self:
        """The base alone, worth a plan where it is `repeated`."""
        return cls(base, (Variation("", {}),), base.preset)

    def repeated(self, times: int) -> Self:
        """Each variation so many times, with seeds that count up from its own.

        Raises:
            ConfigError: the seed is what the plan varies, or there are too many runs.
        """
        if times == 1:
            return self
        if any("training.seed" in variation.changes for variation in self.variations):
            raise ConfigError("training.seed", "is varied already; do not repeat over seeds, too")
        if (count := times * len(self.variations)) > MOST_RUNS:
            raise ConfigError("training.seed", f"these are {count:,} runs; at most {MOST_RUNS} make a plan")
        first = self.base.training.seed
        variations = tuple(
            Variation(
                ", ".join(part for part in (variation.name, f"seed {seed}") if part),
                {**variation.changes, "training.seed": seed},
            )
            for variation in self.variations
            for seed in range(first, first + times)
        )
        return replace(self, variations=variations)

    def configs(self) -> tuple[TrainConfig, ...]:
        """The settings of each run, validated all before the first begins.

        Raises:
            ConfigError: a variation cannot be used; names the setting and the variation.
        """
        return tuple(_varied(self.base, variation) for variation in self.variations)

    def runs(self) -> tuple[PlannedRun, ...]:
        """The runs to be made, as one new group.

        Raises:
            ConfigError: as `configs`.
        """
        identity, count = secrets.token_hex(6), len(self.variations)
        return tuple(
            PlannedRun(config, Group(identity, self.title, variation.name, index, count))
            for index, (variation, config) in enumerate(zip(self.variations, self.configs(), strict=True))
        )


class VariationTable(BaseModel):
    """A `[[compare.variation]]` table: a name, and all that it changes.

    Several settings may share a value: ``"optimizer_g.lr,optimizer_d.lr" = 0.01``; tables may be nested instead of
    dotted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    changes: dict[str, Any]

    def variation(self) -> Variation:
        """The variation with one path a change."""
        return Variation(
            self.name, {path: value for paths, value in _flat(self.changes) for path in split_values(paths)}
        )


class Compare(BaseModel):
    """A preset's `[compare]` table: runs worth setting beside each other.

    Attributes:
        title: what the comparison is called, e.g. "Compare optimizers".
        vary: as `parse_vary` takes them; all combinations.
        variation: runs that each change several settings; either these or `vary`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Compare"
    vary: tuple[str, ...] = ()
    variation: tuple[VariationTable, ...] = ()

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if bool(self.vary) == bool(self.variation):
            raise ValueError("give either vary or [[compare.variation]] tables")
        for text in self.vary:
            try:
                parse_vary(text)
            except ConfigError as error:
                raise ValueError(str(error)) from error
        return self

    def plan(self, base: TrainConfig) -> Plan:
        """The plan for these settings as a base.

        Raises:
            ConfigError: two variations have one name, or one setting is varied twice.
        """
        if self.vary:
            return Plan.of_axes(base, [parse_vary(text) for text in self.vary], self.title)
        variations = tuple(table.variation() for table in self.variation)
        names = [variation.name for variation in variations]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ConfigError("compare", f"two variations are called {min(twice)!r}")
        return Plan(base, variations, self.title)


def parse_vary(text: str) -> Axis:
    """Read ``PATH[,PATH]=VALUE,VALUE,…``, e.g. ``optimizer_g.kind,optimizer_d.kind=sgd,rmsprop,adam``.

    The paths take the same value together. Values are written as in TOML; quotes may be left out.

    Raises:
        ConfigError: it is not of this form.
    """
    left, equals, right = text.partition("=")
    paths = tuple(split_values(left))
    if not equals or not all(paths):
        raise ConfigError("", f"must look like PATH=VALUE,VALUE, e.g. optimizer_g.kind=sgd,adam, not {text!r}")
    written = split_values(right)
    if not all(written):
        raise ConfigError(left, f"has an empty value in {right!r}")
    if len(set(paths)) < len(paths):
        raise ConfigError(left, "names a setting twice")
    values: list[Any] = []
    for value in map(toml_value, written):
        if any(value == known and type(value) is type(known) for known in values):
            raise ConfigError(left, f"has the value {short_value(value)} twice")
        values.append(value)
    return Axis(paths, tuple(values))


def value_name(path: str, value: Any) -> str:
    """One setting's value for people: a component's title, else the setting's name and the value."""
    section, _, name = path.partition(".")
    family = component_family(section)
    if family and name == family.tag and isinstance(value, str):
        known = alternatives(family).get(value)
        return known.title.partition(" (")[0] if known else value
    return f"{(name or section).replace('_', ' ')} {short_value(value)}"


def player(path: str) -> str:
    """Whose setting it is: "G", "D", or nothing where it belongs to neither."""
    section = path.partition(".")[0]
    return {"generator": "G", "optimizer_g": "G", "discriminator": "D", "optimizer_d": "D"}.get(section, "")


def _combinations(axes: Sequence[Axis]) -> tuple[Variation, ...]:
    paths = [path for axis in axes for path in axis.paths]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise ConfigError(min(twice), "is varied twice")
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MOST_RUNS:
        raise ConfigError(paths[0], f"these are {count:,} combinations; at most {MOST_RUNS} runs make a plan")
    told = [axis for axis in axes if len(axis.values) > 1] or axes  # what never changes needs no name
    names = [axis.paths[0].rpartition(".")[2] for axis in told]
    return tuple(
        Variation(
            ", ".join(_name(axis, value, names) for axis, value in zip(axes, values, strict=True) if axis in told),
            {path: value for axis, value in zip(axes, values, strict=True) for path in axis.paths},
        )
        for values in product(*(axis.values for axis in axes))
    )


def _name(axis: Axis, value: Any, names: Sequence[str]) -> str:
    """A value of an axis, with whose it is where another axis varies a setting of the same name."""
    text = value_name(axis.paths[0], value)
    whose = player(axis.paths[0])
    return f"{whose} {text}" if whose and names.count(axis.paths[0].rpartition(".")[2]) > 1 else text


def _title(axes: Sequence[Axis]) -> str:
    """E.g. "SGD, RMSprop and Adam", or for several axes "optimizer and lr compared"."""
    if len(axes) == 1 and len(axes[0].values) <= 6:
        return _listed([value_name(axes[0].paths[0], value) for value in axes[0].values])
    return f"{_listed(list(map(_axis_name, axes)))} compared"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _axis_name(axis: Axis) -> str:
    section, _, name = axis.paths[0].partition(".")
    family = component_family(section)
    return section.partition("_")[0] if family and name == family.tag else (name or section).replace("_", " ")


def _varied(base: TrainConfig, variation: Variation) -> TrainConfig:
    try:
        return base.with_changes(variation.changes)
    except ConfigError as error:
        problems = [(path, f"{message} (in the variation {variation.name})") for path, message in error.problems]
        raise ConfigError(*problems[0], problems) from error


def _flat(changes: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in changes.items():
        path = f"{before}{name}"
        found += _flat(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return found
