"""Adagrad."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import with_l2
from ganengine.optimizers.settings import eps_setting, lr_setting, weight_decay_setting


class Adagrad(Optimizer):
    """Divides each step by all that the weight's gradients ever summed up to, so that steps only become smaller.

    Duchi et al. 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization".
    """

    title: ClassVar[str] = "Adagrad"
    torch_class = torch.optim.Adagrad  # fused on CUDA only since torch 2.12
    kind: Literal["adagrad"] = "adagrad"
    lr: float = lr_setting(1e-2)
    lr_decay: float = setting(
        0.0,
        title="Rate decay",
        description="Divides the learning rate by 1 + this times the number of steps. 0 turns it off.",
        ge=0.0,
        le=1.0,
    )
    weight_decay: float = weight_decay_setting()
    initial_accumulator_value: float = setting(
        0.0,
        title="Initial sum",
        description="What the sum of squared gradients starts from. 0.1 makes the first steps smaller.",
        ge=0.0,
        le=1e6,
    )
    eps: float = eps_setting(1e-10)

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return (lr / (1 + (counters["step"] - 1) * self.lr_decay),)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        (rate,) = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        state["sum"].addcmul_(gradient, gradient)
        weight.sub_(rate * gradient / (state["sum"].sqrt() + self.eps))
