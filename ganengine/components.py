"""Discovery of the exchangeable parts: a new loss, network, optimizer or data source is one new file.

A *family* is a package (say `ganengine.losses`) and a base class. Each module of the package defines subclasses that
fix the discriminating field to one literal, hold their own settings as fields, and build the part from them::

    class Hinge(Loss):
        \"\"\"Hinge loss: what a reader should know of it in one sentence.\"\"\"

        kind: Literal["hinge"] = "hinge"

Nothing else has to be told of it: the form, the command line and the file format find it here.
"""

import importlib
import pkgutil
from functools import cache
from inspect import cleandoc
from typing import Any, ClassVar, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ganengine.fields import Section


class Component(Section):
    """Base of all exchangeable parts.

    Attributes:
        family: name of the package that holds the alternatives.
        tag: name of the field that tells them apart.
        title: what people call this part; the docstring's first line is its explanation.
    """

    family: ClassVar[str]
    tag: ClassVar[str] = "kind"
    title: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """The literal that selects this component, e.g. ``adam``."""
        literal: str = get_args(cls.model_fields[cls.tag].annotation)[0]
        return literal

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring: one sentence for tooltips and lists."""
        return cleandoc(cls.__doc__ or "").partition("\n")[0]

    def problems(self) -> dict[str, str]:
        """Settings that do not go together: field name → what is wrong and what to do. Empty if all is well."""
        return {}


C = TypeVar("C", bound=Component)


@cache
def load_family(package: str) -> None:
    """Import every module of a package, so that what they define is known."""
    parent = importlib.import_module(package)
    for module in pkgutil.iter_modules(parent.__path__):
        importlib.import_module(f"{package}.{module.name}")


def alternatives(base: type[C]) -> dict[str, type[C]]:
    """All components of a family by name, alphabetically."""
    load_family(base.family)
    found: dict[str, type[C]] = {}
    waiting = base.__subclasses__()
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        if get_args(cls.model_fields[cls.tag].annotation):
            found[cls.name()] = cls
    return dict(sorted(found.items()))


class Chosen:
    """Annotation of a field that holds any one component of the annotated family."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {name: handler.generate_schema(cls) for name, cls in alternatives(source).items()}
        return core_schema.tagged_union_schema(choices, discriminator=source.tag)
