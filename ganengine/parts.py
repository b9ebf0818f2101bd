"""Parts that are active side by side, such as regularizers: one file each, their settings in one flat section.

Where a `Component` is one choice out of many, any number of `Part`s may be on at once. Each module of a family's
package defines one subclass that holds its settings under names of their own, and says from their values whether it
is on::

    class R1(Regularizer):
        r1_gamma: float = setting(0.0, ...)

        def is_on(self) -> bool:
            return self.r1_gamma > 0

`section_of` joins the settings of a whole family into the section that the config, the form and the files show.
"""

from typing import Any, ClassVar, TypeVar

from pydantic import create_model

from ganengine.components import load_family
from ganengine.fields import Section


class Part(Section):
    """Base of all such parts.

    Attributes:
        family: name of the package that holds them.
        order: place of its settings in the section; small numbers come first.
    """

    family: ClassVar[str]
    order: ClassVar[int] = 100

    def is_on(self) -> bool:
        """Whether it has any effect with these settings."""
        raise NotImplementedError


P = TypeVar("P", bound=Part)


def members(base: type[P]) -> list[type[P]]:
    """All parts of a family, in the order of their settings."""
    load_family(base.family)
    return sorted(base.__subclasses__(), key=lambda cls: (cls.order, cls.__name__))


def section_of(base: type[Part], name: str, doc: str) -> type[Section]:
    """A section with the settings of all parts of a family."""
    fields: dict[str, Any] = {
        field: (info.annotation, info) for cls in members(base) for field, info in cls.model_fields.items()
    }
    return create_model(name, __base__=Section, __doc__=doc, __module__=base.__module__, **fields)


def active(base: type[P], section: Section) -> list[P]:
    """The parts that are on with the values of their section."""
    parts = [cls.model_validate({name: getattr(section, name) for name in cls.model_fields}) for cls in members(base)]
    return [part for part in parts if part.is_on()]
