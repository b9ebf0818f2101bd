"""Settings and small pieces that several architectures share."""

from typing import Annotated, Literal

from pydantic import Field
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from ganengine.fields import setting

Activation = Literal["leaky_relu", "relu", "elu", "silu", "gelu"]
Width = Annotated[int, Field(ge=1, le=16384)]
Widths = Annotated[tuple[Width, ...], Field(min_length=1, max_length=12)]

ACTIVATION_LABELS = {"leaky_relu": "LeakyReLU", "relu": "ReLU", "elu": "ELU", "silu": "SiLU (swish)", "gelu": "GELU"}


def activation_setting(default: Activation) -> Activation:
    """The choice of non-linearity."""
    chosen: Activation = setting(
        default,
        title="Activation",
        description="The non-linearity after each hidden layer. LeakyReLU lets gradients through everywhere.",
        labels=ACTIVATION_LABELS,
    )
    return chosen


def slope_setting(default: float) -> float:
    """The slope of LeakyReLU below zero."""
    slope: float = setting(
        default,
        title="Leaky slope",
        description="Slope of LeakyReLU for negative values: 0.2 in DCGAN, 0.01 in torch.",
        only_when=("activation", "leaky_relu"),
        ge=0.0,
        lt=1.0,
    )
    return slope


def batch_norm_setting(default: bool) -> bool:
    """Whether hidden layers are batch-normalised."""
    chosen: bool = setting(
        default,
        title="Batch norm",
        description="Normalise each hidden layer over the batch (Ioffe & Szegedy 2015). Steadies a generator; in a "
        "discriminator it ties the images of a batch together.",
    )
    return chosen


def dropout_setting(default: float) -> float:
    """The share of hidden values set to zero in training."""
    share: float = setting(
        default,
        title="Dropout",
        description="Share of hidden values that are set to zero at random while training; weakens a discriminator "
        "that "
        "wins too easily. 0 turns it off.",
        ge=0.0,
        lt=1.0,
    )
    return share


def spectral_norm_setting(default: bool) -> bool:
    """Whether each layer's largest singular value is held at 1."""
    chosen: bool = setting(
        default,
        title="Spectral norm",
        description="Limit how fast the discriminator's answer can change (Miyato et al. 2018). Steadies training and "
        "allows higher learning rates.",
    )
    return chosen


def activation(kind: Activation, slope: float) -> nn.Module:
    """The layer for a choice of non-linearity."""
    match kind:
        case "leaky_relu":
            return nn.LeakyReLU(slope)
        case "relu":
            return nn.ReLU()
        case "elu":
            return nn.ELU()
        case "silu":
            return nn.SiLU()
        case "gelu":
            return nn.GELU()


def normalised(layer: nn.Module, spectral: bool) -> nn.Module:
    """The layer, spectrally normalised where asked for."""
    return spectral_norm(layer) if spectral else layer


def dcgan_init(network: nn.Module) -> None:
    """Weights ~ N(0, 0.02), batch-norm scales ~ N(1, 0.02), biases 0 (Radford et al. 2016, section 4)."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
