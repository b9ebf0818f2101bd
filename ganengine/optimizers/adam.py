"""Adam."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import adam_scalars, adam_update, with_l2
from ganengine.optimizers.settings import Betas, amsgrad_setting, betas_setting, eps_setting, weight_decay_setting


class Adam(Optimizer):
    """Adam: a step size of its own for each weight; the usual choice for GANs.

    Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization".
    """

    title: ClassVar[str] = "Adam"
    torch_class = torch.optim.Adam
    fused: ClassVar[bool] = True
    kind: Literal["adam"] = "adam"
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()
    amsgrad: bool = amsgrad_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return adam_scalars(lr, self.betas, counters["step"])

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        rate, root = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        adam_update(weight, gradient, state, self.betas, self.eps, rate, root)
