"""A generator of dense layers with batch norm behind each activation."""

from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from ganengine.fields import setting
from ganengine.networks.conditional import ConditionalGenerator, embedding_width
from ganengine.networks.dropout import Dropout
from ganengine.networks.generators.base import Generator
from ganengine.networks.layers import activation, image_of
from ganengine.networks.settings import (
    Activation,
    Initialisation,
    Widths,
    activation_setting,
    dropout_setting,
    initialisation_setting,
    slope_setting,
    spectral_norm_setting,
)
from ganengine.networks.weights import hold_spectral_norm, initialise
from ganengine.shapes import ImageShape


class DenseBNGenerator(Generator):
    """Dense layers of growing width, batch norm behind each activation: the classic Keras tutorial's generator.

    latent → (dense → activation → batch norm → dropout) for each width → dense → tanh. After gan.py of
    E. Linder-Norén's Keras-GAN, with Keras' own initial weights; most other networks normalise before the activation.
    """

    title: ClassVar[str] = "Dense with batch norm"
    kind: Literal["dense-bn"] = "dense-bn"
    widths: Widths = setting(
        (256, 512, 1024),
        title="Hidden widths",
        description="Size of each hidden layer, from the latent vector to the image.",
    )
    activation: Activation = activation_setting("leaky_relu")
    leaky_slope: float = slope_setting(0.2)
    norm_momentum: float = setting(
        0.8,
        title="Batch norm momentum",
        description="Share that stays of the running mean and deviation at each update; they are used when samples are "
        "made. Counted as in Keras: torch's own momentum is 1 minus this.",
        ge=0.0,
        lt=1.0,
    )
    norm_eps: float = setting(
        1e-3,
        title="Batch norm epsilon",
        description="Added to the variance, so that nothing is divided by 0: 0.001 in Keras, 0.00001 in torch.",
        gt=0.0,
        le=1.0,
    )
    dropout: float = dropout_setting(0.0)
    spectral_norm: bool = spectral_norm_setting(False)
    initialisation: Initialisation = initialisation_setting("xavier")

    def build(self, shape: ImageShape, num_classes: int = 0) -> nn.Module:
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((self.latent_dim + embedding_width(num_classes), *self.widths)):
            layers += [nn.Linear(inputs, outputs), activation(self.activation, self.leaky_slope)]
            layers.append(nn.BatchNorm1d(outputs, eps=self.norm_eps, momentum=1.0 - self.norm_momentum))
            layers.append(Dropout(self.dropout))  # also at 0, so that a fork may change it
        body = nn.Sequential(*layers, nn.Linear(self.widths[-1], shape.size), nn.Tanh(), image_of(shape))
        initialise(body, self.initialisation, self.activation, self.leaky_slope)
        if self.spectral_norm:
            hold_spectral_norm(body)
        return ConditionalGenerator(body, num_classes)
