"""Stochastic gradient descent."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import with_l2
from ganengine.optimizers.settings import lr_setting, momentum_setting, weight_decay_setting


class SGD(Optimizer):
    """Plain gradient descent, with momentum where wanted; simple, and hard to make work in a GAN."""

    title: ClassVar[str] = "SGD"
    torch_class = torch.optim.SGD
    fused: ClassVar[bool] = True
    kind: Literal["sgd"] = "sgd"
    lr: float = lr_setting(1e-2)
    momentum: float = momentum_setting()
    dampening: float = setting(
        0.0,
        title="Dampening",
        description="Which share of each new gradient the momentum leaves out. 0 takes it in whole.",
        ge=0.0,
        lt=1.0,
    )
    nesterov: bool = setting(
        False,
        title="Nesterov",
        description="Look ahead along the momentum before taking the gradient. Needs a momentum, and no dampening.",
    )
    weight_decay: float = weight_decay_setting()

    def problems(self) -> dict[str, str]:
        if self.nesterov and self.momentum == 0.0:
            return {"nesterov": "needs a momentum above 0; raise the momentum or turn Nesterov off"}
        if self.nesterov and self.dampening != 0.0:
            return {"nesterov": "needs a dampening of 0; set it to 0 or turn Nesterov off"}
        return {}

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        return (lr,)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        (rate,) = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        if self.momentum:
            velocity = state["momentum_buffer"].mul_(self.momentum).add_(gradient, alpha=1 - self.dampening)
            gradient = gradient.add(velocity, alpha=self.momentum) if self.nesterov else velocity
        weight.sub_(rate * gradient)
