"""Adam."""

from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.settings import eps_setting, weight_decay_setting

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
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()
    amsgrad: bool = setting(
        False,
        title="AMSGrad",
        description="Never lets the running average of squared gradients shrink (Reddi et al. 2018).",
    )
