"""The discriminator of DCGAN."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.conditional import ProjectionDiscriminator
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.dropout import Dropout
from ganengine.networks.layers import activation, convolution_norm
from ganengine.networks.pyramid import problem_with, pyramid
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


class DCGANDiscriminator(Discriminator):
    """Strided convolutions that halve the image down to one answer.

    Radford et al. 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", fitted to sizes from
    28 to 128 pixels: (halved → normalisation → activation → dropout) until 4 to 7 pixels → dense → logit.
    """

    title: ClassVar[str] = "DCGAN (convolutions)"
    kind: Literal["dcgan"] = "dcgan"
    width: int = width_setting(
        32, "Channels of the first hidden layer; later layers have two, four, eight times as many."
    )
    dense: int = setting(
        0,
        title="Dense layer",
        description="Size of one more dense layer between the convolutions and the answer. 0 leaves it out.",
        ge=0,
        le=16384,
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.2)
    norm: ConvolutionNorm = convolution_norm_setting("none")
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(True)
    initialisation: Initialisation = initialisation_setting("dcgan")

    def problem_with(self, shape: ImageShape) -> str | None:
        return problem_with(shape)

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        side, (_, *channels) = pyramid(shape, self.width)
        channels.reverse()
        # The first layer is not normalised: the paper found that it makes training oscillate.
        layers: list[nn.Module] = [nn.Conv2d(shape.channels, channels[0], 4, 2, 1), *self._after()]
        for inputs, outputs in pairwise(channels):
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), *convolution_norm(self.norm, outputs), *self._after()]
        layers.append(nn.Flatten())
        size = channels[-1] * side * side
        if self.dense:
            layers += [nn.Linear(size, self.dense), *self._after()]
        D = ProjectionDiscriminator(nn.Sequential(*layers), nn.Linear(self.dense or size, 1), num_classes)
        initialise(D, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(D)
        return D

    def _after(self) -> list[nn.Module]:
        # Dropout also at 0, so that a fork may change it.
        return [activation(self.activation, self.leaky_slope), Dropout(self.dropout)]
