"""AdamW."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import adam_scalars, adam_update
from ganengine.optimizers.settings import Betas, amsgrad_setting, betas_setting, eps_setting


class AdamW(Optimizer):
    """Adam whose weight decay acts on the weights themselves instead of through the gradient.

    Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization".
    """

    title: ClassVar[str] = "AdamW"
    torch_class = torch.optim.AdamW
    fused: ClassVar[bool] = True
    kind: Literal["adamw"] = "adamw"
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = setting(
        1e-2,
        title="Weight decay",
        description="Each step takes this share, times the learning rate, off every weight. 0 makes it plain Adam.",
        ge=0.0,
        le=1.0,
    )
    amsgrad: bool = amsgrad_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return 1 - lr * self.weight_decay, *adam_scalars(lr, self.betas, counters["step"])

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        kept, rate, root = scalars
        weight.mul_(kept)
        adam_update(weight, gradient, state, self.betas, self.eps, rate, root)
