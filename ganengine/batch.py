"""What one step is made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.state import TrainingState
from ganengine.step import ema_decay


@dataclass(frozen=True)
class Batch:
    """The inputs of one step; what a graph is given and what the eager step begins with.

    Attributes:
        images: uint8 [N, C, H, W] for each update of D.
        labels: int64 [N] for each, or None without classes.
        latents: [N, latent_dim] for each, and one more for G unless fakes are shared.
        ema_weight: how far the average moves towards the weights of now; within a graph 0-d.
        shown: real images shown so far, these among them; within a graph 0-d.
    """

    images: Sequence[Tensor]
    labels: Sequence[Tensor | None]
    latents: Sequence[Tensor]
    ema_weight: float | Tensor
    shown: int | Tensor

    def tensors(self) -> list[Tensor]:
        """Images, classes where there are any, and latents, in the order in which a graph takes them."""
        return [*self.images, *(its for its in self.labels if its is not None), *self.latents]


def next_batch(config: TrainConfig, state: TrainingState) -> Batch:
    """Take the next inputs from the data and from the training's own random numbers."""
    training = config.training
    pairs = [state.next_images() for _ in range(training.d_steps)]
    count = training.d_steps + (not config.compute.share_fakes)
    latents = [state.next_latents(training.batch_size, config.generator.latent_dim) for _ in range(count)]
    decay = ema_decay(training.batch_size * training.d_steps, state.images, training.ema_halflife_images)
    images, labels = [images for images, _ in pairs], [labels for _, labels in pairs]
    return Batch(images, labels, latents, 1.0 - decay, state.images)
