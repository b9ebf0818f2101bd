"""A generator of dense layers."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.conditional import ConditionalGenerator, embedding_width
from ganengine.networks.dropout import Dropout
from ganengine.networks.generators.base import Generator
from ganengine.networks.layers import activation, dense_norm, image_of
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


class MLPGenerator(Generator):
    """Dense layers only: small, quick, and the start of most tutorials.

    latent → (dense → normalisation → activation → dropout) for each width → dense → tanh.
    """

    title: ClassVar[str] = "MLP (dense layers)"
    kind: Literal["mlp"] = "mlp"
    widths: Widths = setting(
        (128,), title="Hidden widths", description="Size of each hidden layer, from the latent vector to the image."
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.01)
    norm: DenseNorm = dense_norm_setting("none")
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(False)
    initialisation: Initialisation = initialisation_setting("torch")

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((self.latent_dim + embedding_width(num_classes), *self.widths)):
            layers += [nn.Linear(inputs, outputs), *dense_norm(self.norm, outputs)]
            layers.append(activation(self.activation, self.leaky_slope))
            layers.append(Dropout(self.dropout))  # also at 0, so that a fork may change it
        body = nn.Sequential(*layers, nn.Linear(self.widths[-1], shape.size), nn.Tanh(), image_of(shape))
        initialise(body, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(body)
        return ConditionalGenerator(body, num_classes)
