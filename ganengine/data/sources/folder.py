"""The user's own pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from ganengine import places
from ganengine.data.cache import cached, key_of
from ganengine.data.dataset import ImageDataset
from ganengine.data.progress import Tell, silent
from ganengine.data.reading.entry import Draft, Entry, Meta
from ganengine.data.sources.base import DataSource
from ganengine.errors import ConfigError
from ganengine.fields import setting
from ganengine.shapes import ImageShape

_CHANNELS = {"grey": 1, "colour": 3}


class FolderSource(DataSource):
    """Your own pictures: a folder, a .zip or .tar archive, or a .npy or .npz array.

    Folders within may be classes. Everything is read once, into a cache; files that cannot be used are left out and
    listed.
    """

    title: ClassVar[str] = "Your own pictures (folder, archive or arrays)"
    source: Literal["folder"] = "folder"
    path: str = setting(
        "",
        title="Path",
        description="A folder with pictures, a .zip or .tar archive of them, or a .npy or .npz file of arrays. If all "
        "pictures are in folders within it, the folders are the classes. A name without a full path is looked for "
        "among the named data sets.",
        form="path",
    )
    resolution: Literal["auto", 28, 32, 48, 64, 96, 128] = setting(
        "auto",
        title="Resolution",
        description="Side of the images. Auto takes the largest of 28, 32 and 64 that half of the pictures fill.",
        unit="pixels",
        labels={"auto": "Auto"},
    )
    channels: Literal["auto", "grey", "colour"] = setting(
        "auto",
        title="Colours",
        description="Auto takes grey where nearly all pictures are grey.",
        labels={"auto": "Auto", "grey": "Grey", "colour": "Colour"},
    )
    fit: Literal["crop", "pad", "stretch"] = setting(
        "crop",
        title="Make square",
        description="What happens to pictures that are not square: the middle is cut out, a border in the colour of "
        "their corners is added, or they are distorted. Transparent parts become white.",
        labels={"crop": "Cut out the middle", "pad": "Add a border", "stretch": "Stretch"},
    )

    def image_shape(self) -> ImageShape | None:
        if self.resolution == "auto" or self.channels == "auto":
            return None
        return ImageShape(_CHANNELS[self.channels], self.resolution)

    def load(self, tell: Tell = silent) -> ImageDataset:
        """Map the decoded images into memory; the first time, decode them.

        Raises:
            ConfigError: there is nothing at the path.
            DatasetError: what is there holds no usable pictures; the message says why.
            StorageError: the decoded images could not be kept.
            Cancelled: from `tell`.
        """
        return self.open(tell).dataset

    def open(self, tell: Tell = silent) -> Entry:
        """As `load`, with what is known of the original files."""
        from ganengine.data.reading import collection_at

        path = self.place()
        tell("Looking for pictures", 0, 0)
        collection = collection_at(path)
        key = key_of("folder", collection.content_key(), self.resolution, self.channels, self.fit)

        def make(draft: Draft) -> None:
            from ganengine.data.reading.making import make_entry

            collection.find(tell)
            make_entry(draft, collection, self.resolution, self.channels, self.fit, tell)

        return cached(key, make, Meta(name=_title(path), source=str(path)), tell)

    def place(self) -> Path:
        """The folder or file that `path` means: as it is, below the data root, or the first there that begins so.

        Raises:
            ConfigError: there is none.
        """
        if not self.path.strip():
            raise ConfigError("data.path", "choose a folder or an archive of pictures")
        given = Path(self.path.strip()).expanduser()
        root = places.data_root()
        exact = given if given.is_absolute() else root / given
        if exact.exists():
            return exact
        if given.is_absolute():
            raise ConfigError("data.path", f"there is nothing at {given}; choose a folder or an archive of pictures")
        folder, start = exact.parent, exact.name
        near = sorted(folder.glob("*")) if folder.is_dir() else []
        if found := [path for path in near if path.name.startswith(start)]:
            return found[0]
        raise ConfigError(
            "data.path", f"there is no {self.path!r} in {root}; put it there, or give the full path of your pictures"
        )


def _title(path: Path) -> str:
    """What people call it: the name without an archive's ending."""
    name = path.resolve().name or str(path)
    if path.is_file():
        for ending in (".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".tar", ".zip", ".npy", ".npz"):
            name = name.removesuffix(ending)
    return name or str(path)
