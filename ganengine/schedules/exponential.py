"""Radioactive decay."""

from typing import ClassVar, Literal

from ganengine.fields import setting
from ganengine.schedules.base import Schedule


class Exponential(Schedule):
    """The learning rate halves in every so many steps, smoothly."""

    title: ClassVar[str] = "Exponential"
    kind: Literal["exponential"] = "exponential"
    halflife: int = setting(
        2000,
        title="Half-life",
        description="In how many steps half of the learning rate is gone.",
        unit="steps",
        applies="now",
        ge=1,
        le=100_000_000,
    )

    def decay(self, done: int, total: int) -> float:
        return float(0.5 ** (done / self.halflife))
