"""RMSprop."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import update_square, with_l2
from ganengine.optimizers.settings import eps_setting, momentum_setting, weight_decay_setting


class RMSprop(Optimizer):
    """RMSprop: divides each step by a running average of the gradient's size; the choice of the first Wasserstein GANs.

    Tieleman & Hinton 2012, lecture 6.5.
    """

    title: ClassVar[str] = "RMSprop"
    torch_class = torch.optim.RMSprop
    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = setting(
        0.99, title="Alpha", description="How long the running average of squared gradients remembers.", ge=0.0, lt=1.0
    )
    momentum: float = momentum_setting()
    centered: bool = setting(
        False,
        title="Centered",
        description="Also subtract the mean gradient, so that steps are divided by its variance.",
    )
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return (lr,)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        (rate,) = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        update_square(state["square_avg"], gradient, self.alpha)
        variance = state["square_avg"]
        if self.centered:
            mean = state["grad_avg"].lerp_(gradient, 1 - self.alpha)
            variance = variance - mean * mean
        moved = gradient / (variance.sqrt() + self.eps)
        if self.momentum:
            moved = state["momentum_buffer"].mul_(self.momentum).add_(moved)
        weight.sub_(rate * moved)
