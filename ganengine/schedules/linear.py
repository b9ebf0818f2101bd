"""A straight line."""

from typing import ClassVar, Literal

from ganengine.schedules.base import Schedule
from ganengine.schedules.settings import final_setting


class Linear(Schedule):
    """The learning rate falls evenly until the training's end."""

    title: ClassVar[str] = "Linear"
    kind: Literal["linear"] = "linear"
    final: float = final_setting()

    def decay(self, done: int, total: int) -> float:
        return 1.0 + (self.final - 1.0) * min(1.0, done / total)
