"""Class coverage."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric

_ENOUGH = 0.5


class ClassCoverage(Metric):
    """Share of the classes that the generator makes at least half as often as they are in the data.

    Each made image counts for the class that the classifier finds most likely, or for none. Classes without any image
    in the data do not count. 1 means that no class is forgotten, 0.1 of ten digits that only one is made.
    """

    name: ClassVar[str] = "class_coverage"
    title: ClassVar[str] = "Class coverage"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    needs_classes: ClassVar[bool] = True
    order: ClassVar[int] = 50

    def value(self, comparison: Comparison) -> float:
        shares, probabilities = comparison.class_shares, comparison.fake.probabilities
        assert shares is not None
        assert probabilities is not None
        made = probabilities.argmax(1).bincount(minlength=len(shares) + 1)[:-1].double() / len(probabilities)
        present = shares > 0
        return (made[present] >= _ENOUGH * shares[present]).double().mean().item()
