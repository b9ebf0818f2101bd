"""Making images with a trained generator, without its data, discriminator or optimizers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganengine import devices
from ganengine.batches import latents
from ganengine.config import TrainConfig
from ganengine.errors import CheckpointError, OutOfMemory
from ganengine.latents import FixedLatents, class_blocks
from ganengine.players import sample
from ganengine.runs.checkpoints import checkpoint_config, load_checkpoint
from ganengine.sampling import as_arrays
from ganengine.shapes import ImageShape

Images = NDArray[np.uint8]
_PORTION = 256
# torch draws normal numbers in blocks; from this many vectors on, portions join to what one draw would have given.
_SMALLEST = 16


class Sampler:
    """The generator of one checkpoint: the running average where there is one, else G.

    It draws from no global random generator, so it may be made and used beside a training in another thread.

    Attributes:
        config: the settings in force when the checkpoint was made.
        step: updates of the generator done until then.
        shape: of one image.
        device: where the images are made.
        fixed: what the run's own samples are made from.
        classes: names of the classes that one can ask for; empty where the generator knows none.
    """

    def __init__(
        self,
        G: nn.Module,
        config: TrainConfig,
        shape: ImageShape,
        step: int,
        fixed: FixedLatents,
        classes: Sequence[str],
        device: torch.device,
    ) -> None:
        self.config = config
        self.step = step
        self.fixed = fixed
        self.classes = tuple(classes)
        self.shape = shape
        self.device = device
        with _memory_explained(device):
            self._G = G.to(device).eval().requires_grad_(False)

    @classmethod
    def from_checkpoint(cls, path: Path, device: str = "auto") -> Self:
        """Read the generator out of a checkpoint's file.

        Args:
            device: a value of the setting `training.device`.

        Raises:
            CheckpointError: one sentence on why the file cannot be used.
            ConfigError: there is no such device.
            OutOfMemory: the generator does not fit on it.
        """
        return cls.from_content(path, load_checkpoint(path), device)

    @classmethod
    def from_content(cls, path: Path, content: dict[str, Any], device: str = "auto") -> Self:
        """The same of a checkpoint that was read already; `path` is for messages, and what it raises as there."""
        chosen = devices.resolve(device)
        config = checkpoint_config(content)
        step, shape = _facts(path, content)
        classes = content["data"].get("classes", ())
        G = _generator(path, config, shape, len(classes), content["players"])
        return cls(G, config, shape, step, FixedLatents.load(content, chosen), classes, chosen)

    @property
    def generator(self) -> nn.Module:
        """The network itself, in evaluation mode and without gradients."""
        return self._G

    def images(self, count: int, seed: int, label: int | None = None) -> Images:
        """Images [count, H, W, C] from the latent vectors that the seed stands for.

        Args:
            label: the class that all are of; by default each class has its share, one after the other.

        Raises:
            OutOfMemory: the device's memory is full.
        """
        return np.concatenate([self._none(), *self.batches(count, seed, label)])

    def fixed_images(self) -> Images:
        """The images [N, H, W, C] that the run's own sample of this step shows."""
        return self.images_of(self.fixed.z, self.fixed.labels)

    def batches(self, count: int, seed: int, label: int | None = None) -> Iterator[Images]:
        """The same as `images`, in portions [n, H, W, C] of a few hundred, for more than fit into memory."""
        generator = torch.Generator().manual_seed(seed)
        labels = self._labels(count, label)
        first = 0
        while first < count:
            left = count - first
            size = _PORTION if left >= _PORTION + _SMALLEST else left
            z = latents(size, self.config.generator.latent_dim, generator)
            yield self.images_of(z, None if labels is None else labels[first : first + size])
            first += size

    def images_of(self, z: Tensor | NDArray[np.floating[Any]], labels: Tensor | None = None) -> Images:
        """Images [N, H, W, C] of latent vectors [N, latent_dim] and, where the generator knows them, classes [N].

        Raises:
            ValueError: z has another shape, or a generator that knows classes was given none.
            OutOfMemory: the device's memory is full.
        """
        vectors = torch.as_tensor(z, dtype=torch.float32, device=self.device)
        if vectors.ndim != 2 or vectors.shape[1] != self.config.generator.latent_dim:
            raise ValueError(f"z is {tuple(vectors.shape)}, not [N, {self.config.generator.latent_dim}]")
        if not len(vectors):
            return self._none()
        if self.classes and labels is None:
            raise ValueError("this generator needs the class of each image")
        with _memory_explained(self.device):
            return as_arrays(sample(self._G, vectors, None if labels is None else labels.to(self.device), _PORTION))

    def _labels(self, count: int, label: int | None) -> Tensor | None:
        if label is not None and not 0 <= label < len(self.classes):
            raise ValueError(f"there is no class {label}")
        return class_blocks(count, len(self.classes)) if label is None else torch.full((count,), label)

    def _none(self) -> Images:
        return np.empty((0, self.shape.resolution, self.shape.resolution, self.shape.channels), dtype=np.uint8)


def _facts(path: Path, content: dict[str, Any]) -> tuple[int, ImageShape]:
    try:
        step, shape = content["step"], ImageShape(**content["data"]["shape"])
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{path.name} does not say which shape its images have.") from error
    if not all(isinstance(number, int) for number in (step, shape.channels, shape.resolution)):
        raise CheckpointError(f"{path.name} is damaged: its step or its images' shape is not a number.")
    return step, shape


def _generator(path: Path, config: TrainConfig, shape: ImageShape, num_classes: int, players: Any) -> nn.Module:
    """The generator with its weights; no weight is initialised, for that would draw random numbers."""
    if problem := config.generator.problem_with(shape):
        raise CheckpointError(f"{path.name} holds a generator that {problem}.")
    with torch.device("meta"):
        G = config.generator.build(shape, num_classes)
    try:
        G.load_state_dict(players.get("G_ema") or players["G"], assign=True)
    except (AttributeError, KeyError, TypeError, RuntimeError) as error:
        raise CheckpointError(
            f"The weights in {path.name} belong to another architecture than its settings say."
        ) from error
    assert not any(tensor.is_meta for tensor in chain(G.parameters(), G.buffers())), "a buffer that is not saved"
    return G


@contextmanager
def _memory_explained(device: torch.device) -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"The memory of {device} is not enough to make images: {devices.memory_figures(device)}. "
            "Wait until a training there has ended, or make them on the CPU."
        ) from error
