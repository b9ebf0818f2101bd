"""No change."""

from typing import ClassVar, Literal

from ganengine.schedules.base import Schedule


class Constant(Schedule):
    """The learning rate stays as it is."""

    title: ClassVar[str] = "Constant"
    kind: Literal["constant"] = "constant"

    def decay(self, done: int, total: int) -> float:
        return 1.0
