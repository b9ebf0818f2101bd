"""RAdam."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import adam_scalars, update_moments, with_l2
from ganengine.optimizers.settings import Betas, betas_setting, decoupled_setting, eps_setting, weight_decay_setting


class RAdam(Optimizer):
    """Adam with a warm-up of its own: it holds back while it has seen too few gradients to judge their size.

    Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and Beyond".
    """

    title: ClassVar[str] = "RAdam"
    torch_class = torch.optim.RAdam
    kind: Literal["radam"] = "radam"
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()
    decoupled_weight_decay: bool = decoupled_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        step = counters["step"]
        rate, root = adam_scalars(lr, self.betas, step)
        longest = 2 / (1 - self.betas[1]) - 1
        forgotten = self.betas[1] ** step
        length = longest - 2 * step * forgotten / (1 - forgotten)  # how many gradients the average is made of
        if length <= 5:
            return 1 - lr * self.weight_decay, rate, 0.0
        rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        return 1 - lr * self.weight_decay, 0.0, rate * root * math.sqrt(rectified)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        kept, plain, adaptive = scalars  # one of the two rates is 0
        if not self.decoupled_weight_decay:
            gradient = with_l2(gradient, weight, self.weight_decay)
        elif self.weight_decay:
            weight.mul_(kept)
        update_moments(state, gradient, self.betas)
        weight.sub_((plain + adaptive / (state["exp_avg_sq"].sqrt() + self.eps)) * state["exp_avg"])
