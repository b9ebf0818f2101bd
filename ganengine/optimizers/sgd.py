"""Stochastic gradient descent."""

from typing import ClassVar, Literal

import torch

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer


class SGD(Optimizer):
    """Plain gradient descent, with momentum where wanted; simple, and hard to make work in a GAN."""

    title: ClassVar[str] = "SGD"
    torch_class = torch.optim.SGD
    kind: Literal["sgd"] = "sgd"
    lr: float = setting(
        1e-2,
        title="Learning rate",
        description="How large a step the weights take. SGD needs a larger one than Adam. May be changed while "
        "training.",
        applies="now",
        gt=0.0,
        le=10.0,
    )
    momentum: float = setting(
        0.0,
        title="Momentum",
        description="How much of the last step is kept; 0.9 is common, 0 turns it off.",
        ge=0.0,
        lt=1.0,
    )
    nesterov: bool = setting(
        False,
        title="Nesterov",
        description="Look ahead along the momentum before taking the gradient. Needs a momentum.",
    )
    weight_decay: float = setting(
        0.0,
        title="Weight decay",
        description="Pulls weights towards zero (L2 penalty). 0 turns it off.",
        ge=0.0,
        le=1.0,
    )

    def problems(self) -> dict[str, str]:
        if self.nesterov and self.momentum == 0.0:
            return {"nesterov": "needs a momentum above 0; raise the momentum or turn Nesterov off"}
        return {}
