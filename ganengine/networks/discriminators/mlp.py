"""A discriminator of dense layers."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.conditional import ProjectionDiscriminator
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.dropout import Dropout
from ganengine.networks.layers import activation, dense_norm
from ganengine.networks.settings import (
    Activation,
    DenseNorm,
    Initialisation,
    Widths,
    activation_setting,
    dense_norm_setting,
    dropout_setting,
    initialisation_setting,
    slope_setting,
    spectral_norm_setting,
)
from ganengine.networks.weights import hold_spectral_norm, initialise
from ganengine.shapes import ImageShape


class MLPDiscriminator(Discriminator):
    """Dense layers only: small, quick, and the start of most tutorials.

    flatten → (dense → normalisation → activation → dropout) for each width → dense → logit.
    """

    title: ClassVar[str] = "MLP (dense layers)"
    kind: Literal["mlp"] = "mlp"
    widths: Widths = setting(
        (128,), title="Hidden widths", description="Size of each hidden layer, from the image to the answer."
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.01)
    norm: DenseNorm = dense_norm_setting("none")
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(False)
    initialisation: Initialisation = initialisation_setting("torch")

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise((shape.size, *self.widths)):
            layers += [nn.Linear(inputs, outputs), *dense_norm(self.norm, outputs)]
            layers.append(activation(self.activation, self.leaky_slope))
            layers.append(Dropout(self.dropout))  # also at 0, so that a fork may change it
        D = ProjectionDiscriminator(nn.Sequential(*layers), nn.Linear(self.widths[-1], 1), num_classes)
        initialise(D, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(D)
        return D
