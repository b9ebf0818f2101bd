"""FID."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric


class FID(Metric):
    """How far made images are from real ones in quality and variety together; 0 would be no difference.

    The Fréchet distance between two Gaussians that have the means and covariances of the features (Heusel et al.
    2017). It is biased upwards, the more so the fewer images: compare values of equal sample counts only.
    """

    name: ClassVar[str] = "fid"
    title: ClassVar[str] = "FID"
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    order: ClassVar[int] = 10

    def value(self, comparison: Comparison) -> float:
        from torch_fidelity.metric_fid import (
            KEY_METRIC_FID,
            fid_features_to_statistics,
            fid_statistics_to_metric,
        )

        # In double precision: the covariances of equal sets must cancel.
        real, fake = (fid_features_to_statistics(side.vectors.double()) for side in (comparison.real, comparison.fake))
        # Rounding can leave a distance of zero just below it.
        return max(0.0, float(fid_statistics_to_metric(real, fake, verbose=False)[KEY_METRIC_FID]))
