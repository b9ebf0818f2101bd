"""Any count of numbers, such as the widths of layers."""

import re
from typing import Any, get_args

from ganengine.fields import Declaration
from studio.form.editors.text import TextEditor
from studio.form.wording import format_number, number_complaint, read_number


class SequenceEditor(TextEditor):
    """A line of numbers with commas between them: ``128, 256``."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        part = get_args(declaration.annotation)[0]
        self._whole = (get_args(part) or (part,))[0] is int
        self.setPlaceholderText("such as 128, 256")

    def value(self) -> Any:
        """A tuple, in which what is no number stands as text."""
        return tuple(read_number(part, self._whole) for part in self._parts())

    def set_value(self, value: Any) -> None:
        """Show numbers without saying so."""
        parts = [format_number(part) if isinstance(part, int | float) else str(part) for part in value]
        super().set_value(", ".join(parts))

    def complaint(self) -> str:
        """Of the first part that is no number."""
        parts = self._parts()
        if not parts:
            return "is empty; type one or more numbers, such as 128, 256"
        return next((said for part in parts if (said := number_complaint(part, self._whole))), "")

    def _parts(self) -> list[str]:
        return [part for part in re.split(r"[,;\s]+", self.text()) if part]
