"""From latent vectors to pictures."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganengine.batches import latents


def latents_of_seed(seed: int, count: int, latent_dim: int, device: torch.device) -> Tensor:
    """Latent vectors [count, latent_dim] that a seed stands for, the same on every device."""
    return latents(count, latent_dim, torch.Generator().manual_seed(seed)).to(device)


def as_arrays(images: Tensor) -> NDArray[np.uint8]:
    """uint8 tensor [N, C, H, W] on any device → array [N, H, W, C]."""
    array: NDArray[np.uint8] = images.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return array
