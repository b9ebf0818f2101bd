"""Precision, and what recall shares with it."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric

_NEIGHBOURS = 3
_PORTION = 1000


class Precision(Metric):
    """Share of made images that look like some real image: falls when images turn out badly.

    Improved precision (Kynkäänniemi et al. 2019): the share of made images that lie, as features, within the distance
    of some real image to its third nearest real neighbour.
    """

    name: ClassVar[str] = "precision"
    title: ClassVar[str] = "Precision"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    order: ClassVar[int] = 30

    def value(self, comparison: Comparison) -> float:
        return comparison.once(precision_and_recall)[0]


def precision_and_recall(comparison: Comparison) -> tuple[float, float]:
    """Both at once, since they share the distances; in portions of 1,000 × N distances."""
    from torch_fidelity.metric_prc import KEY_METRIC_PRECISION, KEY_METRIC_RECALL, prc_features_to_metric

    real, fake = comparison.real.vectors, comparison.fake.vectors
    found = prc_features_to_metric(
        fake,
        real,
        prc_neighborhood=min(_NEIGHBOURS, len(real) - 1, len(fake) - 1),
        prc_batch_size=_PORTION,
        save_cpu_ram=True,
        verbose=False,
    )
    return float(found[KEY_METRIC_PRECISION]), float(found[KEY_METRIC_RECALL])
