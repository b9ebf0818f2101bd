"""The settings of the evaluation."""

from typing import TYPE_CHECKING, Literal

from ganengine.fields import Section, setting
from ganengine.metrics.measures.base import all_metrics

NO_BEST = "none"

if TYPE_CHECKING:
    BestBy = str
else:  # every metric that there is
    BestBy = Literal[(*all_metrics(), NO_BEST)]


class Evaluation(Section):
    """How often the quality of the made images is measured, and how."""

    every: int = setting(
        0,
        title="Evaluate every",
        description="How often the quality of new images is measured against the real ones: FID, precision and the "
        "like. Each time takes seconds. 0 measures only when you ask for it.",
        unit="steps",
        applies="now",
        ge=0,
        le=10_000_000,
    )
    samples: int = setting(
        2000,
        title="Images to evaluate",
        description="How many images are made for it, and compared with as many real ones. More is more exact and "
        "takes longer. FID falls with this number: compare only values with the same number.",
        unit="images",
        ge=100,
        le=50_000,
    )
    features: Literal["own", "inception"] = setting(
        "own",
        title="Features",
        description="What looks at the images. The own classifier is trained once on this data, in seconds, and kept; "
        "its values can be compared only within the same data. Inception gives the values of the papers, is slow "
        "without a GPU, and needs its weights file.",
        labels={"own": "Own classifier", "inception": "Inception"},
    )
    best_by: BestBy = setting(
        "fid",
        title="Best by",
        description="The metric that decides which checkpoint is kept as the best so far.",
        labels={NO_BEST: "Keep no best one"} | {name: metric.title for name, metric in all_metrics().items()},
    )

    @property
    def needs_classes(self) -> bool:
        """Whether the metric that decides on the best checkpoint exists only for data with classes."""
        return self.best_by != NO_BEST and all_metrics()[self.best_by].needs_classes

    def best_key(self) -> str | None:
        """The key of the metric that decides on the best checkpoint, or None."""
        return None if self.best_by == NO_BEST else all_metrics()[self.best_by].key(self.features)

    def improves(self, value: float, best: float | None) -> bool:
        """Whether `value` of that metric is better than the best so far (None: there is none yet)."""
        if best is None:
            return True
        return value < best if all_metrics()[self.best_by].better == "lower" else value > best
