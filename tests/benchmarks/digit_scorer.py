"""Which digit an image shows, and how surely: a small classifier trained on the embedded digits.

The figures that the README gives come from it. Its own accuracy on digits that it never saw is printed with them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganengine.data.dataset import ImageDataset, to_unit_range
from ganengine.data.sources.mnist_5k import MNIST5k


@dataclass(frozen=True)
class Score:
    """Share of images scored at 0.9 or more, and how many of each digit (0 to 9) there are."""

    confident: float
    per_digit: list[int]

    def __str__(self) -> str:
        return f"{self.confident:.1%} confident, digits {self.per_digit}"


class DigitScorer:
    """A small convolutional classifier; training takes about 30 s on one core."""

    def __init__(self, epochs: int = 24, seed: int = 0, held_out: int = 500) -> None:
        """Train on the embedded digits but the last `held_out` of a shuffle, which give `accuracy`."""
        generator = torch.Generator().manual_seed(seed)
        data = MNIST5k().load()
        order = torch.randperm(data.count, generator=generator)
        self._network = _network(seed)
        self._fit(data, order[held_out:], epochs, generator)
        self.accuracy = self._accuracy(data, order[:held_out])

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
        for _ in range(epochs):
            for part in chosen[torch.randperm(len(chosen), generator=generator)].split(50):
                shift = torch.randint(-2, 3, (2,), generator=generator).tolist()
                images = to_unit_range(data.images[part].roll(shift, (2, 3)))
                loss = nn.functional.cross_entropy(self._network(images), data.labels[part])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

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
