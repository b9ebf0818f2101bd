"""RAdam."""

from typing import ClassVar, Literal

import torch

from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.settings import Betas, betas_setting, decoupled_setting, eps_setting, weight_decay_setting


class RAdam(Optimizer):
    """Adam with a warm-up of its own: it holds back while it has seen too few gradients to judge their size.

    Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and Beyond".
    """

    title: ClassVar[str] = "RAdam"
    torch_class = torch.optim.RAdam
    kind: Literal["radam"] = "radam"
    betas: Betas = betas_setting()
    eps: float = eps_setting()
    weight_decay: float = weight_decay_setting()
    decoupled_weight_decay: bool = decoupled_setting()
