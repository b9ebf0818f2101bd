"""Whether settings and data go together, where that shows only when the data are there."""

from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.errors import ConfigError


def check_fit(config: TrainConfig, dataset: ImageDataset) -> None:
    """Raise ConfigError where batch size or architectures do not fit the data."""
    if config.training.batch_size > dataset.count:
        problem = f"must be at most {dataset.count}, the number of images in {dataset.name}"
        raise ConfigError("training.batch_size", problem)
    if config.training.class_conditional and (dataset.labels is None or len(dataset.classes) < 2):
        raise ConfigError(
            "training.class_conditional", f"must be off, for the images of {dataset.name} have no classes"
        )
    evaluation = config.evaluation
    if evaluation.every and evaluation.needs_classes and (dataset.labels is None or evaluation.features != "own"):
        raise ConfigError("evaluation.best_by", "needs data with classes and the own classifier; choose fid or kid")
    if config.stopping.needs_classes and (dataset.labels is None or evaluation.features != "own"):
        raise ConfigError("stopping.metric", "needs data with classes and the own classifier; choose fid or kid")
    for section in ("generator", "discriminator"):
        if problem := config.get(section).problem_with(dataset.shape):
            raise ConfigError(f"{section}.kind", problem)
