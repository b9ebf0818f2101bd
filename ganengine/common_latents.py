"""The same latent vectors through the generators of several runs: what differs in the images, the trainings did."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.errors import RunError
from ganengine.latents import latents_of_seed
from ganengine.runs.directory import RunDirectory
from ganengine.sampler import Sampler

Images = NDArray[np.uint8]
_BLOCK = 16


@dataclass(frozen=True)
class CommonImages:
    """What one run makes of the common latent vectors.

    Attributes:
        images: uint8 [N, H, W, C]; those of another run at the same place are of the same latent vector.
        step: of the checkpoint that made them.
        columns: of the grid whose rows are the classes; 0 where any layout will do.
    """

    images: Images
    step: int
    columns: int = 0


@dataclass(frozen=True)
class CommonLatents:
    """One set of latent vectors for several runs.

    Attributes:
        seed: what stands for them; the first run's own, unless another was asked for.
        latent_dim: size of one vector.
        count: how many images are wanted; a run with classes makes whole rows, so a few more or less.
    """

    seed: int
    latent_dim: int
    count: int

    @classmethod
    def of(cls, configs: Sequence[TrainConfig | None], seed: int | None = None) -> Self:
        """As many as the first run's samples have.

        Raises:
            RunError: the runs' latent vectors are not of one size; says which sizes there are.
        """
        problem, first = latents_problem(configs), next(iter(configs), None)
        if problem or first is None:
            raise RunError(problem or "There are no runs to compare.")
        chosen = first.training.seed if seed is None else seed
        return cls(chosen, first.generator.latent_dim, first.recording.sample_count)

    def z(self, count: int) -> Tensor:
        """The first so many of the vectors [count, latent_dim]."""
        # torch draws normal numbers in blocks of 16: only of whole blocks a part is the same as the whole.
        whole = -(-count // _BLOCK) * _BLOCK
        return latents_of_seed(self.seed, whole, self.latent_dim, torch.device("cpu"))[:count]

    def images(self, checkpoint: Path, device: str = "auto") -> CommonImages:
        """What the generator in a checkpoint makes of them.

        Raises:
            CheckpointError, ConfigError, OutOfMemory: it cannot be used.
        """
        sampler = Sampler.from_checkpoint(checkpoint, device)
        labels, columns = None, 0
        if classes := len(sampler.classes):
            columns = max(1, round(self.count / classes))
            labels = torch.arange(classes).repeat_interleave(columns)
        z = self.z(self.count if labels is None else len(labels))
        return CommonImages(sampler.images_of(z, labels), sampler.step, columns)


def latents_problem(configs: Sequence[TrainConfig | None]) -> str:
    """Why these runs cannot share latent vectors, in one sentence; nothing where they can."""
    if any(config is None for config in configs):
        return "The settings of a run cannot be read, so that the size of its latent vectors is not known."
    sizes = sorted({config.generator.latent_dim for config in configs if config is not None})
    if len(sizes) > 1:
        return f"The runs' latent vectors have different sizes: {' and '.join(map(str, sizes))}."
    return ""


def checkpoint_near(run: RunDirectory, step: int | None) -> Path | None:
    """The checkpoint that is nearest to what the run was at a step: the newest until then, else the first after it."""
    if step is None:
        return None
    found = run.checkpoints.nearest(step)
    return None if found is None else run.checkpoints.path(found)
