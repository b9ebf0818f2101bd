"""Adamax."""

from typing import ClassVar, Literal

import torch

from ganengine.optimizers.base import Optimizer
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
