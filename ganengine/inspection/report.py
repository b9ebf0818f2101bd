"""All that can be said of one generated image, once the real images are at hand."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganengine.augment.base import Augmentation
from ganengine.augment.mirror import Mirror
from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.inspection.critic import Scale, explain
from ganengine.inspection.memory import Reading, Yardstick, read_distance, yardstick
from ganengine.inspection.nearest import Neighbour, nearest
from ganengine.inspection.spaces import Space, SpaceName, space_named
from ganengine.inspection.subject import Images, Subject
from ganengine.parts import active

_LOOKED_AT = 512  # real and generated images that D is asked about
_AT_ONCE = 64


@dataclass(frozen=True)
class Likeness:
    """The real images that resemble an image, and what that means.

    Attributes:
        neighbours: the nearest first.
        reading: whether it is a copy.
    """

    neighbours: tuple[Neighbour, ...]
    reading: Reading


class Background:
    """What single images of one subject are held against: its real images, and D's answers to some of them.

    Spaces and yardsticks are made when they are first needed, and kept.

    Attributes:
        dataset: the real images.
        scale: D's answers to real and to generated images.
    """

    def __init__(self, subject: Subject, dataset: ImageDataset, tell: Tell = silent) -> None:
        self.dataset = dataset
        self.scale = scale_of(subject, dataset, tell)
        self._device = subject.sampler.device
        self._mirrored = any(isinstance(part, Mirror) for part in active(Augmentation, subject.sampler.config.augment))
        self._spaces: dict[SpaceName, tuple[Space, Yardstick]] = {}

    def take_over(self, other: "Background") -> None:
        """Keep what was made for another checkpoint with the same real images."""
        if other.dataset is self.dataset:
            self._spaces = other._spaces

    def likeness(self, image: Images, space: SpaceName, count: int, tell: Tell = silent) -> Likeness:
        """The `count` real images nearest to an image uint8 [H, W, C].

        Raises:
            Cancelled: from `tell`.
        """
        if space not in self._spaces:
            made = space_named(space, self.dataset, self._device, tell)
            self._spaces[space] = made, yardstick(made, self.dataset, tell)
        where, measure = self._spaces[space]
        query = torch.from_numpy(image.copy()).permute(2, 0, 1)
        found = nearest(where, query, self.dataset, count, mirrored=self._mirrored, tell=tell)
        return Likeness(tuple(found), read_distance(where, found[0], self.dataset, measure, tell))


def scale_of(subject: Subject, dataset: ImageDataset, tell: Tell = silent) -> Scale:
    """D's answers to some hundred real images, and to as many generated ones; always the same.

    Raises:
        Cancelled: from `tell`.
    """
    count = min(_LOOKED_AT, dataset.count)
    chosen = torch.randperm(dataset.count, generator=torch.Generator().manual_seed(0))[:count].sort().values
    z = subject.random_many(0, count)
    real, fake = [], []
    for first in range(0, count, _AT_ONCE):
        tell("Asking D about other images", first, count)
        part = chosen[first : first + _AT_ONCE]
        labels: Tensor | None = None
        if subject.classes and dataset.labels is not None:
            labels = dataset.labels[part.to(dataset.labels.device)].cpu()
        real.append(subject.critic.logits(dataset.images[part.to(dataset.images.device)], labels))
        made = subject.sampler.images_of(z[first : first + _AT_ONCE], labels)
        fake.append(subject.critic.logits(made, labels))
    return Scale(torch.cat(real), torch.cat(fake))


def opinion(subject: Subject, image: Images, label: int | None, scale: Scale | None) -> str:
    """What D thinks of an image uint8 [1, H, W, C], in plain words."""
    score = subject.critic.scores(image, None if label is None else torch.tensor([label]))[0]
    return explain(score, scale.standing(score) if scale else None, calibrated=subject.critic.is_calibrated)
