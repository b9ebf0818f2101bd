"""Stairs."""

from typing import ClassVar, Literal

from ganengine.fields import setting
from ganengine.schedules.base import Schedule


class Step(Schedule):
    """The learning rate is cut at once every so many steps."""

    title: ClassVar[str] = "Step"
    kind: Literal["step"] = "step"
    every: int = setting(
        2000,
        title="Cut every",
        description="After how many steps the learning rate is cut, again and again.",
        unit="steps",
        applies="now",
        ge=1,
        le=100_000_000,
    )
    gamma: float = setting(
        0.5,
        title="Cut to",
        description="Which share of the learning rate each cut leaves: 0.5 halves it.",
        applies="now",
        gt=0.0,
        le=1.0,
    )

    def decay(self, done: int, total: int) -> float:
        return float(self.gamma ** (done // self.every))
