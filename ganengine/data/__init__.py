"""Image data: a source gives one uint8 tensor, from which seeded batches are drawn."""

from ganengine.data.dataset import ImageDataset as ImageDataset
from ganengine.data.sources.base import DataSource as DataSource
