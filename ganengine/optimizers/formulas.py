"""Pieces of update rules that several optimizers share, in torch.optim's order of operations.

They change their first arguments in place; all tensors have the weight's shape, but for the 0-d `rate` and `root`.
"""

import math

import torch
from torch import Tensor


def with_l2(gradient: Tensor, weight: Tensor, weight_decay: float) -> Tensor:
    """The gradient of loss + weight_decay / 2 · weight²."""
    return gradient.add(weight, alpha=weight_decay) if weight_decay else gradient


def update_square(square: Tensor, gradient: Tensor, beta: float) -> None:
    """square ← beta · square + (1 - beta) · gradient²."""
    square.mul_(beta).addcmul_(gradient, gradient, value=1 - beta)


def update_moments(state: dict[str, Tensor], gradient: Tensor, betas: tuple[float, float]) -> None:
    """The running averages of the gradient and of its square that Adam and its kin keep."""
    state["exp_avg"].lerp_(gradient, 1 - betas[0])
    update_square(state["exp_avg_sq"], gradient, betas[1])


def adam_scalars(lr: float, betas: tuple[float, float], step: float) -> tuple[float, float]:
    """Adam's step size and the square root of its second bias correction, in update number `step` (from 1)."""
    return lr / (1 - betas[0] ** step), math.sqrt(1 - betas[1] ** step)


def adam_update(
    weight: Tensor,
    gradient: Tensor,
    state: dict[str, Tensor],
    betas: tuple[float, float],
    eps: float,
    rate: Tensor,
    root: Tensor,
) -> None:
    """Adam as in Kingma & Ba 2015, algorithm 1; with AMSGrad where the state has what that keeps."""
    update_moments(state, gradient, betas)
    square = state["exp_avg_sq"]
    if "max_exp_avg_sq" in state:
        square = state["max_exp_avg_sq"].copy_(torch.maximum(state["max_exp_avg_sq"], square))
    weight.sub_(rate * state["exp_avg"] / (square.sqrt() / root + eps))
