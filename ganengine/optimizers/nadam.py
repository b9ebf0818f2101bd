"""NAdam."""

from typing import ClassVar, Literal

import torch

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
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
