"""RMSprop."""

from typing import Any, ClassVar, Literal

import torch

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer


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
    momentum: float = setting(
        0.0, title="Momentum", description="How much of the last step is kept; 0 turns it off.", ge=0.0, lt=1.0
    )
    centered: bool = setting(
        False,
        title="Centered",
        description="Also subtract the mean gradient, so that steps are divided by its variance.",
    )
    eps: float = setting(
        1e-8, title="Epsilon", description="Keeps the division by the running average stable.", gt=0.0, le=1.0
    )
    weight_decay: float = setting(
        0.0,
        title="Weight decay",
        description="Pulls weights towards zero (L2 penalty). 0 turns it off.",
        ge=0.0,
        le=1.0,
    )

    def implementation(self) -> dict[str, Any]:
        return {}  # torch has no fused RMSprop
