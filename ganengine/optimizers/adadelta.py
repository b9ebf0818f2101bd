"""Adadelta."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.optimizers.base import Optimizer
from ganengine.optimizers.formulas import update_square, with_l2
from ganengine.optimizers.settings import eps_setting, lr_setting, weight_decay_setting


class Adadelta(Optimizer):
    """Finds its step sizes by itself, from how far the weights moved of late; the learning rate only scales them.

    Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method".
    """

    title: ClassVar[str] = "Adadelta"
    torch_class = torch.optim.Adadelta
    kind: Literal["adadelta"] = "adadelta"
    lr: float = lr_setting(1.0)
    rho: float = setting(
        0.9,
        title="Rho",
        description="How long the running averages of squared gradients and squared steps remember.",
        ge=0.0,
        lt=1.0,
    )
    eps: float = eps_setting(1e-6)
    weight_decay: float = weight_decay_setting()

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        counters["step"] += 1
        return (lr,)

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        (rate,) = scalars
        gradient = with_l2(gradient, weight, self.weight_decay)
        update_square(state["square_avg"], gradient, self.rho)
        moved = (state["acc_delta"] + self.eps).sqrt() / (state["square_avg"] + self.eps).sqrt() * gradient
        update_square(state["acc_delta"], moved, self.rho)
        weight.sub_(rate * moved)
