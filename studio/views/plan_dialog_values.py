"""What is typed for a setting that is varied, and what is wrong with it. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_origin

from ganengine.config import TrainConfig, all_declarations
from ganengine.errors import ConfigError
from ganengine.fields import Declaration
from ganengine.plans import Axis, Plan, Variation
from ganengine.values import split_values, toml_value
from studio.form.draft import Draft
from studio.form.wording import format_number, number_complaint, read_number, short_title

SEED = "training.seed"
_TWINS = {"generator": "discriminator", "optimizer_g": "optimizer_d"}
_TWINS |= {other: one for one, other in _TWINS.items()}
_PLAYERS = {"generator": "G", "discriminator": "D", "optimizer_g": "G", "optimizer_d": "D"}


@dataclass(frozen=True)
class Field:
    """A setting that can be varied.

    Attributes:
        section: the title of the part of the form that it stands in.
        now: its value in the form.
        twin: the path of the same setting of the other network, or nothing.
        player: whose setting the twin is, "G" or "D".
    """

    declaration: Declaration
    section: str
    now: Any
    twin: str = ""
    player: str = ""

    @property
    def path(self) -> str:
        """Its path."""
        return self.declaration.path

    @property
    def title(self) -> str:
        """Its title in the form; of a component's kind, the section's."""
        return self.declaration.title

    @property
    def full_title(self) -> str:
        """With its section, where that says more."""
        return self.title if self.title == self.section else f"{self.title} · {self.section}"

    @property
    def short_title(self) -> str:
        """Its title beneath its section's."""
        return self.declaration.name.capitalize() if self.title == self.section else self.title

    @property
    def choices(self) -> tuple[tuple[Any, str], ...]:
        """(value, label) of what can be ticked; empty where values are typed."""
        found = self.declaration
        if found.annotation is bool:
            return ((True, "on"), (False, "off"))
        return tuple((value, short_title(found.label_of(value))) for value in found.choices)

    @property
    def is_list(self) -> bool:
        """Whether one value is several numbers, written in brackets."""
        return get_origin(self.declaration.annotation) is tuple

    def text(self, value: Any) -> str:
        """A value as one would type it."""
        if isinstance(value, tuple | list):
            return f"[{', '.join(map(self.text, value))}]"
        return format_number(value) if isinstance(value, int | float) else str(value)

    def matches(self, words: Sequence[str], *, closely: bool = False) -> bool:
        """Whether all words occur in what is said of this setting; `closely`: in its names."""
        found = self.declaration
        names = f"{found.title} {found.path} {self.section}"
        text = names if closely else f"{names} {found.description}"
        return all(word in text.casefold() for word in words)


def fields_of(base: TrainConfig) -> list[Field]:
    """All settings that have an effect, in the form's order."""
    draft = Draft(base)
    known = {found.path: found for found in all_declarations(base) if draft.is_active(found)}
    return [_field(found, base, known) for found in known.values()]


def _field(found: Declaration, base: TrainConfig, known: dict[str, Declaration]) -> Field:
    section, _, name = found.path.partition(".")
    twin = f"{_TWINS.get(section, '')}.{name}"
    return Field(
        found,
        TrainConfig.model_fields[section].title or section,
        base.get(found.path),
        twin if twin in known else "",
        _PLAYERS.get(_TWINS.get(section, ""), ""),
    )


def read_values(field: Field, text: str) -> tuple[tuple[Any, ...], str]:
    """The values in a text, separated by commas, and what is wrong with it, else ""."""
    parts = split_values(text)
    if not text.strip():
        return (), "Type at least one value"
    values: list[Any] = []
    for part in parts:
        value, complaint = _value(field, part)
        if complaint:
            return (), complaint
        if any(value == known and type(value) is type(known) for known in values):
            return (), f"{part} stands there twice"
        values.append(value)
    return tuple(values), ""


def _value(field: Field, text: str) -> tuple[Any, str]:
    annotation = field.declaration.annotation
    if not text:
        return None, "There is nothing between two commas"
    if annotation in (int, float):
        complaint = number_complaint(text, annotation is int)
        return read_number(text, annotation is int), f"Each {complaint}" if complaint else ""
    if field.is_list:
        value = toml_value(text)
        example = f"{field.text(field.now)}, …"
        return value, "" if isinstance(value, list) else f"Put each value in brackets: {example}"
    return text, ""


def complaint_of(base: TrainConfig, paths: Sequence[str], values: Sequence[Any]) -> str:
    """What the setting's own bounds say against one of the values."""
    for value in values:
        try:
            base.with_changes(dict.fromkeys(paths, value))
        except ConfigError as error:
            own = [message for path, message in error.problems if path in paths]
            if own:
                return own[0][:1].upper() + own[0][1:]
    return ""


@dataclass(frozen=True)
class Checked:
    """A plan that was looked at.

    Attributes:
        plan: None where it is none.
        problem: why it is none.
        broken: index of a variation → why it cannot be trained.
    """

    plan: Plan | None
    problem: str
    broken: dict[int, str]

    @property
    def variations(self) -> tuple[Variation, ...]:
        """What would be made."""
        return self.plan.variations if self.plan else ()


def check(base: TrainConfig, axes: Sequence[Axis], seeds: int, title: str) -> Checked:
    """The plan of these axes, each combination with `seeds` seeds."""
    if not axes and seeds == 1:
        return Checked(None, "Tick a setting on the left, or ask for several seeds.", {})
    try:
        plan = Plan.of_axes(base, axes, title) if axes else replace(Plan.of_one(base), title=title or f"{seeds} seeds")
        plan = plan.repeated(seeds)
    except ConfigError as error:
        return Checked(None, f"{error.message[:1].upper()}{error.message[1:]}.", {})
    return Checked(plan, "", dict(_broken(plan)))


def _broken(plan: Plan) -> Iterator[tuple[int, str]]:
    for index, variation in enumerate(plan.variations):
        try:
            plan.base.with_changes(variation.changes)
        except ConfigError as error:
            yield index, str(error)
