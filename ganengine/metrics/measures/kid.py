"""KID."""

from typing import ClassVar, Literal

from ganengine.metrics.measures.base import Comparison, Metric

_SUBSET_SIZE = 1000
# The library's default of 100 takes seconds; 20 use every one of some thousand images several times.
_SUBSETS = 20
_SEED = 2020


class KID(Metric):
    """How far made images are from real ones, like FID but fair for few images; about 0 is no difference.

    The squared maximum mean discrepancy of the features under the kernel (x·y / d + 1)³, unbiased (Bińkowski et al.
    2018): the mean over random subsets of 1,000 images. It may fall slightly below 0.
    """

    name: ClassVar[str] = "kid"
    title: ClassVar[str] = "KID"
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    order: ClassVar[int] = 20

    def value(self, comparison: Comparison) -> float:
        from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, kid_features_to_metric

        real, fake = comparison.real.vectors.double(), comparison.fake.vectors.double()
        size = min(_SUBSET_SIZE, len(real), len(fake))
        subsets = 1 if size == max(len(real), len(fake)) else _SUBSETS  # all images are in every subset
        found = kid_features_to_metric(
            fake, real, kid_subsets=subsets, kid_subset_size=size, rng_seed=_SEED, verbose=False
        )
        return float(found[KEY_METRIC_KID_MEAN])
