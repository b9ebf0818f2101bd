"""Adam."""

from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer

Beta = Annotated[float, Field(ge=0.0, lt=1.0)]


class Adam(Optimizer):
    """Adam: a step size of its own for each weight; the usual choice for GANs.

    Kingma & Ba 2015. GANs use a beta1 of 0 to 0.5 rather than 0.9 (Radford et al. 2016, DCGAN).
    """

    title: ClassVar[str] = "Adam"
    torch_class = torch.optim.Adam
    kind: Literal["adam"] = "adam"
    betas: tuple[Beta, Beta] = setting(
        (0.5, 0.999),
        title="Betas",
        description="How long the running averages of the gradient and of its square remember, each from 0 up to but "
        "not "
        "including 1. GANs like a first beta of 0.5 or less.",
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
    amsgrad: bool = setting(
        False,
        title="AMSGrad",
        description="Never lets the running average of squared gradients shrink (Reddi et al. 2018).",
    )
