"""The gradient that all gradient penalties are made of."""

import torch
from torch import Tensor

from ganengine.regularizers.base import Judge


def gradient_at(D: Judge, images: Tensor) -> Tensor:
    """∇ D at each image, [N, C·H·W], itself differentiable in D's weights.

    The gradient of the sum of the logits, which is each image's own as long as D judges images one by one: with batch
    norm in D it is only nearly so.
    """
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(images).sum(), images, create_graph=True)
    return gradient.flatten(1)


def mean_squared_norm(gradient: Tensor) -> Tensor:
    """E ‖∇‖² of gradients [N, K], 0-d."""
    return gradient.square().sum(1).mean()
