"""Random numbers and order of a training, seeded and exactly resumable."""

from typing import Any

import torch
from torch import Tensor


class ShuffledBatches:
    """Endless batches of image numbers; each epoch is a new shuffle, and an incomplete last batch is dropped.

    With repeats, an epoch is instead as many independent draws from all images.

    The order of an epoch depends on (seed, epoch) alone, so the state is two numbers.

    Attributes:
        epoch: completed passes over the images.
        position: image numbers already handed out in this epoch.
    """

    def __init__(self, count: int, batch_size: int, seed: int, device: torch.device, *, repeats: bool = False) -> None:
        self._count = count
        self._repeats = repeats
        self._batch_size = batch_size
        self._seed = seed
        self._device = device
        self.epoch = 0
        self.position = 0
        self._order = self._shuffled()

    @property
    def per_epoch(self) -> int:
        """Batches in one epoch."""
        return self._count // self._batch_size

    @property
    def epochs_done(self) -> float:
        """Passes over the images, with fractions; the incomplete batch that is left out does not count."""
        return self.epoch + self.position / (self.per_epoch * self._batch_size)

    def next(self) -> Tensor:
        """int64 [batch_size] on the training device."""
        if self.position + self._batch_size > self._count:
            self.epoch += 1
            self.position = 0
            self._order = self._shuffled()
        chosen = self._order[self.position : self.position + self._batch_size]
        self.position += self._batch_size
        return chosen

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to go on with the very next batch."""
        return {"epoch": self.epoch, "position": self.position, "count": self._count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
        self._order = self._shuffled()

    def _shuffled(self) -> Tensor:
        # Shuffled on the CPU so that the order is the same on every device.
        generator = torch.Generator().manual_seed((self._seed << 20) + self.epoch)
        if self._repeats:
            order = torch.randint(self._count, (self._count,), generator=generator)
        else:
            order = torch.randperm(self._count, generator=generator)
        return order.to(self._device, non_blocking=True)


def latents(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """Standard normal latent vectors [count, latent_dim] on the generator's device."""
    return torch.randn(count, latent_dim, generator=generator, device=generator.device)


def rng_state(device: torch.device) -> dict[str, Tensor]:
    """State of torch's global generators, which dropout draws from."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_rng_state(states: dict[str, Tensor], device: torch.device) -> None:
    """Put torch's global generators back; a state of a kind of device that is not used now is left out."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
