"""The settings as they stand in the form, valid or not. Knows no widget."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from ganengine.components import alternatives
from ganengine.config import TrainConfig, component_family, section_declarations, shared_settings
from ganengine.errors import ConfigError
from ganengine.fields import Declaration, Section, is_section

SECTIONS = tuple(name for name, info in TrainConfig.model_fields.items() if is_section(info.annotation))


class Draft:
    """What a person has typed so far.

    A value that cannot be used is kept as it was typed, so that it can be shown and mended.

    Attributes:
        baseline: the preset that the settings are compared with.
    """

    def __init__(self, config: TrainConfig, baseline: TrainConfig | None = None) -> None:
        self._own = {name: value for name, value in config.model_dump().items() if name not in SECTIONS}
        self._values = {section: getattr(config, section).model_dump() for section in SECTIONS}
        self._shelf: dict[tuple[str, str], dict[str, Any]] = {}
        self.baseline = baseline or config

    @property
    def preset(self) -> str:
        """Name of the preset that the settings started from."""
        return str(self._own["preset"])

    def config(self) -> TrainConfig:
        """The settings, frozen.

        Raises:
            ConfigError: with every value that cannot be used.
        """
        return TrainConfig.parse({**self._own, **self._values})

    def section(self, name: str) -> Section | None:
        """One section, frozen; None where a value of its own cannot be used."""
        try:
            return self.section_class(name).model_validate(self._values[name])
        except ValidationError:
            return None

    def problems(self) -> list[tuple[str, str]]:
        """(path, what is wrong) of every value that cannot be used."""
        try:
            self.config()
        except ConfigError as error:
            return error.problems
        return []

    def get(self, path: str) -> Any:
        """The value at a path, as it was typed."""
        section, _, name = path.partition(".")
        return self._values[section][name]

    def set(self, path: str, value: Any) -> None:
        """Take over one value. For a component's kind, see `choose`."""
        section, _, name = path.partition(".")
        self._values[section][name] = value

    def choose(self, section: str, kind: str) -> None:
        """Change a section's kind. Settings that both kinds have stay; the others are as they were left last time."""
        family = component_family(section)
        assert family is not None
        values = self._values[section]
        old = alternatives(family)[values[family.tag]]
        new = alternatives(family)[kind]
        self._shelf[section, old.name()] = values
        remembered = self._shelf.get((section, kind), {})
        own = {name: value for name, value in remembered.items() if name not in old.model_fields}
        self._values[section] = {**converted(old, values, new), **own, family.tag: kind}

    def section_class(self, section: str) -> type[Section]:
        """The class that declares the section's settings: the chosen component, or the plain section."""
        family = component_family(section)
        if family is not None:
            return alternatives(family)[self._values[section][family.tag]]
        annotation = TrainConfig.model_fields[section].annotation
        assert isinstance(annotation, type)
        return annotation

    def declarations(self, section: str) -> Iterator[Declaration]:
        """The settings that the section has now."""
        return section_declarations(section, self.section_class(section))

    def is_active(self, declaration: Declaration) -> bool:
        """Whether a setting has an effect, with its siblings as they are."""
        if declaration.only_when is None:
            return True
        sibling, wanted = declaration.only_when
        section = declaration.path.partition(".")[0]
        return str(self._values[section].get(sibling)).lower() == wanted.lower()

    def reference(self, section: str) -> dict[str, Any]:
        """The preset's values for the section; for another kind than the preset's, what it would have there."""
        preset: Section = getattr(self.baseline, section)
        chosen = self.section_class(section)
        values = preset.model_dump()
        family = component_family(section)
        if family is None or isinstance(preset, chosen):
            return values
        return {**converted(type(preset), values, chosen), family.tag: values[family.tag]}


def converted(old: type[Section], values: dict[str, Any], new: type[Section]) -> dict[str, Any]:
    """All values of the class `new`: its defaults, and from `values` what is shared; they need not be valid."""
    defaults = {name: info.get_default(call_default_factory=True) for name, info in new.model_fields.items()}
    return {**defaults, **shared_settings(old, values, new)}
