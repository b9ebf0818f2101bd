"""What every data source offers."""

from typing import ClassVar

from ganengine.components import Component
from ganengine.data.dataset import ImageDataset
from ganengine.shapes import ImageShape


class DataSource(Component):
    """Where the training images come from."""

    family: ClassVar[str] = "ganengine.data.sources"
    tag: ClassVar[str] = "source"
    source: str

    def image_shape(self) -> ImageShape | None:
        """The shape of the images where it is known without reading them."""
        return None

    def load(self) -> ImageDataset:
        """Read all images into memory.

        Raises:
            DatasetError: they cannot be found or read; the message says which file and what to do.
        """
        raise NotImplementedError
