"""Files of the named data sets, made in their published formats."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ganengine.components import alternatives
from ganengine.data.dataset import ImageDataset
from ganengine.data.named import published
from ganengine.data.named.download import DownloadFailed
from ganengine.data.sources.base import DataSource

Bytes = NDArray[np.uint8]


def source(name: str, **settings: Any) -> DataSource:
    """A data source by its name."""
    return alternatives(DataSource)[name](**settings)


def load(name: str, **settings: Any) -> ImageDataset:
    """The images of a data source."""
    return source(name, **settings).load()


def noise(*shape: int, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def idx(values: Bytes) -> bytes:
    """An IDX file."""
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder below one, with its size and time."""
    entries = [folder, *folder.rglob("*")]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in entries}


def offline_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root and an empty cache, and no way to the network."""
    path = tmp_path / "data"
    path.mkdir()
    monkeypatch.setenv("GAN_STUDIO_DATA", str(path))
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))

    def offline(name: str) -> Any:
        raise DownloadFailed("no network")

    monkeypatch.setattr(published, "_table", offline)
    return path


def grey_files(raw: Path, packed: bool, train: str = "train", test: str = "t10k", first: int = 0) -> dict[str, Bytes]:
    """Four files with 30 and 20 images; returns the images of each part."""
    raw.mkdir(parents=True)
    images = {"train": noise(30, 28, 28), "test": noise(20, 28, 28, seed=1)}
    for part, prefix in (("train", train), ("test", test)):
        labels = (np.arange(len(images[part])) % 10 + first).astype(np.uint8)
        for kind, values in (("images-idx3", images[part]), ("labels-idx1", labels)):
            name, content = f"{prefix}-{kind}-ubyte", idx(values)
            if packed:
                (raw / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (raw / name).write_bytes(content)
    return images


def python2_batch(images: Bytes, labels: list[int]) -> bytes:
    """A batch as Python 2 pickled it for the published files, instruction by instruction."""

    def text(value: bytes) -> bytes:
        return b"U" + bytes([len(value)]) + value

    raw = images.tobytes()
    shape = b"(" + b"".join(b"J" + side.to_bytes(4, "little") for side in images.shape) + b"t"
    kind = (
        b"cnumpy\ndtype\n(" + text(b"u1") + b"K\0K\1tR(K\3" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    )
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0t" + text(b"b") + b"tR"
    array += b"(K\1" + shape + kind + b"\x89T" + len(raw).to_bytes(4, "little") + raw + b"tb"
    answers = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    content = text(b"batch_label") + text(b"batch 1 of 5") + text(b"labels") + answers + text(b"data") + array
    return b"\x80\x02}(" + content + b"u."


def cifar_batches() -> dict[str, tuple[Bytes, list[int]]]:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    return {name: (noise(4, 3072, seed=seed), [seed, 9, 0, 1]) for seed, name in enumerate(names)}


def cifar_folder(root: Path) -> dict[str, tuple[Bytes, list[int]]]:
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    batches = cifar_batches()
    for name, batch in batches.items():
        (folder / name).write_bytes(python2_batch(*batch))
    return batches


def cifar_archive(root: Path, contents: Mapping[str, bytes]) -> Path:
    path = root / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path
