"""What every data source offers."""

from typing import ClassVar

from ganengine.components import Component
from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.shapes import ImageShape


class DataSource(Component):
    """Where the training images come from."""

    family: ClassVar[str] = "ganengine.data.sources"
    tag: ClassVar[str] = "source"
    source: str

    def image_shape(self) -> ImageShape | None:
        """The shape of the images where it is known without reading them."""
        return None

    def needs_download(self) -> str | None:
        """How much `load` would download first, e.g. ``30 MB``; None where nothing is missing or nothing can be had."""
        return None

    def load(self, tell: Tell = silent) -> ImageDataset:
        """Read all images, or map them into memory.

        Args:
            tell: hears how far a long preparation is, and may raise `Cancelled`.

        Raises:
            DatasetError: they cannot be found or read; the message says which file and what to do.
            Cancelled: from `tell`.
        """
        raise NotImplementedError
