"""What all named data sets share: downloads, what is said without a network, and what is not imported."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganengine.data.named import published
from ganengine.data.named.download import RemoteFile
from ganengine.errors import Cancelled, DatasetError
from tests.ganengine.named_files import cifar_folder, grey_files, load, offline_root, source

GREY_FOLDERS = ("MNIST", "FashionMNIST", "KMNIST")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root, and no way to the network."""
    return offline_root(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "fashion-mnist",
            "Fashion-MNIST is not in {root}/FashionMNIST/raw and could not be downloaded (no network). Put "
            "train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz there, or set another data folder "
            "(GAN_STUDIO_DATA).",
        ),
        ("emnist-letters", "EMNIST letters is not in {root}/EMNIST/raw and .* Put gzip.zip there"),
        ("cifar10", "CIFAR-10 is not in {root} and .* Put cifar-10-python.tar.gz there"),
        ("svhn", "Street View House Numbers is not in {root} and .* Put train_32x32.mat there"),
    ],
)
def test_offline_the_message_says_what_to_put_where(root: Path, name: str, message: str) -> None:
    with pytest.raises(DatasetError) as error:
        load(name)
    for piece in message.format(root=root).split(".*"):
        assert piece in str(error.value)


def test_missing_files_are_downloaded_once(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = grey_files(tmp_path / "published", packed=True)
    asked: list[str] = []

    def from_disk(file: RemoteFile, folder: Path, tell: Any) -> Path:
        asked.append(file.name)
        tell("Downloading", 1, 2)
        folder.mkdir(parents=True, exist_ok=True)
        return Path((tmp_path / "published" / file.name).rename(folder / file.name))

    listing = {path.name: RemoteFile(path.name, (), "") for path in (tmp_path / "published").iterdir()}
    monkeypatch.setattr(published, "of_mnist_kind", {"KMNIST": listing}.__getitem__)
    monkeypatch.setattr("ganengine.data.named.files.download", from_disk)
    told: list[str] = []
    found = source("kmnist").load(lambda what, done, total: told.append(what))
    assert np.array_equal(found.images.numpy()[:, 0], images["train"])
    assert told == ["Looking for Kuzushiji-MNIST", "Downloading", "Downloading", "Reading Kuzushiji-MNIST"]
    assert load("kmnist").count == 30
    assert asked == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"], "only what was missing, and once"


def test_a_cancel_goes_through(root: Path) -> None:
    def cancel(what: str, done: int, total: int) -> None:
        raise Cancelled(what)

    grey_files(root / "MNIST" / "raw", packed=True)
    cifar_folder(root)
    for name in ("mnist", "cifar10", "svhn", "kmnist"):
        with pytest.raises(Cancelled):
            source(name).load(cancel)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_torchvision_knows_every_file() -> None:
    for name in GREY_FOLDERS:
        listing = published.of_mnist_kind(name)
        assert set(listing) == {
            f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
        }
    for listing in (published.of_emnist(), published.of_cifar10(), published.of_svhn()):
        assert {"gzip.zip", "cifar-10-python.tar.gz", "train_32x32.mat"} & set(listing)
        for file in listing.values():
            assert file.urls[0].startswith("http")
            assert len(file.md5) == 32


NO_TORCHVISION = """
import sys
from ganengine.config import TrainConfig
config = TrainConfig().with_changes({"data.source": "fashion-mnist"})
assert config.data.load().count == 30
print([name for name in ("torchvision", "scipy") if name in sys.modules])
"""


def test_data_that_are_there_need_no_torchvision(root: Path) -> None:
    grey_files(root / "FashionMNIST" / "raw", packed=True)
    done = subprocess.run([sys.executable, "-c", NO_TORCHVISION], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
