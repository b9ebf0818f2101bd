"""What every learning rate schedule offers."""

from typing import ClassVar

from ganengine.components import Component
from ganengine.fields import setting


class Schedule(Component):
    """How the learning rate changes in the course of a training: a warm-up, then `decay`."""

    family: ClassVar[str] = "ganengine.schedules"
    kind: str
    warmup_steps: int = setting(
        0,
        title="Warm-up",
        description="Raise the learning rate evenly from almost 0 to its full value in this many steps, before "
        "anything else happens. 0 starts at once with the full value.",
        unit="steps",
        applies="now",
        ge=0,
        le=100_000_000,
    )

    def factor(self, step: int, total_steps: int) -> float:
        """What the learning rate is multiplied by.

        Args:
            step: updates of the generator done before, from 0.
            total_steps: where the training ends. A training may go on beyond it.
        """
        if step < self.warmup_steps:
            return (step + 1) / self.warmup_steps
        return self.decay(step - self.warmup_steps, max(1, total_steps - self.warmup_steps))

    def decay(self, done: int, total: int) -> float:
        """The factor after the warm-up: `done` steps since, out of `total` >= 1 until the training's end."""
        raise NotImplementedError
