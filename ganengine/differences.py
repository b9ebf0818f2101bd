"""In what settings several runs differ, and how to say it in a few words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ganengine.config import TrainConfig, all_declarations, changed_paths, component_family
from ganengine.plans import player, value_name
from ganengine.values import short_value

_PIECES = 3  # a label says at most so much of what differs


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs; None stands where a run does not have it."""

    path: str
    title: str
    values: tuple[Any, ...]

    @property
    def is_kind(self) -> bool:
        """Whether it is the choice of a component."""
        section, _, name = self.path.partition(".")
        family = component_family(section)
        return family is not None and name == family.tag

    def text(self, index: int) -> str:
        """One run's value for people: a component by its title."""
        value = self.values[index]
        return value_name(self.path, value) if self.is_kind and value is not None else short_value(value)


def differences(configs: Sequence[TrainConfig | None]) -> tuple[Difference, ...]:
    """The settings that are not the same in all configs, in the form's order; None has none of them."""
    known = [config for config in configs if config is not None]
    differing = {path for one, other in combinations(known, 2) for path in changed_paths(one, other)}
    titles = {found.path: _title(found.path, found.title) for config in known for found in all_declarations(config)}
    order = {section: place for place, section in enumerate(TrainConfig.model_fields)}
    return tuple(
        Difference(path, title, tuple(_value_at(config, path) for config in configs))
        for path, title in sorted(titles.items(), key=lambda item: order[item[0].partition(".")[0]])
        if path in differing
    )


def short_labels(count: int, differing: Sequence[Difference]) -> list[str]:
    """What each of `count` runs differs in, in a few words; empty where it does not."""
    told: dict[tuple[str, str], Difference] = {}
    for difference in sorted(differing, key=lambda found: not found.is_kind):
        # G's and D's settings often differ in the same way: once is enough.
        told.setdefault((_name(difference), repr(difference.values)), difference)
    often = Counter(map(_name, told.values()))
    return [
        ", ".join([_piece(found, index, often) for found in told.values() if found.values[index] is not None][:_PIECES])
        for index in range(count)
    ]


def told_apart(labels: Sequence[str], names: Sequence[str]) -> list[str]:
    """The labels, with the run's number behind those that are not the only ones, or its name where there is none."""
    often = Counter(labels)
    return [
        name if not label else label if often[label] == 1 else f"{label} ({name.partition('-')[0].lstrip('0')})"
        for label, name in zip(labels, names, strict=True)
    ]


def _piece(difference: Difference, index: int, often: Counter[str]) -> str:
    text, whose = value_name(difference.path, difference.values[index]), player(difference.path)
    return f"{whose} {text}" if whose and often[_name(difference)] > 1 else text


def _name(difference: Difference) -> str:
    return difference.path.rpartition(".")[2]


def _title(path: str, title: str) -> str:
    """A setting's title, with whose it is where both players have it."""
    whose = player(path)
    return f"{title} ({whose})" if whose and path.partition(".")[2] not in {"kind"} else title


def _value_at(config: TrainConfig | None, path: str) -> Any:
    section, _, name = path.partition(".")
    return getattr(getattr(config, section, None), name, None)
