"""Which digit an image shows, and how surely: a small classifier that never saw the digits that the GAN learns from.

It learns from MNIST's 10,000 test digits, where $GAN_STUDIO_DATA has them (MNIST/raw); the built-in digits are from the
training part. Without them it learns from the built-in ones, and says so. Its accuracy is that on built-in digits that
it never saw.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganengine.data.dataset import ImageDataset, to_unit_range
from ganengine.data.sources.mnist import MNIST
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.places import data_root


@dataclass(frozen=True)
class Score:
    """Share of images scored at 0.9 or more, and how many of each digit (0 to 9) there are."""

    confident: float
    per_digit: list[int]

    def __str__(self) -> str:
        return f"{self.confident:.1%} confident, digits {self.per_digit}"


class DigitScorer:
    """A small convolutional classifier; training takes about a minute on one core.

    Attributes:
        source: what it learnt from, in words.
        accuracy: share of built-in digits that it never saw and gets right.
    """

    def __init__(self, seed: int = 0, held_out: int = 500) -> None:
        generator = torch.Generator().manual_seed(seed)
        built_in = MNIST5k().load()
        order = torch.randperm(built_in.count, generator=generator)
        self._network = _network(seed)
        if (data_root() / "MNIST" / "raw").is_dir():
            test = MNIST(part="test").load()
            self.source = "MNIST's test digits, which no GAN here learns from"
            self._fit(test, torch.arange(test.count), 24, generator)
            self.accuracy = self._accuracy(built_in, order)
        else:
            self.source = "the built-in digits (set GAN_STUDIO_DATA for others)"
            self._fit(built_in, order[held_out:], 24, generator)
            self.accuracy = self._accuracy(built_in, order[:held_out])

    @torch.no_grad()
    def probabilities(self, images: Tensor) -> Tensor:
        """uint8 [N, 1, 28, 28] → [N, 10]."""
        self._network.eval()
        parts = [self._network(to_unit_range(part)).softmax(1) for part in images.split(500)]
        return torch.cat(parts)

    def score(self, images: Tensor) -> Score:
        """How many of the images (uint8 [N, 1, 28, 28]) are surely digits, and which."""
        confidence, digit = self.probabilities(images).max(1)
        return Score((confidence >= 0.9).float().mean().item(), digit.bincount(minlength=10).tolist())

    def _fit(self, data: ImageDataset, chosen: Tensor, epochs: int, generator: torch.Generator) -> None:
        assert data.labels is not None
        optimizer = torch.optim.Adam(self._network.parameters(), 2e-3, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
        for _ in range(epochs):
            for part in chosen[torch.randperm(len(chosen), generator=generator)].split(50):
                shift = torch.randint(-2, 3, (2,), generator=generator).tolist()
                images = to_unit_range(data.images[part].roll(shift, (2, 3)))
                loss = nn.functional.cross_entropy(self._network(images), data.labels[part])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            schedule.step()

    def _accuracy(self, data: ImageDataset, chosen: Tensor) -> float:
        assert data.labels is not None
        digits = self.probabilities(data.images[chosen]).argmax(1)
        return (digits == data.labels[chosen]).float().mean().item()


def _network(seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.4),
        nn.Linear(32 * 49, 96),
        nn.ReLU(),
        nn.Dropout(0.4),
        nn.Linear(96, 10),
    )
