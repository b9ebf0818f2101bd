"""Recall."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric
from ganengine.metrics.measures.precision import precision_and_recall


class Recall(Metric):
    """Share of real images that the generator can make: falls when it leaves something out.

    Improved recall (Kynkäänniemi et al. 2019): the share of real images that lie, as features, within the distance of
    some made image to its third nearest made neighbour.
    """

    name: ClassVar[str] = "recall"
    title: ClassVar[str] = "Recall"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    order: ClassVar[int] = 40

    def value(self, comparison: Comparison) -> float:
        return comparison.once(precision_and_recall)[1]
