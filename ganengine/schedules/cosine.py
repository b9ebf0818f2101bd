"""Half a cosine."""

import math
from typing import ClassVar, Literal

from ganengine.schedules.base import Schedule
from ganengine.schedules.settings import final_setting


class Cosine(Schedule):
    """The learning rate falls slowly, then fast, then slowly again until the training's end.

    Loshchilov & Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", equation 5, without restarts.
    """

    title: ClassVar[str] = "Cosine"
    kind: Literal["cosine"] = "cosine"
    final: float = final_setting()

    def decay(self, done: int, total: int) -> float:
        return self.final + (1.0 - self.final) * (1.0 + math.cos(math.pi * min(1.0, done / total))) / 2
