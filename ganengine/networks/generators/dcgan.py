"""The generator of DCGAN."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.networks.conditional import ConditionalGenerator, embedding_width
from ganengine.networks.dropout import Dropout
from ganengine.networks.generators.base import Generator
from ganengine.networks.layers import activation, convolution_norm, takes_bias_away
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


class DCGANGenerator(Generator):
    """Transposed convolutions that double the image until it is full size: sharper than dense layers.

    Radford et al. 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", fitted to sizes from
    28 to 128 pixels: latent → dense → a map of 4 to 7 pixels → (doubled → normalisation → activation → dropout) until
    half the image's size → doubled → tanh.
    """

    title: ClassVar[str] = "DCGAN (convolutions)"
    kind: Literal["dcgan"] = "dcgan"
    width: int = width_setting(
        32, "Channels of the largest hidden layer; smaller layers have two, four, eight times as many."
    )
    activation: Activation = activation_setting("relu")
    leaky_slope: float = slope_setting(0.2)
    norm: ConvolutionNorm = convolution_norm_setting("batch")
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(False)
    initialisation: Initialisation = initialisation_setting("dcgan")

    def problem_with(self, shape: ImageShape) -> str | None:
        return problem_with(shape)

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        side, (_, *channels) = pyramid(shape, self.width)
        dense = nn.Linear(self.latent_dim + embedding_width(num_classes), channels[0] * side * side)
        layers: list[nn.Module] = [dense, nn.Unflatten(1, (channels[0], side, side)), *self._after(channels[0])]
        bias = not takes_bias_away(self.norm)
        for inputs, outputs in pairwise(channels):
            layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias), *self._after(outputs)]
        body = nn.Sequential(*layers, nn.ConvTranspose2d(channels[-1], shape.channels, 4, 2, 1), nn.Tanh())
        initialise(body, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(body)
        return ConditionalGenerator(body, num_classes)

    def _after(self, channels: int) -> list[nn.Module]:
        # Dropout also at 0, so that a fork may change it.
        norm = convolution_norm(self.norm, channels)
        return [*norm, activation(self.activation, self.leaky_slope), Dropout(self.dropout)]
