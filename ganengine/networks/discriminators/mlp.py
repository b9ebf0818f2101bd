"""A discriminator of dense layers."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.layers import (
    Activation,
    Widths,
    activation,
    activation_setting,
    batch_norm_setting,
    dropout_setting,
    normalised,
    slope_setting,
    spectral_norm_setting,
)
from ganengine.shapes import ImageShape


class MLPDiscriminator(Discriminator):
    """Dense layers only: small, quick, and the start of most tutorials.

    flatten → (dense → batch norm → activation → dropout) for each width → dense → logit.
    """

    title: ClassVar[str] = "MLP (dense layers)"
    kind: Literal["mlp"] = "mlp"
    widths: Widths = setting(
        (128,), title="Hidden widths", description="Size of each hidden layer, from the image to the answer."
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.01)
    batch_norm: bool = batch_norm_setting(False)
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(False)

    def build(self, shape: ImageShape) -> nn.Module:
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise((shape.size, *self.widths)):
            layers.append(normalised(nn.Linear(inputs, outputs), self.spectral_norm))
            if self.batch_norm:
                layers.append(nn.BatchNorm1d(outputs))
            layers.append(activation(self.activation, self.leaky_slope))
            layers.append(nn.Dropout(self.dropout))  # also at 0, so that a fork may change it
        answer = normalised(nn.Linear(self.widths[-1], 1), self.spectral_norm)
        return nn.Sequential(*layers, answer, nn.Flatten(0))
