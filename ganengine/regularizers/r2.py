"""R2: the gradient penalty on fake images."""

from typing import ClassVar

from torch import Tensor

from ganengine.fields import setting
from ganengine.regularizers.base import Judge, Regularizer
from ganengine.regularizers.gradients import gradient_at, mean_squared_norm


class R2(Regularizer):
    """gamma/2 · E ‖∇D(G(z))‖² at fake images; R1's counterpart.

    Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?", equation 10.
    """

    order: ClassVar[int] = 20
    metric: ClassVar[str] = "penalty/r2"
    r2_gamma: float = setting(
        0.0,
        title="R2 weight",
        description="The same penalty around the generator's images (R2). Used together with R1, mostly with the "
        "relativistic loss and the same weight. 0 turns it off.",
        ge=0.0,
        le=1e6,
    )

    def is_on(self) -> bool:
        return self.r2_gamma > 0

    def penalty(self, D: Judge, real_images: Tensor, fake_images: Tensor) -> Tensor:
        return self.r2_gamma / 2 * mean_squared_norm(gradient_at(D, fake_images))
