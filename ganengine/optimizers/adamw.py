"""AdamW."""

from typing import ClassVar, Literal

import torch

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
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
