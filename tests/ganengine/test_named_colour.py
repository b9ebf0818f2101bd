"""CIFAR-10 and SVHN, from files made here in the published formats."""

import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganengine.data.sources.svhn import SVHN
from ganengine.errors import DatasetError
from ganengine.shapes import ImageShape
from tests.ganengine.named_files import (
    cifar_archive,
    cifar_batches,
    cifar_folder,
    load,
    noise,
    offline_root,
    python2_batch,
    snapshot,
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root, and no way to the network."""
    return offline_root(tmp_path, monkeypatch)


def test_the_batch_made_here_is_what_numpy_pickles() -> None:
    images, labels = noise(4, 3072), [1, 2, 3, 4]
    # Made here, a moment ago: the one pickle that may be read without care.
    found = pickle.loads(python2_batch(images, labels), encoding="bytes")
    assert np.array_equal(found[b"data"], images)
    assert found[b"labels"] == labels


@pytest.mark.parametrize("packed", [False, True])
def test_cifar10_from_its_folder_or_its_archive(root: Path, packed: bool) -> None:
    batches = cifar_batches()
    if packed:  # in an order of its own, as published
        cifar_archive(root, {name: python2_batch(*batches[name]) for name in sorted(batches, reverse=True)})
    else:
        cifar_folder(root)
    before = snapshot(root)
    found = load("cifar10", part="all")
    assert np.array_equal(
        found.images.numpy(), np.concatenate([images for images, _ in batches.values()]).reshape(-1, 3, 32, 32)
    )
    assert found.labels is not None
    assert found.labels.tolist() == [label for _, labels in batches.values() for label in labels]
    assert load("cifar10").count == 20
    assert load("cifar10", part="test", resolution=64).images.shape == (4, 3, 64, 64)
    assert found.classes[9] == "truck"
    assert snapshot(root) == before


def test_cifar10_pickled_by_a_newer_python(root: Path) -> None:
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    images = noise(4, 3072)
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": images, b"labels": [1, 2, 3, 4]}, protocol=2))
    found = load("cifar10", part="test")
    assert np.array_equal(found.images.numpy().reshape(4, 3072), images)
    found.images[0] = 0  # an own, writable copy


class Hostile:
    """Pickled, this asks the reader to make a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("packed", [False, True])
def test_a_hostile_batch_runs_nothing(root: Path, tmp_path: Path, packed: bool) -> None:
    trap = tmp_path / "trap"
    content = pickle.dumps({b"data": Hostile(trap), b"labels": [1]}, protocol=2)
    if packed:
        cifar_archive(root, dict.fromkeys(cifar_batches(), content))
    else:
        cifar_folder(root)
        (root / "cifar-10-batches-py" / "data_batch_1").write_bytes(content)
    with pytest.raises(DatasetError, match=r"is damaged \(it asks for posix\.mkdir"):
        load("cifar10")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no plain pickle"),
        (python2_batch(noise(4, 3072), [1, 2, 3, 4])[:-5000], "no plain pickle"),
        (pickle.dumps([1, 2]), "no batch of CIFAR-10"),
        (pickle.dumps({b"labels": [1]}), "no batch of CIFAR-10"),
        (pickle.dumps({b"data": b"abc", b"labels": [1]}), "do not fit together"),
        (python2_batch(noise(4, 3072), [1, 2, 3]), "do not fit together"),
        (python2_batch(noise(4, 3072), [1, 2, 3, 10]), "do not fit together"),
        (python2_batch(noise(4, 300), [1, 2, 3, 4]), "do not fit together"),
        (pickle.dumps({b"data": np.zeros((1, 3072)), b"labels": [1]}, protocol=2), "does not hold bytes"),
        (pickle.dumps({b"data": np.array([{}]), b"labels": [1]}, protocol=2), "does not hold bytes"),
    ],
)
def test_damaged_batches_are_named(root: Path, content: bytes, reason: str) -> None:
    cifar_folder(root)
    (root / "cifar-10-batches-py" / "data_batch_3").write_bytes(content)
    with pytest.raises(DatasetError, match=rf"data_batch_3 is damaged \(.*{reason}"):
        load("cifar10")


def test_a_cut_off_archive_is_named(root: Path) -> None:
    batches = {name: python2_batch(*batch) for name, batch in cifar_batches().items()}
    path = cifar_archive(root, batches)
    path.write_bytes(path.read_bytes()[:-9000])
    with pytest.raises(DatasetError, match=r"cifar-10-python\.tar\.gz is damaged"):
        load("cifar10", part="all")
    del batches["data_batch_2"]
    cifar_archive(root, batches)
    with pytest.raises(DatasetError, match=r"gz is damaged \(it lacks cifar-10-batches-py/data_batch_2\)"):
        load("cifar10")


def test_svhn_from_its_matlab_files(root: Path) -> None:
    from scipy.io import savemat

    images = {"train": noise(32, 32, 3, 12), "test": noise(32, 32, 3, 5, seed=1)}
    for part, pixels in images.items():
        labels = (np.arange(pixels.shape[3]) % 10 + 1).astype(np.uint8).reshape(-1, 1)
        savemat(root / f"{part}_32x32.mat", {"X": pixels, "y": labels}, do_compression=True)
    found = load("svhn", part="all")
    assert found.images.shape == (17, 3, 32, 32)
    assert np.array_equal(found.images[3].numpy(), images["train"][:, :, :, 3].transpose(2, 0, 1))
    assert np.array_equal(found.images[12].numpy(), images["test"][:, :, :, 0].transpose(2, 0, 1))
    assert found.labels is not None
    assert found.labels.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 1, 2, 3, 4, 5]
    assert load("svhn", resolution=64).shape == SVHN(resolution=64).image_shape() == ImageShape(3, 64)

    path = root / "train_32x32.mat"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DatasetError, match=r"train_32x32\.mat is damaged"):
        load("svhn")
    savemat(path, {"X": images["train"][:, :, :2], "y": np.ones((12, 1))})
    with pytest.raises(DatasetError, match="do not fit together"):
        load("svhn")


def test_colour_sets_are_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = cifar_folder(root)
    first = load("cifar10", resolution=64)
    whole = replace(first, digest=None)
    assert first.digest == whole.fingerprint(), "the digest that is kept is that of the pixels"
    with monkeypatch.context() as patch:
        patch.setattr("ganengine.data.sources.cifar10.load", None)
        again = load("cifar10", resolution=64)
    assert torch.equal(again.images, first.images)
    assert again.labels is not None
    assert first.labels is not None
    assert torch.equal(again.labels, first.labels)
    assert again.classes == first.classes
    images, labels = batches["data_batch_1"]
    (root / "cifar-10-batches-py" / "data_batch_1").write_bytes(python2_batch(255 - images, labels))
    changed = load("cifar10", resolution=64)
    assert changed.digest != first.digest, "another file is another data set"
