"""Quality of made images, measured against the real ones of one data set."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.errors import ConfigError, DatasetError
from ganengine.metrics import cache
from ganengine.metrics.extractors.base import Extractor
from ganengine.metrics.extractors.inception import Inception
from ganengine.metrics.extractors.own import OwnClassifier, key_of, own_classifier
from ganengine.metrics.extractors.training import class_counts
from ganengine.metrics.measures.base import Comparison, Features, Metric, all_metrics

# (how many, random numbers on the CPU) → images uint8 [how many, C, H, W] on any device.
Make = Callable[[int, torch.Generator], Tensor]

_FEWEST = 10
_PORTION = 256
_VERSION = 1


class Evaluator:
    """Measures made images; prepared once for a data set, and then used any number of times.

    It draws from no global random generator and needs no gradients, so that a training beside it is undisturbed.

    Attributes:
        samples: how many images are made for one evaluation.
        extractor: what computes the features.
        metrics: those that can be computed, by their keys, e.g. ``eval/fid_own``.
    """

    def __init__(
        self,
        dataset: ImageDataset,
        device: torch.device,
        features: str = "own",
        samples: int = 2000,
        seed: int = 0,
        tell: Tell = silent,
        extractor_steps: int | None = None,
    ) -> None:
        """Train the extractor, or read it from the cache, and describe `samples` of the real images, or all.

        Args:
            features: ``own`` or ``inception``.
            seed: start of the random numbers of every evaluation.
            tell: hears how far the work is, in evaluations too, and may raise `Cancelled`.
            extractor_steps: length of the own classifier's training, if not the usual one.

        Raises:
            ConfigError: Inception's weights are not on this computer.
            DatasetError: there are too few images to say anything.
            Cancelled: from `tell`.
        """
        if dataset.count < _FEWEST:
            raise DatasetError(f"To measure quality takes at least {_FEWEST} real images; there are {dataset.count}.")
        self.samples = samples
        self._seed = seed
        self._tell = tell
        self.extractor = _extractor(features, dataset, device, tell, extractor_steps)
        self._class_shares = _class_shares(dataset) if _knows_classes(self.extractor) else None
        self.metrics: Mapping[str, Metric] = {
            metric.key(self.extractor.name): metric
            for metric in all_metrics().values()
            if not metric.needs_classes or self._class_shares is not None
        }
        self._real = self._features_of_reals(dataset)

    def evaluate(self, make: Make) -> dict[str, float]:
        """Metric key → value for `samples` images that `make` makes, in portions of a few hundred.

        Raises:
            Cancelled: from `tell`.
        """
        return self.measure(self._made(make))

    def measure(self, portions: Iterable[Tensor]) -> dict[str, float]:
        """The same for images uint8 [n, C, H, W] that come in portions of any size.

        Raises:
            ValueError: they are fewer than two, or not uint8.
        """
        fake = self._features(portions, self.samples, "Measuring the made images")
        if len(fake.vectors) < 2:
            raise ValueError("an evaluation needs at least two images")
        comparison = Comparison(self._real, fake, self._class_shares)
        return {key: metric.value(comparison) for key, metric in self.metrics.items()}

    def _made(self, make: Make) -> Iterator[Tensor]:
        generator = torch.Generator().manual_seed(self._seed)
        left = self.samples
        while left > 0:
            with torch.no_grad():
                images = make(min(left, _PORTION), generator)
            left -= len(images)
            yield images

    def _features_of_reals(self, dataset: ImageDataset) -> Features:
        count = min(self.samples, dataset.count)
        name = f"{key_of(dataset)}-{self.extractor.name}-{count}-reals-v{_VERSION}.pt"
        facts = {"extractor": self.extractor.identity}
        if kept := cache.load(name, facts):
            return Features(kept[0]["vectors"], kept[0].get("probabilities"))
        found = self._features(_reals(dataset, count), count, "Measuring the real images")
        cache.save(name, {key: tensor for key, tensor in vars(found).items() if tensor is not None}, facts)
        return found

    def _features(self, portions: Iterable[Tensor], total: int, what: str) -> Features:
        parts: list[Features] = []
        done = 0
        for images in portions:
            if images.dtype != torch.uint8:
                raise ValueError(f"images are {images.dtype}, not uint8")
            for part in torch.split(images, self.extractor.portion):
                self._tell(what, done, total)
                parts.append(self.extractor.features(part))
                done += len(part)
        self._tell(what, done, total)
        return _joined(parts)


def labels_like(dataset: ImageDataset, count: int, generator: torch.Generator) -> Tensor:
    """Labels int64 [count] on the CPU of which each class has its share in the data, for generators that need them."""
    assert dataset.labels is not None
    chosen = torch.randint(dataset.count, (count,), generator=generator)
    return dataset.labels[chosen.to(dataset.labels.device)].cpu()


def _extractor(features: str, dataset: ImageDataset, device: torch.device, tell: Tell, steps: int | None) -> Extractor:
    match features:
        case "own":
            return own_classifier(dataset, device, tell, steps)
        case "inception":
            return Inception(device)
    raise ConfigError("evaluation.features", f"must be own or inception, not {features!r}")


def _knows_classes(extractor: Extractor) -> bool:
    return isinstance(extractor, OwnClassifier) and not extractor.task.rotations


def _class_shares(dataset: ImageDataset) -> Tensor:
    return class_counts(dataset).double() / dataset.count


def _reals(dataset: ImageDataset, count: int) -> Iterator[Tensor]:
    """`count` of the real images, always the same."""
    chosen = torch.randperm(dataset.count, generator=torch.Generator().manual_seed(0))[:count].sort().values
    for part in torch.split(chosen, _PORTION):
        yield dataset.images[part.to(dataset.images.device)]


def _joined(parts: list[Features]) -> Features:
    if not parts:
        return Features(torch.empty(0, 1))
    probabilities = [part.probabilities for part in parts if part.probabilities is not None]
    return Features(torch.cat([part.vectors for part in parts]), torch.cat(probabilities) if probabilities else None)
