"""Adam."""

from typing import ClassVar, Literal

import torch

from ganengine.optimizers.base import Optimizer
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
