"""The gradient penalty of WGAN-GP."""

from typing import ClassVar

import torch
from torch import Tensor

from ganengine.fields import setting
from ganengine.regularizers.base import Judge, Regularizer
from ganengine.regularizers.gradients import gradient_at


class GradientPenalty(Regularizer):
    """weight · E (‖∇D(x̂)‖ - 1)², at random points x̂ on the lines between real and fake images.

    Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3.
    """

    order: ClassVar[int] = 30
    metric: ClassVar[str] = "penalty/gp"
    gp_weight: float = setting(
        0.0,
        title="Gradient penalty",
        description="Draws the slope of the discriminator's answer towards 1 between real and fake images (WGAN-GP). "
        "Belongs to the Wasserstein loss, in place of clipping, and to a discriminator without batch norm. 10 in the "
        "paper; 0 turns it off.",
        ge=0.0,
        le=1e6,
    )

    def is_on(self) -> bool:
        return self.gp_weight > 0

    def penalty(self, D: Judge, real_images: Tensor, fake_images: Tensor) -> Tensor:
        share = torch.rand(len(real_images), 1, 1, 1, device=real_images.device)
        between = torch.lerp(real_images, fake_images, share.to(real_images.dtype))
        norm: Tensor = torch.linalg.vector_norm(gradient_at(D, between), dim=1)  # unlike sqrt, differentiable at 0
        return self.gp_weight * (norm - 1.0).square().mean()
