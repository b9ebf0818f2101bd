"""A fixed count of numbers, such as Adam's betas."""

from dataclasses import replace
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganengine.fields import Declaration
from studio.form.editors.number import NumberEditor

# Qt gives the text no room at all in a styled spin box that has `NoButtons`.
_NO_BUTTONS = """
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0px; margin: 0px; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; width: 0px; height: 0px; }
"""


class TupleEditor(QWidget):
    """A small number box for each part, named after the whole: ``optimizer_g.betas.0``.

    Signals:
        edited(): a character was typed in one of them, or a step taken.
        committed(): one of them is done with.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self, declaration: Declaration) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self._boxes: list[NumberEditor] = []
        for number, part in enumerate(part_declarations(declaration)):
            box = NumberEditor(part)
            box.setObjectName(part.path)
            box.setAccessibleName(f"{declaration.title}, number {number + 1}")
            box.setStyleSheet(_NO_BUTTONS)
            box.edited.connect(self.edited)
            box.committed.connect(self.committed)
            line.addWidget(box, 1)
            self._boxes.append(box)
        self.setFocusProxy(self._boxes[0])

    def value(self) -> Any:
        """A tuple, in which what is no number stands as text."""
        return tuple(box.value() for box in self._boxes)

    def set_value(self, value: Any) -> None:
        """Show numbers without saying so."""
        for box, part in zip(self._boxes, value, strict=True):
            box.set_value(part)

    def complaint(self) -> str:
        """Of the first part that is no number."""
        return next((said for box in self._boxes if (said := box.complaint())), "")

    def stops(self) -> list[QWidget]:
        """Each box."""
        return list(self._boxes)


def part_declarations(declaration: Declaration) -> list[Declaration]:
    """A declaration for each part of a tuple, with the part's own type and bounds."""
    made = []
    for number, part in enumerate(get_args(declaration.annotation)):
        kind, *notes = get_args(part) or (part,)
        bounds: dict[str, Any] = {}
        for rule in [rule for note in notes for rule in getattr(note, "metadata", [])]:
            for name, side in (("ge", "minimum"), ("gt", "minimum"), ("le", "maximum"), ("lt", "maximum")):
                if hasattr(rule, name):
                    bounds |= {side: getattr(rule, name), f"{side}_excluded": name in ("gt", "lt")}
        default = declaration.default[number]
        path = f"{declaration.path}.{number}"
        made.append(replace(declaration, path=path, annotation=kind, default=default, unit="", **bounds))
    return made
