"""The figures of a step that change from one to the next: rates, bias corrections, the average's weight.

They are computed here in double precision, as the eager step does, and handed to the graph as one vector of float32.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.optimizers.base import Optimizer
from ganengine.players import Players

_FIXED = 2  # the average's weight, images shown


@dataclass
class Counters:
    """What the optimizers count, by torch's names; on the host while a graph trains, in the optimizers otherwise."""

    g: dict[str, float] = field(default_factory=dict)
    d: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, players: Players) -> "Counters":
        """As the optimizers have them."""
        return cls(_counters(players.optimizer_g), _counters(players.optimizer_d))

    def give_back(self, players: Players) -> None:
        """Tell the optimizers."""
        for counters, optimizer in ((self.g, players.optimizer_g), (self.d, players.optimizer_d)):
            for state in optimizer.state.values():
                for name, value in counters.items():
                    state[name].fill_(value)


def figures(config: TrainConfig, factor: float, counters: Counters, ema_weight: float, shown: int) -> list[float]:
    """One step's figures in the order of `FigureLayout`; the counters move on.

    Args:
        factor: of the schedule.
        ema_weight: how far the average moves towards the weights of now; anything where there is no average.
        shown: real images shown so far.
    """
    found = [ema_weight, float(shown)]
    for _ in range(config.training.d_steps):
        found += config.optimizer_d.scalars(config.optimizer_d.lr * factor, counters.d)
    return [*found, *config.optimizer_g.scalars(config.optimizer_g.lr * factor, counters.g)]


@dataclass(frozen=True)
class FigureLayout:
    """Where in the vector each figure stands.

    Attributes:
        of_d, of_g: how many figures an update takes.
        d_steps: updates of D in a step.
    """

    of_d: int
    of_g: int
    d_steps: int

    @classmethod
    def of(cls, config: TrainConfig) -> "FigureLayout":
        """The layout for these settings."""
        return cls(_count(config.optimizer_d), _count(config.optimizer_g), config.training.d_steps)

    @property
    def total(self) -> int:
        """Length of the vector."""
        return _FIXED + self.of_d * self.d_steps + self.of_g

    def ema_weight(self, vector: Tensor) -> Tensor:
        """0-d."""
        return vector[0]

    def shown(self, vector: Tensor) -> Tensor:
        """0-d."""
        return vector[1]

    def update_of_d(self, vector: Tensor, number: int) -> list[Tensor]:
        """0-d each."""
        first = _FIXED + number * self.of_d
        return [vector[place] for place in range(first, first + self.of_d)]

    def update_of_g(self, vector: Tensor) -> list[Tensor]:
        """0-d each."""
        return [vector[place] for place in range(self.total - self.of_g, self.total)]


def _count(optimizer: Optimizer) -> int:
    return len(optimizer.scalars(optimizer.lr, {"step": 1.0, "mu_product": 0.5}))


def _counters(optimizer: torch.optim.Optimizer) -> dict[str, float]:
    for state in optimizer.state.values():
        return {name: float(state[name]) for name in ("step", "mu_product") if name in state}
    return {}
