"""Settings that several architectures share, under the same names, so that they survive a change of architecture."""

from typing import Annotated, Literal

from pydantic import Field

from ganengine.fields import setting

Activation = Literal["leaky_relu", "relu", "elu", "silu", "gelu"]
DenseNorm = Literal["none", "batch", "layer"]
ConvolutionNorm = Literal["none", "batch", "instance", "layer"]
Initialisation = Literal["torch", "dcgan", "xavier", "kaiming", "orthogonal"]
Width = Annotated[int, Field(ge=1, le=16384)]
Widths = Annotated[tuple[Width, ...], Field(min_length=1, max_length=12)]

_ACTIVATIONS = {"leaky_relu": "LeakyReLU", "relu": "ReLU", "elu": "ELU", "silu": "SiLU (swish)", "gelu": "GELU"}
_NORMS = {"none": "None", "batch": "Batch norm", "instance": "Instance norm", "layer": "Layer norm"}
_INITIALISATIONS = {
    "torch": "PyTorch's own",
    "dcgan": "DCGAN",
    "xavier": "Xavier (Glorot)",
    "kaiming": "Kaiming (He)",
    "orthogonal": "Orthogonal",
}


def width_setting(default: int, description: str) -> int:
    """Channels of the widest map of a convolutional network."""
    width: int = setting(default, title="Width", description=description, unit="channels", ge=1, le=512)
    return width


def activation_setting(default: Activation) -> Activation:
    """The choice of non-linearity."""
    chosen: Activation = setting(
        default,
        title="Activation",
        description="The non-linearity after each hidden layer. LeakyReLU lets gradients through everywhere.",
        labels=_ACTIVATIONS,
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


def dense_norm_setting(default: DenseNorm) -> DenseNorm:
    """How the hidden values of dense layers are normalised."""
    chosen: DenseNorm = setting(
        default,
        title="Normalisation",
        description="Batch norm scales each hidden value over the batch (Ioffe & Szegedy 2015): it steadies a "
        "generator, but in a discriminator it ties the images of a batch together. Layer norm scales over the values "
        "of one image.",
        labels={kind: label for kind, label in _NORMS.items() if kind != "instance"},
    )
    return chosen


def convolution_norm_setting(default: ConvolutionNorm) -> ConvolutionNorm:
    """How the feature maps of convolutions are normalised."""
    chosen: ConvolutionNorm = setting(
        default,
        title="Normalisation",
        description="Batch norm scales each channel over the batch (Ioffe & Szegedy 2015): it steadies a "
        "generator, but in a discriminator it ties the images of a batch together. Instance norm scales each channel "
        "of each image, layer norm all channels of an image together.",
        labels=_NORMS,
    )
    return chosen


def dropout_setting(default: float) -> float:
    """The share of hidden values set to zero in training."""
    share: float = setting(
        default,
        title="Dropout",
        description="Share of hidden values that are set to zero at random while training. Weakens a discriminator "
        "that wins too easily; in a generator it adds noise. 0 turns it off.",
        ge=0.0,
        lt=1.0,
    )
    return share


def spectral_norm_setting(default: bool) -> bool:
    """Whether each layer's largest singular value is held at 1."""
    chosen: bool = setting(
        default,
        title="Spectral norm",
        description="Limit how fast the network's answer can change (Miyato et al. 2018). In a discriminator it "
        "steadies training and allows higher learning rates; in a generator it helps seldom.",
    )
    return chosen


def initialisation_setting(default: Initialisation) -> Initialisation:
    """The distribution that weights start from."""
    chosen: Initialisation = setting(
        default,
        title="Initial weights",
        description="The random distribution that the weights start from. DCGAN's is normal with deviation 0.02; "
        "Xavier and Kaiming keep the size of the signal from layer to layer; orthogonal also keeps its directions "
        "apart.",
        labels=_INITIALISATIONS,
    )
    return chosen
