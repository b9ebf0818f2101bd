"""One editor a type of setting.

Each is an ordinary Qt control whose object name is the setting's path, with on top of it:

    edited        signal: the person changed the value, perhaps half-way through typing
    committed     signal: the person is done: Enter, focus left, a step, a choice
    value()       what it shows; text that is not a number comes back as that text
    set_value(v)  show a value; neither signal is emitted
    complaint()   what is wrong with a text that is no value at all, else ""
    stops()       the widgets that the Tab key stops at
"""

from typing import Any, get_args, get_origin

from ganengine.fields import Declaration
from studio.form.editors.choice import ChoiceEditor
from studio.form.editors.device import DeviceEditor
from studio.form.editors.number import NumberEditor
from studio.form.editors.path import PathEditor
from studio.form.editors.sequence import SequenceEditor
from studio.form.editors.switch import SwitchEditor
from studio.form.editors.text import TextEditor
from studio.form.editors.tuples import TupleEditor
from studio.form.wording import tooltip

Editor = ChoiceEditor | NumberEditor | SequenceEditor | SwitchEditor | TextEditor | TupleEditor


def editor_for(declaration: Declaration, summaries: dict[str, str] | None = None) -> Editor:
    """The editor for a setting, named and explained.

    Args:
        declaration: the setting.
        summaries: tooltips of its choices.
    """
    editor = _made(declaration, summaries or {})
    editor.setObjectName(declaration.path)
    editor.setAccessibleName(declaration.title)
    editor.setAccessibleDescription(declaration.description)
    editor.setToolTip(tooltip(declaration))
    return editor


def _made(declaration: Declaration, summaries: dict[str, str]) -> Editor:
    annotation: Any = declaration.annotation
    if declaration.path == "training.device":
        return DeviceEditor(declaration)
    if declaration.choices:
        return ChoiceEditor(declaration, summaries)
    if annotation is bool:
        return SwitchEditor()
    if annotation in (int, float):
        return NumberEditor(declaration)
    if get_origin(annotation) is tuple:
        return SequenceEditor(declaration) if Ellipsis in get_args(annotation) else TupleEditor(declaration)
    return PathEditor(declaration) if declaration.form == "path" else TextEditor(declaration)
