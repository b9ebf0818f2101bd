"""The generator of DCGAN."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.generators.base import Generator
from ganengine.networks.layers import (
    Activation,
    activation,
    activation_setting,
    batch_norm_setting,
    dcgan_init,
    slope_setting,
)
from ganengine.networks.pyramid import problem_with, pyramid
from ganengine.shapes import ImageShape


class DCGANGenerator(Generator):
    """Transposed convolutions that double the image until it is full size: sharper than dense layers.

    Radford et al. 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", fitted to
    28, 32 and 64 pixels.
    """

    title: ClassVar[str] = "DCGAN (convolutions)"
    kind: Literal["dcgan"] = "dcgan"
    width: int = setting(
        32,
        title="Width",
        description="Channels of the largest hidden layer; smaller layers have two, four, eight times as many.",
        unit="channels",
        ge=1,
        le=512,
    )
    activation: Activation = activation_setting("relu")
    leaky_slope: float = slope_setting(0.2)
    batch_norm: bool = batch_norm_setting(True)

    def problem_with(self, shape: ImageShape) -> str | None:
        return problem_with(shape)

    def build(self, shape: ImageShape) -> nn.Module:
        side, channels = pyramid(shape, self.width)
        layers: list[nn.Module] = [
            nn.Linear(self.latent_dim, channels[0] * side * side),
            nn.Unflatten(1, (channels[0], side, side)),
            *self._after(channels[0]),
        ]
        for inputs, outputs in pairwise(channels):
            layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=not self.batch_norm), *self._after(outputs)]
        layers += [nn.ConvTranspose2d(channels[-1], shape.channels, 4, 2, 1), nn.Tanh()]
        network = nn.Sequential(*layers)
        dcgan_init(network)
        return network

    def _after(self, channels: int) -> list[nn.Module]:
        norm: list[nn.Module] = [nn.BatchNorm2d(channels)] if self.batch_norm else []
        return [*norm, activation(self.activation, self.leaky_slope)]
