"""`TrainConfig`: every hyperparameter of a training, declared once."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Self

import tomli_w
from pydantic import ValidationError, model_validator
from pydantic_core import ErrorDetails

from ganengine.complaints import MISFIT, in_plain_words, misfit
from ganengine.components import Chosen, Component, alternatives
from ganengine.data.sources.base import DataSource
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import ConfigError
from ganengine.fields import Declaration, Section, declarations, is_section, setting
from ganengine.losses.base import Loss
from ganengine.losses.nonsaturating import NonSaturating
from ganengine.metrics.settings import Evaluation
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.discriminators.mlp import MLPDiscriminator
from ganengine.networks.generators.base import Generator
from ganengine.networks.generators.mlp import MLPGenerator
from ganengine.optimizers.adam import Adam
from ganengine.optimizers.base import Optimizer
from ganengine.precision import Compute
from ganengine.schedules.base import Schedule
from ganengine.schedules.constant import Constant
from ganengine.sections import Augment, Recording, Regularization, Training
from ganengine.stopping import Stopping


class TrainConfig(Section):
    """Everything that decides a training. Frozen and validated.

    Equal configs give equal runs on one machine: bit for bit with `compute.deterministic`, else but for rounding.
    """

    preset: str = setting("custom", title="Preset", description="The preset that these settings started from.")
    data: Annotated[DataSource, Chosen()] = setting(
        MNIST5k(), title="Data", description="The real images to learn from."
    )
    generator: Annotated[Generator, Chosen()] = setting(
        MLPGenerator(), title="Generator", description="The network that makes images from random numbers."
    )
    discriminator: Annotated[Discriminator, Chosen()] = setting(
        MLPDiscriminator(), title="Discriminator", description="The network that tells real images from made ones."
    )
    loss: Annotated[Loss, Chosen()] = setting(
        NonSaturating(), title="Loss", description="What each network tries to make small."
    )
    regularization: Regularization = setting(
        Regularization(), title="Regularization", description="What keeps the discriminator from running away."
    )
    augment: Augment = setting(
        Augment(), title="Augmentation", description="Random changes that make few images go a longer way."
    )
    optimizer_g: Annotated[Optimizer, Chosen()] = setting(
        Adam(), title="Generator's optimizer", description="How the generator's weights are updated."
    )
    optimizer_d: Annotated[Optimizer, Chosen()] = setting(
        Adam(), title="Discriminator's optimizer", description="How the discriminator's weights are updated."
    )
    schedule: Annotated[Schedule, Chosen()] = setting(
        Constant(),
        title="Learning rate over time",
        description="How both learning rates change as the training goes on.",
    )
    training: Training = setting(Training(), title="Training", description="How long, and in which portions.")
    compute: Compute = setting(
        Compute(), title="Computing", description="How exactly and how quickly the arithmetic is done."
    )
    evaluation: Evaluation = setting(
        Evaluation(), title="Evaluation", description="How good the generated images are, in figures."
    )
    stopping: Stopping = setting(
        Stopping(), title="Stopping", description="What ends the training before its last step."
    )
    recording: Recording = setting(
        Recording(), title="Recording", description="What is kept on the way, and how often."
    )

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Validate nested plain values.

        Raises:
            ConfigError: with the path and a plain message for every value that cannot be used.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = [problem for details in error.errors() for problem in _problems(details)]
            raise ConfigError(*problems[0], problems) from None

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a TOML text, e.g. a `config.toml`; a preset's own tables are left out.

        Raises:
            ConfigError: it is not TOML, or a value cannot be used.
        """
        return cls.parse(read_toml(text))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a TOML file.

        Raises:
            ConfigError: it cannot be read, is not TOML, or a value cannot be used.
        """
        try:
            return cls.from_toml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("", f"{path} cannot be read: {error}") from error

    def to_toml(self) -> str:
        """The complete settings as TOML; `from_toml` gives the same config back."""
        return tomli_w.dumps(self.model_dump(mode="json"))

    def with_changes(self, changes: Mapping[str, Any]) -> Self:
        """A copy with other values at dotted paths, e.g. ``{"optimizer_g.lr": 1e-4}``.

        Where a component's kind changes, settings that the new kind shares are kept and the others get its defaults.

        Raises:
            ConfigError: a path does not exist or a value cannot be used.
        """
        values = self.model_dump()
        kinds_first = sorted(changes.items(), key=lambda item: not item[0].endswith((".kind", ".source")))
        for path, value in kinds_first:
            _assign(values, path, value)
        return self.parse(values)

    def get(self, path: str) -> Any:
        """The value at a dotted path."""
        value: Any = self
        for name in path.split("."):
            value = getattr(value, name)
        return value

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        problems = [
            (f"{section}.{name}", message)
            for section in _components()
            for name, message in getattr(self, section).problems().items()
        ]
        shape = self.data.image_shape()
        for section in ("generator", "discriminator"):
            if shape and (message := getattr(self, section).problem_with(shape)):
                problems.append((f"{section}.kind", message))
        problems += self._conflicts()
        if problems:
            raise misfit(problems)
        return self

    def _conflicts(self) -> list[tuple[str, str]]:
        """Settings of different sections that exclude each other: (path, message)."""
        if getattr(self.loss, "clip", 0.0) > 0 and getattr(self.regularization, "gp_weight", 0.0) > 0:
            return [("loss.clip", "must be 0 where the gradient penalty is on: use the one or the other")]
        problem = self.stopping.problem(self.evaluation.every)
        return [("stopping.metric", problem)] if problem else []


def read_toml(text: str, *, with_about: bool = False) -> dict[str, Any]:
    """A TOML text as nested values, without a preset's own tables, `[about]` and `[compare]`, unless asked for.

    Raises:
        ConfigError: it is not TOML.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("", f"this is not valid TOML: {error}") from error
    if not with_about:
        values.pop("about", None)
        values.pop("compare", None)
    return values


