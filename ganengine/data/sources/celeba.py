"""CelebA."""

from typing import ClassVar, Literal

from ganengine.data.cache import cached, key_of
from ganengine.data.dataset import ImageDataset
from ganengine.data.named.faces import FACE, Faces
from ganengine.data.named.parts import part_setting
from ganengine.data.progress import Tell, silent
from ganengine.data.reading.entry import Draft, Meta
from ganengine.data.reading.making import make_entry
from ganengine.data.sources.base import DataSource
from ganengine.errors import DatasetError
from ganengine.fields import setting
from ganengine.places import data_root
from ganengine.shapes import ImageShape

HOME = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
ARCHIVE = "img_align_celeba.zip"


class CelebA(DataSource):
    """202,599 colour photographs of faces, 162,770 of them for training; without classes.

    The aligned pictures, cut to the middle 148×148 pixels. They are for research only, and are not downloaded by this
    program. Liu, Luo, Wang & Tang 2015: Deep learning face attributes in the wild, ICCV.
    """

    title: ClassVar[str] = "CelebA faces"
    source: Literal["celeba"] = "celeba"
    part: Literal["train", "test", "all"] = part_setting()
    resolution: Literal[64, 96, 128] = setting(
        64,
        title="Resolution",
        description="Side of the images. More pixels need larger networks and much more time.",
        unit="pixels",
    )
    count: int = setting(
        0,
        title="Number of images",
        description="How many images are used, from the first on. 0 means all; a few thousand are ready much sooner.",
        unit="images",
        ge=0,
    )

    def image_shape(self) -> ImageShape:
        return ImageShape(channels=3, resolution=self.resolution)

    def load(self, tell: Tell = silent) -> ImageDataset:
        faces = self._faces()
        key = key_of(self.source, faces.content_key(), self.part, self.count, self.resolution, FACE)

        def make(draft: Draft) -> None:
            faces.find(tell)
            make_entry(draft, faces, self.resolution, "colour", "crop", tell)

        return cached(key, make, Meta(self.title, str(faces.path)), tell).dataset

    def _faces(self) -> Faces:
        folder = data_root() / "celeba"
        for path in (folder / "img_align_celeba", folder / ARCHIVE):
            if path.exists():
                return Faces(path, self.part, self.count)
        raise DatasetError(
            f"{self.title} are not in {folder}, and they cannot be downloaded from here. Get {ARCHIVE} (1.4 GB) from "
            f"{HOME} and put it there, packed or unpacked, or set another data folder (GAN_STUDIO_DATA)."
        )
