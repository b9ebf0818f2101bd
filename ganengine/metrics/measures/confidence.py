"""Confidence."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric

_SURE = 0.9


class Confidence(Metric):
    """Share of made images that the classifier assigns to one class with a probability of 90 % or more.

    Real images reach 90 to 97 % where the classes are easy to tell apart.
    """

    name: ClassVar[str] = "confidence"
    title: ClassVar[str] = "Confidence"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs_classes: ClassVar[bool] = True
    order: ClassVar[int] = 60

    def value(self, comparison: Comparison) -> float:
        probabilities = comparison.fake.probabilities
        assert probabilities is not None
        return (probabilities[:, :-1].amax(1) >= _SURE).double().mean().item()
