"""How much room a training will take on the disk, before it has begun."""

from dataclasses import dataclass
from itertools import chain

import torch
from torch import nn

from ganengine.config import TrainConfig
from ganengine.optimizers.base import Optimizer
from ganengine.runs.size import in_words
from ganengine.shapes import ImageShape

_NUMBER = 4  # bytes; weights are float32
_AROUND = 60_000  # bytes of a checkpoint besides weights: random numbers, settings, the archive's own


@dataclass(frozen=True)
class Footprint:
    """What stays on the disk at most.

    Attributes:
        checkpoint: bytes of one, about.
        checkpoints: how many automatic ones stay, the best one among them.
        sample: bytes of one at most, for the images may be of any content.
        samples: how many stay.
    """

    checkpoint: int
    checkpoints: int
    sample: int
    samples: int

    @property
    def total(self) -> int:
        """Bytes of all of them."""
        return self.checkpoint * self.checkpoints + self.sample * self.samples

    def __str__(self) -> str:
        """For people."""
        return (
            f"Takes at most {in_words(self.total)} on the disk: {self.checkpoints:,} checkpoints of about "
            f"{in_words(self.checkpoint)} each, and {self.samples:,} samples of at most {in_words(self.sample)}. "
            "Checkpoints that you save yourself come on top."
        )


def footprint(config: TrainConfig, shape: ImageShape, num_classes: int = 0, dataset_size: int = 0) -> Footprint:
    """The room that these settings need for images of that shape; it draws no random number.

    Args:
        dataset_size: number of real images, whose order is in a checkpoint too.
    """
    with torch.device("meta"):  # shapes without numbers
        G = config.generator.build(shape, num_classes)
        D = config.discriminator.build(shape, num_classes)
    numbers = held(G) * (2 if config.training.ema_halflife_images else 1) + held(D)
    for network, optimizer in ((G, config.optimizer_g), (D, config.optimizer_d)):
        numbers += sum(weight.numel() for weight in network.parameters()) * states_a_weight(optimizer)
    recording = config.recording
    count = recording.sample_count
    checkpoint = numbers * _NUMBER + count * config.generator.latent_dim * _NUMBER + 8 * dataset_size + _AROUND
    best = 1 if config.evaluation.every and config.evaluation.best_key() else 0
    checkpoints = recording.keep_checkpoints + recording.spread_checkpoints + best
    sample = count * shape.channels * (shape.resolution + 2) ** 2
    return Footprint(checkpoint, checkpoints, sample, recording.keep_samples)


def held(network: nn.Module) -> int:
    """How many numbers a network consists of, its buffers among them."""
    return sum(tensor.numel() for tensor in chain(network.parameters(), network.buffers()))


def states_a_weight(optimizer: Optimizer) -> int:
    """How many numbers it remembers for each weight: two for Adam, none for plain SGD."""
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.zeros(2)
    built = optimizer.build([weight])
    built.step()
    held = (value for value in built.state[weight].values() if isinstance(value, torch.Tensor))
    return sum(value.shape == weight.shape for value in held)
