"""A generator of dense layers."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.generators.base import Generator
from ganengine.networks.layers import (
    Activation,
    Widths,
    activation,
    activation_setting,
    batch_norm_setting,
    dropout_setting,
    slope_setting,
)
from ganengine.shapes import ImageShape


class MLPGenerator(Generator):
    """Dense layers only: small, quick, and the start of most tutorials.

    latent → (dense → batch norm → activation → dropout) for each width → dense → tanh.
    """

    title: ClassVar[str] = "MLP (dense layers)"
    kind: Literal["mlp"] = "mlp"
    widths: Widths = setting(
        (128,), title="Hidden widths", description="Size of each hidden layer, from the latent vector to the image."
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.01)
    batch_norm: bool = batch_norm_setting(False)
    dropout: float = dropout_setting(0.0)

    def build(self, shape: ImageShape) -> nn.Module:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((self.latent_dim, *self.widths)):
            layers.append(nn.Linear(inputs, outputs))
            if self.batch_norm:
                layers.append(nn.BatchNorm1d(outputs))
            layers.append(activation(self.activation, self.leaky_slope))
            layers.append(nn.Dropout(self.dropout))  # also at 0, so that a fork may change it
        image = nn.Unflatten(1, (shape.channels, shape.resolution, shape.resolution))
        return nn.Sequential(*layers, nn.Linear(self.widths[-1], shape.size), nn.Tanh(), image)
