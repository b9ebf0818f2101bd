"""Sources say before loading whether they would go to the network."""

from pathlib import Path

import pytest

from ganengine.components import alternatives
from ganengine.data.sources.base import DataSource


@pytest.fixture(autouse=True)
def data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def needed(source: str, part: str = "train") -> str | None:
    made = alternatives(DataSource)[source]
    return made.model_validate({"part": part} if "part" in made.model_fields else {}).needs_download()


@pytest.mark.parametrize(
    ("source", "part", "size"),
    [
        ("mnist", "train", "10 MB"),
        ("mnist", "all", "12 MB"),
        ("fashion-mnist", "test", "4 MB"),
        ("kmnist", "train", "18 MB"),
        ("emnist-letters", "test", "562 MB"),
        ("cifar10", "all", "170 MB"),
        ("svhn", "train", "182 MB"),
        ("mnist-5k", "", None),
        ("folder", "", None),
        ("celeba", "train", None),  # nobody may download it but the person
    ],
)
def test_what_an_empty_computer_lacks(source: str, part: str, size: str | None, data_root: Path) -> None:
    assert needed(source, part) == size
    assert not data_root.exists()


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("mnist", ["MNIST/raw/train-images-idx3-ubyte.gz", "MNIST/raw/train-labels-idx1-ubyte"]),
        ("emnist-letters", ["EMNIST/raw/gzip.zip"]),
        (
            "emnist-letters",
            [f"EMNIST/raw/emnist-letters-train-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1")],
        ),
        ("cifar10", ["cifar-10-python.tar.gz"]),
        ("cifar10", [f"cifar-10-batches-py/data_batch_{number}" for number in range(1, 6)]),
        ("svhn", ["train_32x32.mat"]),
    ],
)
def test_what_is_there_is_not_needed(source: str, files: list[str], data_root: Path) -> None:
    for count, name in enumerate(files):
        assert needed(source), f"with {count} of the files"
        path = data_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert needed(source) is None
    if source not in {"emnist-letters", "cifar10"} or len(files) > 1:
        assert needed(source, "test"), "the other part is not there"
