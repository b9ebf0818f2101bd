"""The discriminator of DCGAN."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.layers import (
    Activation,
    activation,
    activation_setting,
    batch_norm_setting,
    dcgan_init,
    dropout_setting,
    normalised,
    slope_setting,
    spectral_norm_setting,
)
from ganengine.networks.pyramid import problem_with, pyramid
from ganengine.shapes import ImageShape


class DCGANDiscriminator(Discriminator):
    """Strided convolutions that halve the image down to one answer.

    Radford et al. 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", fitted to
    28, 32 and 64 pixels.
    """

    title: ClassVar[str] = "DCGAN (convolutions)"
    kind: Literal["dcgan"] = "dcgan"
    width: int = setting(
        32,
        title="Width",
        description="Channels of the first hidden layer; later layers have two, four, eight times as many.",
        unit="channels",
        ge=1,
        le=512,
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.2)
    batch_norm: bool = batch_norm_setting(False)
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(True)

    def problem_with(self, shape: ImageShape) -> str | None:
        return problem_with(shape)

    def build(self, shape: ImageShape) -> nn.Module:
        side, channels = pyramid(shape, self.width)
        channels = channels[::-1]
        layers = [self._convolution(shape.channels, channels[0]), *self._after()]
        for inputs, outputs in pairwise(channels):
            layers.append(self._convolution(inputs, outputs))
            # The first layer has none: the paper found that it makes training oscillate.
            if self.batch_norm:
                layers.append(nn.BatchNorm2d(outputs))
            layers += self._after()
        network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * side * side, 1), nn.Flatten(0))
        dcgan_init(network)
        if self.spectral_norm:
            for index, layer in enumerate(network):
                if isinstance(layer, nn.Conv2d | nn.Linear):
                    network[index] = normalised(layer, True)
        return network

    def _convolution(self, inputs: int, outputs: int) -> nn.Module:
        return nn.Conv2d(inputs, outputs, 4, 2, 1)

    def _after(self) -> list[nn.Module]:
        # Dropout also at 0, so that a fork may change it.
        return [activation(self.activation, self.leaky_slope), nn.Dropout(self.dropout)]
