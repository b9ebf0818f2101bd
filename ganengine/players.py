"""The two networks that play against each other, with their optimizers."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ganengine.config import TrainConfig
from ganengine.data.dataset import to_uint8
from ganengine.errors import CheckpointError
from ganengine.optimizers.base import apply_settings
from ganengine.precision import laid_out, lay_out_like_weights
from ganengine.shapes import ImageShape


@dataclass
class Players:
    """G, D, the running average of G (or None) and both optimizers, on one device."""

    G: nn.Module
    D: nn.Module
    G_ema: nn.Module | None
    optimizer_g: torch.optim.Optimizer
    optimizer_d: torch.optim.Optimizer

    @classmethod
    def build(cls, config: TrainConfig, shape: ImageShape, device: torch.device, num_classes: int = 0) -> "Players":
        """Freshly initialised from torch's global random generator; 0 classes where they are not told of them."""
        G = laid_out(config.generator.build(shape, num_classes).to(device), config.compute, device)
        D = laid_out(config.discriminator.build(shape, num_classes).to(device), config.compute, device)
        G_ema = deepcopy(G).eval().requires_grad_(False) if config.training.ema_halflife_images else None
        return cls(G, D, G_ema, config.optimizer_g.build(G.parameters()), config.optimizer_d.build(D.parameters()))

    def parameter_counts(self) -> dict[str, int]:
        """Trainable weights of each network."""
        parts = {"generator": self.G, "discriminator": self.D}
        return {name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()}

    def apply_settings(self, config: TrainConfig) -> None:
        """Take over changed optimizer settings: learning rates and the like."""
        apply_settings(self.optimizer_g, config.optimizer_g)
        apply_settings(self.optimizer_d, config.optimizer_d)

    def state_dict(self) -> dict[str, Any]:
        """All weights, buffers and optimizer states."""
        networks = {name: part.state_dict() for name, part in self.networks()}
        optimizers = {"optimizer_g": self.optimizer_g.state_dict(), "optimizer_d": self.optimizer_d.state_dict()}
        return networks | optimizers

    def load_state_dict(self, state: dict[str, Any], optimizers: Sequence[str]) -> None:
        """Take over what `state_dict` gave; of the optimizers only those named, the others start afresh.

        Raises:
            CheckpointError: it belongs to another architecture.
        """
        try:
            for name, part in self.networks():
                # A fork that turns the average on begins it from G.
                part.load_state_dict(state["G"] if name == "G_ema" and name not in state else state[name])
            for name in optimizers:
                getattr(self, name).load_state_dict(state[name])
                lay_out_like_weights(getattr(self, name))
        except (KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError("The weights in this checkpoint belong to another architecture.") from error

    def are_finite(self) -> bool:
        """Whether every weight is a finite number. This waits for the device."""
        weights = [*self.G.parameters(), *self.D.parameters()]
        return bool(torch.stack([weight.isfinite().all() for weight in weights]).all())

    def set_rates(self, config: TrainConfig, factor: float) -> None:
        """Take the learning rates of the settings times a schedule's factor."""
        for optimizer, settings in ((self.optimizer_g, config.optimizer_g), (self.optimizer_d, config.optimizer_d)):
            for group in optimizer.param_groups:
                group["lr"] = settings.lr * factor

    def sample(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images uint8 [N, C, H, W] of latent vectors z, by the average of G where there is one."""
        return sample(self.G if self.G_ema is None else self.G_ema, z, labels)

    def networks(self) -> list[tuple[str, nn.Module]]:
        """G, D and, where there is one, the average of G, by name."""
        return [(name, getattr(self, name)) for name in ("G", "D", "G_ema") if getattr(self, name) is not None]

    def optimizers(self) -> list[tuple[str, nn.Module, torch.optim.Optimizer]]:
        """Each optimizer by name, with the network that it updates."""
        return [("optimizer_g", self.G, self.optimizer_g), ("optimizer_d", self.D, self.optimizer_d)]


@torch.no_grad()
def sample(G: nn.Module, z: Tensor, labels: Tensor | None = None, batch_size: int = 256) -> Tensor:
    """Images uint8 [N, C, H, W] of latent vectors [N, latent_dim], in evaluation mode and in portions.

    Args:
        labels: int64 [N], the class of each, for a generator that knows classes.
    """
    training = G.training
    G.eval()
    try:
        portions = range(0, len(z), batch_size)
        return torch.cat([to_uint8(G(*_portion(z, labels, first, batch_size))) for first in portions])
    finally:
        G.train(training)


def _portion(z: Tensor, labels: Tensor | None, first: int, size: int) -> tuple[Tensor, Tensor | None]:
    return z[first : first + size], None if labels is None else labels[first : first + size]
