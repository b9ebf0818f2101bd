"""The real images that a generator learned from."""

from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.errors import DatasetError
from ganengine.shapes import ImageShape


def training_images(config: TrainConfig, shape: ImageShape, num_classes: int, tell: Tell = silent) -> ImageDataset:
    """Load them; nothing is downloaded.

    Raises:
        DatasetError, ConfigError: they are not there, or are others than the networks were made for.
        Cancelled: from `tell`.
    """
    if size := config.data.needs_download():
        raise DatasetError(f"The training images ({config.data.title}, {size}) are not on this computer.")
    dataset = config.data.load(tell)
    if dataset.shape != shape:
        raise DatasetError(
            f"The images of {dataset.name} are now {dataset.shape}, but this generator makes {shape}: the data have "
            "changed since the training."
        )
    if num_classes and (dataset.labels is None or len(dataset.classes) != num_classes):
        raise DatasetError(
            f"{dataset.name} has {len(dataset.classes)} classes now, but this generator makes {num_classes}: the data "
            "have changed since the training."
        )
    return dataset
