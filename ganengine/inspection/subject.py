"""One checkpoint to look at single images with: the generator, and the discriminator that it played against."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganengine.data.dataset import to_uint8
from ganengine.inspection.critic import PORTION, Critic
from ganengine.latents import class_blocks, latents_of_seed
from ganengine.networks.conditional import ConditionalGenerator
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.sampler import Sampler
from ganengine.sampling import as_arrays

Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Latent:
    """What one image is made from.

    Attributes:
        z: the latent vector [latent_dim], float32 on the CPU.
        label: its class, or None where the generator knows none.
    """

    z: Tensor
    label: int | None = None

    def of_class(self, label: int | None) -> "Latent":
        """The same vector for another class."""
        return Latent(self.z, label)


class Subject:
    """Both networks of one checkpoint. It may be used beside a training: no global random generator is touched.

    Attributes:
        path: of the checkpoint.
        sampler: the generator.
        critic: the discriminator.
    """

    def __init__(self, path: Path, sampler: Sampler, critic: Critic) -> None:
        self.path = path
        self.sampler = sampler
        self.critic = critic
        self._stamp = _stamp(path)

    @classmethod
    def from_checkpoint(cls, path: Path, device: str = "auto") -> Self:
        """Read both networks.

        Raises:
            CheckpointError, ConfigError, OutOfMemory: as `Sampler.from_checkpoint`.
        """
        content: dict[str, Any] = load_checkpoint(path)
        sampler = Sampler.from_content(path, content, device)
        critic = Critic.from_content(path, content, sampler.config, sampler.shape, len(sampler.classes), sampler.device)
        return cls(path, sampler, critic)

    @property
    def step(self) -> int:
        """Updates of the generator done."""
        return self.sampler.step

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that it can be asked for; empty where it knows none."""
        return self.sampler.classes

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent vector."""
        return self.sampler.config.generator.latent_dim

    def is_current(self) -> bool:
        """Whether the file is still the one that was read, or gone; a run that goes on anew may have replaced it."""
        return _stamp(self.path) in {self._stamp, None}

    # -- which image ---------------------------------------------------------------------------------------------------

    def fixed_count(self) -> int:
        """How many images the run's own samples show."""
        return len(self.sampler.fixed.z)

    def latent(self, index: int, seed: int | None = None, count: int = 0) -> Latent:
        """What an image that was shown is made from.

        Args:
            index: its place, from 0.
            seed: of the fresh noise that it is from; None for the run's own samples.
            count: how many images that noise was drawn for.

        Raises:
            IndexError: there is no such image.
        """
        if seed is None:
            z, labels = self.sampler.fixed.z.cpu(), self.sampler.fixed.labels
        else:
            z = self.random_many(seed, count)
            labels = class_blocks(count, len(self.classes))
        if not 0 <= index < len(z):
            raise IndexError(f"there is no image {index} among {len(z)}")
        return Latent(z[index].clone(), None if labels is None or not self.classes else int(labels[index]))

    def random(self, seed: int, label: int | None = None) -> Latent:
        """A latent vector that a seed stands for, of a class."""
        return Latent(self.random_many(seed, 1)[0], label)

    def random_many(self, seed: int, count: int) -> Tensor:
        """Latent vectors [count, latent_dim] that a seed stands for."""
        return latents_of_seed(seed, count, self.latent_dim, torch.device("cpu"))

    # -- images --------------------------------------------------------------------------------------------------------

    def images(self, z: Tensor, label: int | None = None) -> Images:
        """Images uint8 [N, H, W, C] of latent vectors [N, latent_dim], all of one class."""
        labels = None if label is None or not self.classes else torch.full((len(z),), label)
        return self.sampler.images_of(z, labels)

    def image(self, latent: Latent) -> Images:
        """The image uint8 [1, H, W, C] of one latent."""
        return self.images(latent.z[None], latent.label)

    def between_classes(self, z: Tensor, weights: Tensor) -> Images:
        """Images of vectors [N, latent_dim] between classes: `weights` [N, num_classes] mix the classes' embeddings."""
        G = self.sampler.generator
        if not isinstance(G, ConditionalGenerator) or G.embedding is None:
            raise ValueError("this generator knows no classes")
        device = self.sampler.device
        with torch.no_grad():
            told = weights.to(device, torch.float32) @ G.embedding.weight
            inputs = torch.cat([z.to(device, torch.float32), told], dim=1)
            return np.concatenate([as_arrays(to_uint8(G.body(part))) for part in torch.split(inputs, PORTION)])


def _stamp(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
