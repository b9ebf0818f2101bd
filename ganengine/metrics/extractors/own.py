"""Features by a classifier that is trained once on the run's own data, and kept."""

import hashlib
from typing import ClassVar

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset, to_unit_range
from ganengine.data.progress import Tell, silent
from ganengine.metrics import cache
from ganengine.metrics.extractors.base import Extractor
from ganengine.metrics.extractors.classifier import Classifier, empty_classifier
from ganengine.metrics.extractors.training import Task, Trained, train
from ganengine.metrics.measures.base import Features

STEPS = 400
_VERSION = 1


class OwnClassifier(Extractor):
    """The small classifier of one data set.

    Attributes:
        task: what it was trained for; without classes it tells how far an image is turned.
        accuracy: share of held-out images that it gets right.
    """

    name: ClassVar[str] = "own"
    portion: ClassVar[int] = 256

    def __init__(self, network: Classifier, task: Task, accuracy: float, device: torch.device) -> None:
        self._network = network.to(device).eval().requires_grad_(False)
        self._device = device
        self.task = task
        self.accuracy = accuracy
        self.identity = cache.digest(network.state_dict())
        what = "how images are turned" if task.rotations else f"{task.num_classes} classes"
        self.about = f"own classifier: tells {what}, right on {accuracy:.1%} of images that it was not trained on"

    @torch.no_grad()
    def features(self, images: Tensor) -> Features:
        vectors, logits = self._network(to_unit_range(images.to(self._device)))
        return Features(vectors.cpu(), None if self.task.rotations else logits.softmax(1).cpu())


def own_classifier(
    dataset: ImageDataset, device: torch.device, tell: Tell = silent, steps: int | None = None
) -> OwnClassifier:
    """The classifier of a data set, from the cache or trained now; draws from no global random generator.

    Args:
        steps: length of the training, 400 if None.

    Raises:
        Cancelled: from `tell`; nothing is kept then.
    """
    task = Task.of(dataset)
    name = f"{key_of(dataset)}-v{_VERSION}.pt"
    steps = STEPS if steps is None else steps
    facts = {
        "steps": steps,
        "num_classes": task.num_classes,
        "shape": [dataset.shape.channels, dataset.shape.resolution],
    }
    if kept := cache.load(name, facts):
        network = empty_classifier(dataset.shape, task.num_classes)
        network.load_state_dict(kept[0], assign=True)
        return OwnClassifier(network, task, kept[1]["accuracy"], device)
    made: Trained = train(dataset, task, device, tell, steps)
    cache.save(name, made.network.state_dict(), {**facts, "accuracy": made.accuracy})
    return OwnClassifier(made.network, task, made.accuracy, device)


def key_of(dataset: ImageDataset) -> str:
    """What stands for the data in the names of files: the images' fingerprint and, where they count, the labels'."""
    if Task.of(dataset).rotations:
        return f"{dataset.fingerprint()}-rotations"
    assert dataset.labels is not None
    labels = hashlib.blake2b(dataset.labels.cpu().numpy().tobytes(), digest_size=6)
    return f"{dataset.fingerprint()}-{labels.hexdigest()}"
