"""The relativistic pairing loss."""

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn.functional import softplus

from ganengine.losses.base import Loss


class Relativistic(Loss):
    """D says which of a real and a fake image is the more real; no mode can be dropped without its noticing.

    RpGAN: Jolicoeur-Martineau 2019, "The relativistic discriminator"; Huang et al. 2024, "The GAN is dead; long live
    the GAN!" (R3GAN), equation 2, where it is used with R1 and R2. There is but one term, softplus(-(D(x) - D(G(z)))),
    so both parts of D's loss are half of it.
    """

    title: ClassVar[str] = "Relativistic (pairing)"
    needs_real: ClassVar[bool] = True
    tells_probability: ClassVar[bool] = False
    kind: Literal["relativistic"] = "relativistic"

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        half = softplus(fake_logits - real_logits).mean() / 2
        return half, half

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        assert real_logits is not None, "this loss compares with real images"
        return softplus(real_logits - fake_logits).mean()
