"""What layers are called for people."""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from ganengine.networks.residual import SumPool


def name_of(layer: nn.Module) -> str:
    """A layer in the field's words, with the figures that tell it from others, e.g. ``Dense 100 → 128``."""
    spectral = ", spectral norm" if is_parametrized(layer, "weight") else ""
    for kind, describe in _WORDS.items():
        if isinstance(layer, kind):
            return describe(layer) + spectral
    return type(layer).__name__ + spectral


def _convolution(layer: Any) -> str:
    stride = f", stride {layer.stride[0]}" if layer.stride[0] > 1 else ""
    return f"{'×'.join(map(str, layer.kernel_size))}{stride}, {layer.in_channels} → {layer.out_channels}"


def _group_norm(layer: Any) -> str:
    return "Layer norm" if layer.num_groups == 1 else f"Group norm, {layer.num_groups} groups"


_WORDS: dict[type[nn.Module], Callable[[Any], str]] = {
    nn.Linear: lambda layer: f"Dense {layer.in_features} → {layer.out_features}",
    nn.Conv2d: lambda layer: f"Convolution {_convolution(layer)}",
    nn.ConvTranspose2d: lambda layer: f"Transposed convolution {_convolution(layer)}",
    nn.Embedding: lambda layer: f"Class embedding {layer.num_embeddings} × {layer.embedding_dim}",
    nn.BatchNorm1d: lambda layer: "Batch norm",
    nn.BatchNorm2d: lambda layer: "Batch norm",
    nn.InstanceNorm2d: lambda layer: "Instance norm",
    nn.LayerNorm: lambda layer: "Layer norm",
    nn.GroupNorm: _group_norm,
    nn.LeakyReLU: lambda layer: f"LeakyReLU {layer.negative_slope:g}",
    nn.Tanh: lambda layer: "tanh",
    nn.Dropout: lambda layer: f"Dropout {layer.p:g}",
    nn.Flatten: lambda layer: "Flatten",
    nn.Unflatten: lambda layer: "Reshape",
    nn.Upsample: lambda layer: f"Nearest upsampling ×{layer.scale_factor:g}",
    nn.AvgPool2d: lambda layer: f"Average pooling {layer.kernel_size}×{layer.kernel_size}",
    SumPool: lambda layer: "Global sum pooling",
}
