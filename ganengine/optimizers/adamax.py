"""Adamax."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import with_l2
from ganengine.optimizers.settings import Betas, betas_setting, eps_setting, lr_setting, weight_decay_setting


class Adamax(Optimizer):
    """Adam with the largest gradient of late in place of the mean square: calmer where gradients jump.

    Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", section 7.1, which gives it twice Adam's step size.
    """

    title: ClassVar[str] = "Adamax"
    torch_class = torch.optim.Adamax
    kind: Literal["adamax"] = "adamax"
    lr: float = lr_setting(4e-4)
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return (lr / (1 - self.betas[0] ** counters["step"]),)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        (rate,) = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        state["exp_avg"].lerp_(gradient, 1 - self.betas[0])
        largest = state["exp_inf"]
        largest.copy_(torch.maximum(largest * self.betas[1], gradient.abs() + self.eps))
        weight.sub_(rate * state["exp_avg"] / largest)
