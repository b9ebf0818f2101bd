"""What every metric offers, and what it is computed from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, cast

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")

# The feature extractors, as a metric's key and as its title name them.
EXTRACTORS = {"own": "own classifier", "inception": "Inception"}


@dataclass(frozen=True)
class Features:
    """What a feature extractor says of some images.

    Attributes:
        vectors: float32 [N, d], on the CPU.
        probabilities: of each class, and in the last column of none of them, float32 [N, K + 1], on the CPU; None where
            the extractor knows no classes.
    """

    vectors: Tensor
    probabilities: Tensor | None = None


@dataclass(frozen=True)
class Comparison:
    """Features of real and of made images.

    Attributes:
        real, fake: the features; the numbers of images may differ.
        class_shares: how much of the data set each class is, float64 [K]; None without classes.
    """

    real: Features
    fake: Features
    class_shares: Tensor | None = None
    _known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, compute: Callable[[Comparison], T]) -> T:
        """The result of `compute` for this comparison, computed at the first call: for what metrics share."""
        if compute not in self._known:
            self._known[compute] = compute(self)
        return cast(T, self._known[compute])


class Metric:
    """Base of all metrics.

    Attributes:
        name: as in the metric's key.
        title: what people call it.
        better: which values are the good ones.
        needs_classes: whether it needs an extractor that knows the classes of the data.
        order: place among the others; small numbers come first.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    better: ClassVar[Literal["lower", "higher"]]
    needs_classes: ClassVar[bool] = False
    order: ClassVar[int] = 100

    def value(self, comparison: Comparison) -> float:
        """The metric of the made images."""
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring: one sentence for tooltips."""
        return cleandoc(cls.__doc__ or "").partition("\n")[0]

    @classmethod
    def key(cls, extractor: str) -> str:
        """E.g. ``eval/fid_own``."""
        return f"eval/{cls.name}_{extractor}"

    @classmethod
    def full_title(cls, extractor: str) -> str:
        """E.g. ``FID (own classifier)``."""
        return f"{cls.title} ({EXTRACTORS[extractor]})"


@cache
def all_metrics() -> dict[str, Metric]:
    """Every metric by its name, in their order."""
    package = importlib.import_module(__package__ or "")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    found = sorted(Metric.__subclasses__(), key=lambda cls: (cls.order, cls.name))
    return {cls.name: cls() for cls in found}


def by_key() -> dict[str, tuple[Metric, str]]:
    """Metric key, e.g. ``eval/fid_own`` → the metric and its full title."""
    return {
        metric.key(extractor): (metric, metric.full_title(extractor))
        for metric in all_metrics().values()
        for extractor in EXTRACTORS
    }
