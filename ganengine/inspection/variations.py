"""Images around one image: its latent vector, moved a little in random directions."""

import math

import torch
from torch import Tensor

from ganengine.latents import latents_of_seed


def variations(z: Tensor, strength: float, count: int, seed: int) -> Tensor:
    """Latent vectors [count, latent_dim] around one of them [latent_dim].

    Each is √(1 - s²)·z + s·noise, which is as typical for the generator as z is: normally distributed where z is.
    The same seed takes the same directions, however far one goes.

    Args:
        strength: s, from 0, which changes nothing, to 1, where nothing is left of z.

    Raises:
        ValueError: the strength is another number.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"the strength is {strength}, not between 0 and 1")
    noise = latents_of_seed(seed, count, len(z), torch.device("cpu"))
    return math.sqrt(1 - strength**2) * z + strength * noise
