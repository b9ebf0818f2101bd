"""What to train on."""

from collections.abc import Sequence
from typing import Any

from ganengine.fields import Declaration
from studio.form.editors.choice import ChoiceEditor

ALWAYS = (("auto", "auto (best available)"), ("cpu", "cpu"))


class DeviceEditor(ChoiceEditor):
    """A combo box of this machine's devices.

    A device that a preset or a run names and this machine lacks is shown as such, and stays chosen until the person
    takes another.
    """

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self.set_devices(ALWAYS)

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer these (value, label) pairs, keeping what is chosen."""
        chosen = self.value()
        self._quiet = True
        self.clear()
        for value, label in devices:
            self.addItem(label, value)
        self._quiet = False
        if chosen is not None:
            self.set_value(chosen)

    def set_value(self, value: Any) -> None:
        """Show a device without saying so."""
        if self.index_of(value) < 0:
            self._quiet = True
            self.addItem(f"{value} (not on this machine)", value)
            self._quiet = False
        super().set_value(value)
