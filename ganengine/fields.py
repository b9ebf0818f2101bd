"""How a hyperparameter is declared, and how the declarations are read back.

A setting is declared once, with `setting(...)`, in a `Section`. The form, the command line, the TOML file and the
error messages all read it from there, through `declarations`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Applies = Literal["now", "new run"]
Form = Literal["", "path"]


class Section(BaseModel):
    """A frozen group of settings. Unknown names, infinities and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def setting(
    default: Any,
    *,
    title: str,
    description: str,
    unit: str = "",
    applies: Applies = "new run",
    only_when: tuple[str, str] | None = None,
    labels: dict[str, str] | None = None,
    form: Form = "",
    **bounds: Any,
) -> Any:
    """Declare one hyperparameter.

    Args:
        default: its value where nothing else is said.
        title: the label in the form.
        description: the tooltip, in plain words.
        unit: shown after the value, e.g. ``images``.
        applies: ``"now"`` where a running training can take the change between two steps.
        only_when: (sibling name, value) outside of which this setting has no effect and is not shown.
        labels: how the choices of a `Literal` are written for people.
        form: what kind of text it is, where a form can help with it: ``"path"`` is a folder or a file.
        bounds: pydantic's own ``ge``, ``gt``, ``le``, ``lt``.
    """
    extra: dict[str, Any] = {"unit": unit, "applies": applies}
    if only_when:
        extra["only_when"] = list(only_when)
    if labels:
        extra["labels"] = dict(labels)
    if form:
        extra["form"] = form
    return Field(default, title=title, description=description, json_schema_extra=extra, **bounds)


@dataclass(frozen=True)
class Declaration:
    """All that is known of one setting.

    Attributes:
        path: dotted path from the root, e.g. ``optimizer_g.lr``.
        annotation: the Python type, without ``| None``.
        optional: whether None is allowed.
        choices: the values of a `Literal`, else empty.
        minimum, maximum: inclusive or exclusive bounds (see `minimum_excluded`, `maximum_excluded`), or None.
    """

    path: str
    title: str
    description: str
    annotation: Any
    default: Any
    unit: str = ""
    applies: Applies = "new run"
    optional: bool = False
    choices: tuple[Any, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    only_when: tuple[str, str] | None = None
    form: Form = ""
    minimum: float | None = None
    maximum: float | None = None
    minimum_excluded: bool = False
    maximum_excluded: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def label_of(self, choice: Any) -> str:
        """How a choice is written for people."""
        return dict(self.labels).get(str(choice), str(choice))


def declarations(section: type[Section], prefix: str = "") -> Iterator[Declaration]:
    """Yield the declaration of each plain setting of one section, in order; nested sections are left out."""
    for name, info in section.model_fields.items():
        if not is_section(info.annotation):
            yield _declaration(f"{prefix}.{name}" if prefix else name, info)


def is_section(annotation: Any) -> bool:
    """Whether a field's type is itself a group of settings."""
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _declaration(path: str, info: FieldInfo) -> Declaration:
    annotation, optional = _without_none(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    only_when: Any = extra.get("only_when")
    labels: Any = extra.get("labels") or {}
    return Declaration(
        path=path,
        title=info.title or path.rpartition(".")[2].replace("_", " "),
        description=info.description or "",
        annotation=annotation,
        default=info.get_default(call_default_factory=True),
        unit=str(extra.get("unit", "")),
        applies="now" if extra.get("applies") == "now" else "new run",
        optional=optional,
        choices=get_args(annotation) if get_origin(annotation) is Literal else (),
        labels=tuple(labels.items()),
        only_when=(only_when[0], only_when[1]) if only_when else None,
        form="path" if extra.get("form") == "path" else "",
        **_bounds(info),
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    parts = [part for part in get_args(annotation) if part is not NoneType]
    if NoneType in get_args(annotation) and len(parts) == 1:
        return parts[0], True
    return annotation, False


def _bounds(info: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in info.metadata:
        match item:
            case annotated_types.Ge(ge=value):
                found["minimum"] = value
            case annotated_types.Gt(gt=value):
                found |= {"minimum": value, "minimum_excluded": True}
            case annotated_types.Le(le=value):
                found["maximum"] = value
            case annotated_types.Lt(lt=value):
                found |= {"maximum": value, "maximum_excluded": True}
    return found
