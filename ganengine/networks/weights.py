"""What weights start from, and what holds them in bounds."""

import math
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.overrides import TorchFunctionMode

from ganengine.networks.settings import Activation, Initialisation

Weighted = nn.Linear | nn.Conv2d | nn.ConvTranspose2d | nn.Embedding
_SCALING = nn.BatchNorm1d | nn.BatchNorm2d | nn.InstanceNorm2d | nn.GroupNorm | nn.LayerNorm


def initialise(network: nn.Module, scheme: Initialisation, activation: Activation, slope: float) -> None:
    """Draw all weights anew from torch's global random generator.

    Every scheme but torch's own sets the biases to 0. "dcgan" is N(0, 0.02), and N(1, 0.02) for the scales of
    normalisations (Radford et al. 2016, section 4); "xavier" the uniform form of Glorot & Bengio 2010; "kaiming" the
    normal form of He et al. 2015 for the activation's slope; "orthogonal" is Saxe et al. 2014, as in BigGAN.
    """
    if scheme == "torch":
        _initialise_embeddings(network)
        return
    negative = slope if activation == "leaky_relu" else 0.0
    for module in network.modules():
        if isinstance(module, Weighted):
            _draw(module, scheme, negative)
            _clear_bias(module)
        elif isinstance(module, _SCALING) and scheme == "dcgan":
            nn.init.normal_(module.weight, 1.0, 0.02)
            _clear_bias(module)


def hold_spectral_norm(network: nn.Module) -> None:
    """Divide every layer's weight by its largest singular value from now on (Miyato et al. 2018)."""
    for module in list(network.modules()):
        if isinstance(module, Weighted):
            with _WithoutNumbers() if module.weight.is_meta else nullcontext():
                spectral_norm(module)


class _WithoutNumbers(TorchFunctionMode):
    """Leaves out the power iteration that spectral norm begins with, slow and void where there are only shapes."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.mv:
            return args[0].new_empty(args[0].shape[0])
        if func is nn.functional.normalize:
            return args[0]
        return func(*args, **(kwargs or {}))


def _draw(module: Weighted, scheme: str, negative_slope: float) -> None:
    match scheme:
        case "dcgan":
            nn.init.normal_(module.weight, 0.0, 0.02)
        case "xavier":
            nn.init.xavier_uniform_(module.weight)
        case "kaiming":
            gain = nn.init.calculate_gain("leaky_relu", negative_slope)
            nn.init.normal_(module.weight, 0.0, gain / math.sqrt(_fan_in(module)))
        case "orthogonal":
            nn.init.orthogonal_(module.weight)


def _fan_in(module: Weighted) -> float:
    """How many inputs make up one output."""
    if isinstance(module, nn.ConvTranspose2d):
        return module.weight[:, 0].numel() / math.prod(module.stride)
    return module.weight[0].numel()


def _clear_bias(module: nn.Module) -> None:
    if isinstance(bias := getattr(module, "bias", None), nn.Parameter):
        nn.init.zeros_(bias)


def _initialise_embeddings(network: nn.Module) -> None:
    """As torch would a dense layer: its own N(0, 1) would drown D's answer in the class's at first."""
    for module in network.modules():
        if isinstance(module, nn.Embedding):
            bound = 1 / math.sqrt(module.embedding_dim)
            nn.init.uniform_(module.weight, -bound, bound)
