"""Every tensor that a training step reads and writes, by name and in one fixed order."""

import torch
from torch import Tensor, nn

from ganengine.players import Players


def slots(players: Players) -> dict[str, Tensor]:
    """Weights and buffers of all networks, and what both optimizers remember, e.g. ``optimizer_g.exp_avg.body.0.bias``.

    The tensors themselves, not copies; the names depend on the architecture alone. An optimizer's counters are left
    out: they live on the host.
    """
    found: dict[str, Tensor] = {}
    for name, network in players.networks():
        found |= {f"{name}.{key}": tensor for key, tensor in named_tensors(network).items()}
    for name, network, optimizer in players.optimizers():
        for key, weight in network.named_parameters():
            for memory, tensor in remembered(optimizer, weight).items():
                found[f"{name}.{memory}.{key}"] = tensor
    return found


def named_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Weights, then buffers."""
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


def remembered(optimizer: torch.optim.Optimizer, weight: Tensor) -> dict[str, Tensor]:
    """What an optimizer knows of one weight: a tensor of the weight's shape for each name."""
    return {
        name: value
        for name, value in optimizer.state[weight].items()
        if isinstance(value, Tensor) and value.shape == weight.shape and name not in _COUNTERS
    }


_COUNTERS = ("step", "mu_product")
