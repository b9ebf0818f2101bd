"""A discriminator of residual blocks."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.networks.conditional import ProjectionDiscriminator
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.pyramid import problem_with, pyramid
from ganengine.networks.residual import BlockStyle, SumPool, first_block, halving_block, level_block
from ganengine.networks.settings import (
    Activation,
    ConvolutionNorm,
    Initialisation,
    activation_setting,
    convolution_norm_setting,
    dropout_setting,
    initialisation_setting,
    slope_setting,
    spectral_norm_setting,
    width_setting,
)
from ganengine.networks.weights import hold_spectral_norm, initialise
from ganengine.shapes import ImageShape


class ResNetDiscriminator(Discriminator):
    """Residual blocks that halve the image, then a sum over all places: deeper and steadier than DCGAN, and slower.

    Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks", appendix B.4, fitted to sizes from
    28 to 128 pixels: a block for each halving down to 4 to 7 pixels → one more block → normalisation → activation →
    sum → dense → logit. The paper's width is 64 for 64 and 128 pixels.
    """

    title: ClassVar[str] = "ResNet (residual blocks)"
    kind: Literal["resnet"] = "resnet"
    width: int = width_setting(
        16, "Channels of the first hidden layer; later layers have two, four, eight times as many."
    )
    activation: Activation = activation_setting("relu")
    leaky_slope: float = slope_setting(0.2)
    norm: ConvolutionNorm = convolution_norm_setting("none")
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(True)
    initialisation: Initialisation = initialisation_setting("xavier")

    def problem_with(self, shape: ImageShape) -> str | None:
        return problem_with(shape)

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        channels = pyramid(shape, self.width)[1][::-1]
        style = BlockStyle(self.norm, self.activation, self.leaky_slope, self.dropout)
        *halvings, last = pairwise(channels)
        features = nn.Sequential(
            first_block(shape.channels, channels[0], style),
            *(halving_block(inputs, outputs, style) for inputs, outputs in halvings),
            level_block(*last, style),
            *style.before(channels[-1]),
            SumPool(),
        )
        D = ProjectionDiscriminator(features, nn.Linear(channels[-1], 1), num_classes)
        initialise(D, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(D)
        return D
