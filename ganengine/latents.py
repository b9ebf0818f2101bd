"""Which latent vectors and classes images are made from."""

from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from ganengine.batches import latents
from ganengine.config import TrainConfig


def latents_of_seed(seed: int, count: int, latent_dim: int, device: torch.device) -> Tensor:
    """Latent vectors [count, latent_dim] that a seed stands for, the same on every device."""
    return latents(count, latent_dim, torch.Generator().manual_seed(seed)).to(device)


def class_blocks(count: int, num_classes: int) -> Tensor | None:
    """Classes int64 [count] for a grid: each has its share, one after the other; None without classes.

    In a grid of as many rows as there are classes, each row is one class.
    """
    return torch.arange(count) * num_classes // max(count, 1) if num_classes else None


@dataclass(frozen=True)
class FixedLatents:
    """What every sample of a run is made from, so that one sees the same images grow.

    Attributes:
        z: latent vectors [N, latent_dim].
        labels: classes int64 [N], a block of `columns` for each, or None where the generator knows none.
        columns: of the grid in which each row is one class; 0 where any number will do.
    """

    z: Tensor
    labels: Tensor | None = None
    columns: int = 0

    @classmethod
    def of(cls, config: TrainConfig, num_classes: int, device: torch.device) -> Self:
        """As many as the settings ask for; with classes, rounded to whole rows."""
        wanted, seed, latent_dim = config.recording.sample_count, config.training.seed, config.generator.latent_dim
        if not num_classes:
            return cls(latents_of_seed(seed, wanted, latent_dim, device))
        columns = max(1, round(wanted / num_classes))
        z = latents_of_seed(seed, columns * num_classes, latent_dim, device)
        return cls(z, torch.arange(num_classes, device=device).repeat_interleave(columns), columns)

    @classmethod
    def load(cls, checkpoint: dict[str, Any], device: torch.device) -> Self:
        """Those in the content of a checkpoint."""
        z, labels = checkpoint["fixed_z"].to(device), checkpoint.get("fixed_labels")
        if labels is None:
            return cls(z)
        return cls(z, labels.to(device), int((labels == labels[0]).sum()))
