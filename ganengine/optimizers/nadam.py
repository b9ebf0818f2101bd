"""NAdam."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import update_moments, with_l2
from ganengine.optimizers.settings import Betas, betas_setting, decoupled_setting, eps_setting, weight_decay_setting


class NAdam(Optimizer):
    """Adam that looks ahead along its momentum, as Nesterov does.

    Dozat 2016, "Incorporating Nesterov Momentum into Adam".
    """

    title: ClassVar[str] = "NAdam"
    torch_class = torch.optim.NAdam
    kind: Literal["nadam"] = "nadam"
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()
    momentum_decay: float = setting(
        4e-3,
        title="Momentum decay",
        description="How quickly the momentum grows to its full strength at the start; 0 keeps it at half.",
        ge=0.0,
        le=1.0,
    )
    decoupled_weight_decay: bool = decoupled_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        step = counters["step"]
        mu, mu_next = (self.betas[0] * (1 - 0.5 * 0.96 ** (n * self.momentum_decay)) for n in (step, step + 1))
        # torch keeps the product of the momenta in float32.
        product = counters["mu_product"] = float(np.float32(counters["mu_product"]) * np.float32(mu))
        by_gradient = lr * (1 - mu) / (1 - product)
        by_average = lr * mu_next / (1 - product * mu_next)
        return 1 - lr * self.weight_decay, by_gradient, by_average, math.sqrt(1 - self.betas[1] ** step)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        kept, by_gradient, by_average, root = scalars
        if not self.decoupled_weight_decay:
            gradient = with_l2(gradient, weight, self.weight_decay)
        elif self.weight_decay:
            weight.mul_(kept)
        update_moments(state, gradient, self.betas)
        moved = by_gradient * gradient + by_average * state["exp_avg"]
        weight.sub_(moved / (state["exp_avg_sq"].sqrt() / root + self.eps))
