"""Residual blocks that double or halve a map: those of SNGAN (Miyato et al. 2018, appendix B.4, figure 8).

Shortcuts that change the number of channels do so where the map is small: a 1×1 convolution commutes with nearest
upsampling and with average pooling, so the result is the same for a quarter of the work.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from ganengine.networks.dropout import Dropout
from ganengine.networks.layers import activation, convolution_norm
from ganengine.networks.settings import Activation, ConvolutionNorm


@dataclass(frozen=True)
class BlockStyle:
    """What all blocks of a network have in common."""

    norm: ConvolutionNorm
    activation: Activation
    slope: float
    dropout: float

    def before(self, channels: int) -> list[nn.Module]:
        """What comes before a convolution: normalisation → activation."""
        return [*convolution_norm(self.norm, channels), activation(self.activation, self.slope)]


class ResidualBlock(nn.Module):
    """residual(x) + shortcut(x)."""

    def __init__(self, residual: list[nn.Module], shortcut: list[nn.Module]) -> None:
        super().__init__()
        self.residual = nn.Sequential(*residual)
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs, H, W] → [N, outputs, H', W']."""
        total: Tensor = self.residual(x) + self.shortcut(x)
        return total


class SumPool(nn.Module):
    """[N, C, H, W] → [N, C]: the sum over all places."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum(dim=(2, 3))


def doubling_block(inputs: int, outputs: int, style: BlockStyle) -> ResidualBlock:
    """A block of G: [N, inputs, H, W] → [N, outputs, 2H, 2W]."""
    residual = [
        *style.before(inputs),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(inputs, outputs, 3, padding=1),
        *style.before(outputs),
        Dropout(style.dropout),
        nn.Conv2d(outputs, outputs, 3, padding=1),
    ]
    return ResidualBlock(residual, [nn.Conv2d(inputs, outputs, 1), nn.Upsample(scale_factor=2)])


def first_block(inputs: int, outputs: int, style: BlockStyle) -> ResidualBlock:
    """The first block of D, on the image itself, which is neither normalised nor cut off: [N, outputs, H/2, W/2]."""
    residual = [
        nn.Conv2d(inputs, outputs, 3, padding=1),
        activation(style.activation, style.slope),
        Dropout(style.dropout),
        nn.Conv2d(outputs, outputs, 3, padding=1),
        nn.AvgPool2d(2),
    ]
    return ResidualBlock(residual, [nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1)])


def halving_block(inputs: int, outputs: int, style: BlockStyle) -> ResidualBlock:
    """A block of D: [N, inputs, H, W] → [N, outputs, H/2, W/2]."""
    return ResidualBlock(
        [*_two_convolutions(inputs, outputs, style), nn.AvgPool2d(2)],
        [nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1)],
    )


def level_block(inputs: int, outputs: int, style: BlockStyle) -> ResidualBlock:
    """A block of D that keeps the map's size: [N, inputs, H, W] → [N, outputs, H, W]."""
    shortcut: list[nn.Module] = [] if inputs == outputs else [nn.Conv2d(inputs, outputs, 1)]
    return ResidualBlock(_two_convolutions(inputs, outputs, style), shortcut)


def _two_convolutions(inputs: int, outputs: int, style: BlockStyle) -> list[nn.Module]:
    return [
        *style.before(inputs),
        nn.Conv2d(inputs, inputs, 3, padding=1),
        *style.before(inputs),
        Dropout(style.dropout),
        nn.Conv2d(inputs, outputs, 3, padding=1),
    ]
