"""The data sets in the form of MNIST, from files made here, and from the real files where they are."""

import gzip
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from ganengine.data.named.resize import resized
from ganengine.errors import DatasetError
from ganengine.shapes import ImageShape
from tests.ganengine.named_files import (
    Bytes,
    grey_files,
    idx,
    load,
    noise,
    offline_root,
    snapshot,
    source,
)

GREY = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root, and no way to the network."""
    return offline_root(tmp_path, monkeypatch)


@pytest.fixture
def real_root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of real data beside the project, or where `GAN_STUDIO_DATA` says."""
    given = os.environ.get("GAN_STUDIO_DATA")
    path = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"no real data at {path}")
    monkeypatch.setenv("GAN_STUDIO_DATA", str(path))
    return path


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", list(GREY))
def test_grey_sets_as_they_are_on_the_disk(root: Path, name: str, packed: bool) -> None:
    images = grey_files(root / GREY[name] / "raw", packed)
    before = snapshot(root)
    found = load(name)
    assert np.array_equal(found.images.numpy()[:, 0], images["train"])
    assert found.labels is not None
    assert found.labels.tolist() == [index % 10 for index in range(30)]
    assert found.labels.dtype == torch.int64
    assert len(found.classes) == 10
    assert np.array_equal(load(name, part="test").images.numpy()[:, 0], images["test"])
    both = load(name, part="all")
    assert np.array_equal(both.images.numpy()[:, 0], np.concatenate([images["train"], images["test"]]))
    assert both.labels is not None
    assert len(both.labels) == 50
    assert snapshot(root) == before, "nothing may be written beside the files"


def test_one_part_needs_only_its_own_files_packed_or_not(root: Path) -> None:
    raw = root / "MNIST" / "raw"
    images = grey_files(raw, packed=True)
    for path in raw.glob("train-*"):
        path.unlink()
    labels = raw / "t10k-labels-idx1-ubyte.gz"
    labels.with_suffix("").write_bytes(gzip.decompress(labels.read_bytes()))
    labels.unlink()
    assert np.array_equal(load("mnist", part="test").images.numpy()[:, 0], images["test"])


@pytest.mark.parametrize("resolution", [28, 32, 64])
def test_resolutions_of_grey_sets(root: Path, resolution: int) -> None:
    images = torch.from_numpy(grey_files(root / "KMNIST" / "raw", packed=True)["train"]).unsqueeze(1)
    kmnist = source("kmnist", resolution=resolution)
    found = kmnist.load()
    assert found.shape == kmnist.image_shape() == ImageShape(1, resolution)
    assert found.images.is_contiguous()
    if resolution == 32:
        assert torch.equal(found.images[:, :, 2:-2, 2:-2], images)
        assert found.images.sum(dtype=torch.int64) == images.sum(dtype=torch.int64)


def test_doubling_is_torchs_own_interpolation() -> None:
    images = torch.from_numpy(noise(600, 3, 32, 32))
    images[:300] = images[:300] // 64 * 64  # many ties between two roundings
    expected = interpolate(images.float(), size=64, mode="bilinear", align_corners=False).round().to(torch.uint8)
    assert torch.equal(resized(images, 64), expected)
    assert resized(images, 32) is images


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: gzip.compress(content)[:-40], "end-of-stream"),
        (lambda content: b"no gzip at all", "Not a gzipped file"),
        (lambda content: b"", "no IDX file"),
        (lambda content: gzip.compress(content[:-1]), "ends too early"),
        (lambda content: gzip.compress(content + b"x"), "goes on after its last item"),
        (lambda content: gzip.compress(b"\0\0\x0d" + content[3:]), "no IDX file"),
        (lambda content: gzip.compress(idx(noise(30, 20, 20))), r"30 items of \[20, 20\]"),
        (lambda content: gzip.compress(content[:4] + b"\xff" * 4 + content[8:]), "4,294,967,295 items"),
        (lambda content: gzip.compress(idx(noise(29, 28, 28))), "30 labels for 29 images"),
    ],
)
def test_damaged_grey_files_are_named(root: Path, damage: Callable[[bytes], bytes], reason: str) -> None:
    raw = root / "FashionMNIST" / "raw"
    grey_files(raw, packed=True)
    path = raw / "train-images-idx3-ubyte.gz"
    path.write_bytes(damage(gzip.decompress(path.read_bytes())))
    with pytest.raises(DatasetError, match=rf"FashionMNIST.*ubyte\.gz is damaged \(.*{reason}.*Delete or replace it"):
        load("fashion-mnist")


def test_a_label_beyond_the_classes_is_refused(root: Path) -> None:
    grey_files(root / "MNIST" / "raw", packed=False, first=1)
    with pytest.raises(DatasetError, match=r"labels-idx1-ubyte is damaged .*one of the 10 classes"):
        load("mnist")


def emnist_files(root: Path) -> dict[str, Bytes]:
    raw = root / "EMNIST" / "raw"
    return grey_files(raw, True, "emnist-letters-train", "emnist-letters-test", first=1)


def test_emnist_letters_are_turned_and_counted_from_a(root: Path) -> None:
    images = emnist_files(root)
    found = load("emnist-letters", part="all")
    expected = np.concatenate([images["train"], images["test"]]).transpose(0, 2, 1)
    assert np.array_equal(found.images.numpy()[:, 0], expected)
    assert found.images.is_contiguous()
    assert found.labels is not None
    assert found.labels[:30].tolist() == [index % 10 for index in range(30)]
    assert found.classes == tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_emnist_letters_are_read_within_the_published_archive(root: Path) -> None:
    images = emnist_files(root)
    raw = root / "EMNIST" / "raw"
    with zipfile.ZipFile(raw / "gzip.zip", "w") as archive:
        for path in sorted(raw.glob("*.gz")):
            archive.write(path, f"gzip/{path.name}")
            path.unlink()
    before = snapshot(root)
    found = load("emnist-letters", part="test")
    assert np.array_equal(found.images.numpy()[:, 0], images["test"].transpose(0, 2, 1))
    assert snapshot(root) == before
    with zipfile.ZipFile(raw / "gzip.zip", "w") as archive:
        archive.writestr("gzip/other.gz", b"")
    with pytest.raises(DatasetError, match=r"gzip\.zip.* is damaged"):
        load("emnist-letters")
    (raw / "gzip.zip").write_bytes(b"no archive")
    with pytest.raises(DatasetError, match=r"gzip\.zip is damaged \(File is not a zip file"):
        load("emnist-letters")


@pytest.mark.parametrize(("part", "count"), [("train", 60_000), ("all", 70_000)])
def test_the_real_fashion_mnist(real_root: Path, part: str, count: int) -> None:
    raw = real_root / "FashionMNIST" / "raw"
    if not raw.is_dir():
        pytest.skip("no Fashion-MNIST here")
    before = snapshot(raw)
    started = time.process_time()
    found = load("fashion-mnist", part=part)
    assert time.process_time() - started < 2
    assert found.images.shape == (count, 1, 28, 28)
    assert found.labels is not None
    assert found.labels.bincount().tolist() == [count // 10] * 10
    assert found.images[:60_000].double().mean().item() / 255 == pytest.approx(0.2860, abs=1e-4)  # well known
    assert snapshot(raw) == before


def test_the_real_mnist_test_digits(real_root: Path) -> None:
    if not (real_root / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz").is_file():
        pytest.skip("no MNIST test digits here")
    found = load("mnist", part="test")
    assert found.images.shape == (10_000, 1, 28, 28)
    assert found.labels is not None
    assert found.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert found.labels.bincount().tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
