"""Small pieces that several architectures are put together from."""

from torch import nn

from ganengine.networks.settings import Activation, ConvolutionNorm, DenseNorm
from ganengine.shapes import ImageShape


def activation(kind: Activation, slope: float) -> nn.Module:
    """The layer for a choice of non-linearity."""
    match kind:
        case "leaky_relu":
            return nn.LeakyReLU(slope)
        case "relu":
            return nn.ReLU()
        case "elu":
            return nn.ELU()
        case "silu":
            return nn.SiLU()
        case "gelu":
            return nn.GELU()


def dense_norm(kind: DenseNorm, width: int) -> list[nn.Module]:
    """The normalisation of [N, width], if any."""
    match kind:
        case "none":
            return []
        case "batch":
            return [nn.BatchNorm1d(width)]
        case "layer":
            return [nn.LayerNorm(width)]


def convolution_norm(kind: ConvolutionNorm, channels: int) -> list[nn.Module]:
    """The normalisation of [N, channels, H, W], if any."""
    match kind:
        case "none":
            return []
        case "batch":
            return [nn.BatchNorm2d(channels)]
        case "instance":
            return [nn.InstanceNorm2d(channels, affine=True)]
        case "layer":
            return [nn.GroupNorm(1, channels)]


def takes_bias_away(kind: ConvolutionNorm) -> bool:
    """Whether the normalisation undoes whatever is added to a channel, so that a bias before it is of no use."""
    return kind in {"batch", "instance"}


def image_of(shape: ImageShape) -> nn.Module:
    """[N, size] → [N, channels, resolution, resolution]."""
    return nn.Unflatten(1, (shape.channels, shape.resolution, shape.resolution))