def all_declarations(config: TrainConfig) -> Iterator[Declaration]:
    """Every plain setting that exists for the kinds chosen in `config`, in the form's order."""
    for name, info in TrainConfig.model_fields.items():
        if is_section(info.annotation):
            yield from section_declarations(name, type(getattr(config, name)))


def section_declarations(section: str, cls: type[Section]) -> Iterator[Declaration]:
    """The declarations of one section of the given class; the choice of a kind lists the whole family."""
    family = component_family(section)
    for found in declarations(cls, section):
        if family and found.name == family.tag:
            known = alternatives(family)
            labels = tuple((name, part.title) for name, part in known.items())
            info = TrainConfig.model_fields[section]
            yield replace(
                found, title=info.title or "", description=info.description or "", choices=tuple(known), labels=labels
            )
        else:
            yield found


def live_paths(config: TrainConfig) -> frozenset[str]:
    """Paths that may change in a running training."""
    return frozenset(found.path for found in all_declarations(config) if found.applies == "now")


def changed_paths(old: TrainConfig, new: TrainConfig) -> dict[str, tuple[Any, Any]]:
    """Path → (old, new) for every setting that differs; None where only one of the two has it."""
    before, after = _flat(old), _flat(new)
    return {
        path: (before.get(path), after.get(path))
        for path in [*before, *(path for path in after if path not in before)]
        if before.get(path) != after.get(path)
    }


def _flat(config: TrainConfig) -> dict[str, Any]:
    return {found.path: config.get(found.path) for found in all_declarations(config)}


def component_family(section: str) -> type[Component] | None:
    """The family of a section whose kind can be chosen, or None for a plain section."""
    info = TrainConfig.model_fields.get(section)
    if info and isinstance(info.annotation, type) and issubclass(info.annotation, Component):
        return info.annotation
    return None


def _components() -> list[str]:
    return [name for name in TrainConfig.model_fields if component_family(name)]


def _assign(values: dict[str, Any], path: str, value: Any) -> None:
    section, _, name = path.partition(".")
    family = component_family(section)
    if not name:
        values[path] = value
    elif family and name == family.tag and values[section][name] != value:
        values[section] = _converted(family, values[section], value)
    elif isinstance(values.get(section), dict):
        values[section][name] = value
    else:
        raise ConfigError(path, _unknown(path))


def shared_settings(old: type[Section], values: Mapping[str, Any], new: type[Section]) -> dict[str, Any]:
    """What stays when a component of the class `old` is exchanged for one of `new`.

    Those settings that both have and that were changed from the old one's defaults: a learning rate that somebody
    typed stays, one that nobody touched becomes what suits the new optimizer, and so does a value that it refuses.
    """
    return {
        name: value
        for name, value in values.items()
        if name in new.model_fields
        and value != old.model_fields[name].get_default(call_default_factory=True)
        and _accepts(new, name, value)
    }


def _accepts(section: type[Section], name: str, value: Any) -> bool:
    try:
        section.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _converted(family: type[Component], old: dict[str, Any], kind: Any) -> dict[str, Any]:
    target = alternatives(family).get(kind) if isinstance(kind, str) else None
    if target is None:
        return {family.tag: kind}
    source = alternatives(family)[old[family.tag]]
    return {**shared_settings(source, old, target), family.tag: kind}


def _problems(details: ErrorDetails) -> list[tuple[str, str]]:
    """(path, plain message) of each thing that one of pydantic's findings says."""
    if details["type"] == MISFIT:
        found: list[tuple[str, str]] = details["ctx"]["problems"]
        return found
    parts = [str(part) for part in details["loc"]]
    # pydantic puts the chosen kind behind the section's name.
    if parts and (family := component_family(parts[0])):
        if details["type"].startswith("union_tag"):
            return [(f"{parts[0]}.{family.tag}", in_plain_words(details))]
        del parts[1:2]
    path = ".".join(part for part in parts if not part.isdigit())
    return [(path, _unknown(path) if details["type"] == "extra_forbidden" else in_plain_words(details))]


def _unknown(path: str) -> str:
    if path in _paths_of_all_kinds():
        return "does not exist for the kind that is chosen"
    near = difflib.get_close_matches(path, [found.path for found in all_declarations(TrainConfig())], n=1)
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _paths_of_all_kinds() -> set[str]:
    return {
        found.path
        for section in _components()
        if (family := component_family(section))
        for cls in alternatives(family).values()
        for found in section_declarations(section, cls)
    }
