"""RMSprop."""

from typing import ClassVar, Literal

import torch

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
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
