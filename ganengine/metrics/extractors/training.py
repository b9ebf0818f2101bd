"""Training of the own classifier, from the data alone: the same data give the same weights on the same device."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ganengine.data.dataset import ImageDataset, to_unit_range
from ganengine.data.progress import Tell
from ganengine.metrics.extractors.classifier import Classifier, new_classifier
from ganengine.metrics.extractors.nonsense import nonsense

_TURNS = 4
_BATCH = 64
_NONSENSE = 12  # images of no class, beside each batch
_LR = 3e-3
_WEIGHT_DECAY = 0.05
_MOST_IMAGES = 20_000
_MOST_BYTES = 256 * 2**20
_MOST_HELD_OUT = 2000


@dataclass(frozen=True)
class Task:
    """What the classifier learns: the classes of the data, or how far an image is turned (Gidaris et al. 2018)."""

    num_classes: int
    rotations: bool

    @classmethod
    def of(cls, dataset: ImageDataset) -> "Task":
        """The classes where there are at least two, else the rotations."""
        if has_classes(dataset):
            return cls(len(class_counts(dataset)), rotations=False)
        return cls(_TURNS, rotations=True)


@dataclass(frozen=True)
class Trained:
    """A trained classifier, on its device and in evaluation mode, and its accuracy on images that it never saw."""

    network: Classifier
    accuracy: float


def has_classes(dataset: ImageDataset) -> bool:
    """Whether at least two classes have images."""
    return dataset.labels is not None and int((class_counts(dataset) > 0).sum()) > 1


def class_counts(dataset: ImageDataset) -> Tensor:
    """Images of each class, int64 [K] on the CPU."""
    assert dataset.labels is not None
    return dataset.labels.cpu().bincount(minlength=len(dataset.classes))


def train(dataset: ImageDataset, task: Task, device: torch.device, tell: Tell, steps: int) -> Trained:
    """Train for `steps` batches on at most 20,000 of the images."""
    generator = torch.Generator().manual_seed(0)
    examples = _Examples(dataset, task, device, generator)
    network = new_classifier(dataset.shape, task.num_classes, generator).to(device)
    with torch.enable_grad():
        _fit(network, examples, steps, generator, tell)
    network.eval().requires_grad_(False)
    return Trained(network, _accuracy(network, examples))


class _Examples:
    """The chosen images, in memory on the device.

    Attributes:
        trained_on, held_out: how many images come first, which are trained on, and follow, which are not.
        batch_size: how many images, each in every turn where these are learned, make up 64.
        num_classes: of the task.
    """

    def __init__(self, dataset: ImageDataset, task: Task, device: torch.device, generator: torch.Generator) -> None:
        most = min(dataset.count, _MOST_IMAGES, max(_BATCH, _MOST_BYTES // dataset.images[0].numel()))
        chosen = torch.randperm(dataset.count, generator=generator)[:most]
        chosen, order = chosen.sort()  # a file on disk is read forwards
        images = dataset.images[chosen.to(dataset.images.device)].to(device)
        self._order = order.argsort().to(device)
        self._images = images
        self.num_classes = task.num_classes
        self._labels = None
        if not task.rotations:
            assert dataset.labels is not None
            self._labels = dataset.labels[chosen.to(dataset.labels.device)].to(device)
        self.held_out = min(most // 10, _MOST_HELD_OUT)
        self.trained_on = most - self.held_out
        self.batch_size = _BATCH // _TURNS if task.rotations else _BATCH

    def of(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Images uint8 [n, C, H, W] and their labels [n], for places on the CPU."""
        chosen = self._order[places.to(self._order.device)]
        images = self._images[chosen]
        if self._labels is not None:
            return images, self._labels[chosen]
        turned = torch.cat([images.rot90(turns, (2, 3)) for turns in range(_TURNS)])
        return turned, torch.arange(_TURNS, device=images.device).repeat_interleave(len(images))


def _fit(network: Classifier, examples: _Examples, steps: int, generator: torch.Generator, tell: Tell) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), _LR, weight_decay=_WEIGHT_DECAY, fused=True)
    places = _shuffled(examples.trained_on, steps * examples.batch_size, generator)
    for step, part in enumerate(torch.split(places, examples.batch_size)):
        if step % 10 == 0:
            tell("Training the feature extractor", step, steps)
        images, labels = examples.of(part)
        reach = max(1, images.shape[2] // 14)
        shift = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
        others = nonsense(images[:: len(images) // _NONSENSE][:_NONSENSE], generator)
        shown = to_unit_range(torch.cat([images.roll(shift, (2, 3)), others]))
        targets = torch.cat([labels, labels.new_full((len(others),), examples.num_classes)])
        loss = cross_entropy(network(shown)[1], targets)
        optimizer.param_groups[0]["lr"] = _LR * _factor(step, steps)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    tell("Training the feature extractor", steps, steps)


def _shuffled(count: int, length: int, generator: torch.Generator) -> Tensor:
    """`length` places below `count`: shuffle after shuffle."""
    rounds = math.ceil(length / count)
    return torch.cat([torch.randperm(count, generator=generator) for _ in range(rounds)])[:length]


def _factor(step: int, steps: int) -> float:
    """Warm-up over a tenth, and cosine to zero."""
    return min(1.0, (step + 1) / (0.1 * steps)) * 0.5 * (1 + math.cos(math.pi * step / steps))


@torch.no_grad()
def _accuracy(network: Classifier, examples: _Examples) -> float:
    """On the held-out images; on all where there are too few to hold any out."""
    first = examples.trained_on if examples.held_out else 0
    right = total = 0
    for part in torch.split(torch.arange(first, examples.trained_on + examples.held_out), 256):
        images, labels = examples.of(part)
        right += int((network(to_unit_range(images))[1].argmax(1) == labels).sum())
        total += len(labels)
    return right / total
