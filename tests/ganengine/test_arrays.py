"""NumPy files: layouts, extents of values, labels, and what is refused."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ganengine.data.dataset import ImageDataset
from ganengine.data.sources.folder import FolderSource
from ganengine.errors import DatasetError

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (12, 28, 28), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))


def load_npy(folder: Path, array: NDArray[Any]) -> ImageDataset:
    np.save(folder / "a.npy", array)
    return FolderSource(path=str(folder / "a.npy")).load()


def load_npz(folder: Path, **arrays: NDArray[Any]) -> ImageDataset:
    np.savez(folder / "a.npz", allow_pickle=False, **arrays)
    return FolderSource(path=str(folder / "a.npz")).load()


@pytest.mark.parametrize(
    "array", [GREY, GREY[..., None], GREY[:, None], np.asfortranarray(GREY), GREY.astype(np.int64)]
)
def test_grey_layouts(tmp_path: Path, array: NDArray[Any]) -> None:
    found = load_npy(tmp_path, array)
    assert np.array_equal(found.images[:, 0].numpy(), GREY)
    assert found.labels is None
    assert found.name == "a"


@pytest.mark.parametrize("array", [COLOUR, COLOUR.transpose(0, 3, 1, 2).copy()], ids=["last", "first"])
def test_colour_layouts(tmp_path: Path, array: NDArray[Any]) -> None:
    assert np.array_equal(load_npy(tmp_path, array).images.numpy(), COLOUR.transpose(0, 3, 1, 2))


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    array = np.zeros((2, 32, 32, 4), dtype=np.uint8)
    array[:, :16, :, 3] = 255
    found = load_npy(tmp_path, array).images
    assert found[0, 0, 0, 0] == 0
    assert found[0, 0, 31, 0] == 255


@pytest.mark.parametrize(
    "array",
    [
        (GREY / 255).astype(np.float32),
        GREY / 255,
        (GREY / 127.5 - 1).astype(np.float32),
        GREY.astype(np.float32),
        (GREY / 255).astype(np.float16),
        GREY.astype(np.uint16) * 257,
        GREY.astype(">u2") * 257,
    ],
    ids=["0..1", "double", "-1..1", "0..255", "half", "16 bits", "big-endian"],
)
def test_extents_of_values(tmp_path: Path, array: NDArray[Any]) -> None:
    found = load_npy(tmp_path, array).images[:, 0].numpy().astype(int)
    assert np.abs(found - GREY).max() <= (0 if array.dtype != np.float16 else 1)


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int64])
def test_two_values_are_black_and_white(tmp_path: Path, dtype: Any) -> None:
    found = load_npy(tmp_path, (GREY > 127).astype(dtype)).images[:, 0].numpy()
    assert np.array_equal(found, np.where(GREY > 127, 255, 0))


def test_other_extents_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="between -3 and 3"):
        load_npy(tmp_path, np.linspace(-3, 3, GREY.size, dtype=np.float32).reshape(GREY.shape))


def test_images_with_nan_are_left_out(tmp_path: Path) -> None:
    array = (GREY / 255).astype(np.float32)
    array[3, 5, 5] = np.nan
    array[7, 0, 0] = np.inf
    found = load_npy(tmp_path, array)
    assert found.count == 10
    assert [item.name for item in found.left_out] == ["image 3", "image 7"]
    assert found.left_out[0].reason == "holds values that are not numbers (NaN or infinite)"
    assert np.array_equal(found.images[3, 0].numpy(), GREY[4])


@pytest.mark.parametrize("keys", [("images", "labels"), ("x", "y"), ("X", "Y"), ("x_train", "y_train"), ("arr_0", "y")])
def test_npz_with_labels(tmp_path: Path, keys: tuple[str, str]) -> None:
    labels = np.arange(12, dtype=np.uint8) % 11
    arrays: dict[str, NDArray[Any]] = {keys[0]: GREY, keys[1]: labels, "other": np.zeros(3)}
    found = load_npz(tmp_path, **arrays)
    assert found.labels is not None
    assert found.classes == tuple(map(str, range(11))), "2 is before 10"
    assert found.labels.tolist() == labels.tolist()
    assert np.array_equal(found.images[:, 0].numpy(), GREY)


@pytest.mark.parametrize(
    "labels",
    [np.array(["cat", "dog"] * 6), np.array([b"cat", b"dog"] * 6)[:, None], np.array([0.0, 1.0] * 6)],
    ids=["names", "bytes in a column", "floats"],
)
def test_kinds_of_labels(tmp_path: Path, labels: NDArray[Any]) -> None:
    found = load_npz(tmp_path, images=GREY, labels=labels)
    assert found.classes in {("cat", "dog"), ("0", "1")}
    assert found.labels is not None
    assert found.labels.tolist() == [0, 1] * 6


def test_labels_stay_with_their_images_where_some_are_left_out(tmp_path: Path) -> None:
    array = (GREY / 255).astype(np.float32)
    array[0] = np.nan
    found = load_npz(tmp_path, images=array, labels=np.arange(12))
    assert found.classes == tuple(map(str, range(1, 12)))
    assert found.labels is not None
    assert found.labels.tolist() == list(range(11))


def test_compressed_npz(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "c.npz", allow_pickle=False, images=COLOUR)
    assert FolderSource(path=str(tmp_path / "c.npz")).load().count == 12


@pytest.mark.parametrize("name", ["o.npy", "o.npz"])
def test_python_objects_are_never_loaded(tmp_path: Path, name: str) -> None:
    ran = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> Any:
            return Path.touch, (ran,)

    file = io.BytesIO()
    np.save(file, np.array([Evil()] * 4, dtype=object), allow_pickle=True)
    if name.endswith("npz"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("images.npy", file.getvalue())
    else:
        (tmp_path / name).write_bytes(file.getvalue())
    with pytest.raises(DatasetError, match="holds Python objects"):
        FolderSource(path=str(tmp_path / name)).load()
    assert not ran.exists()


@pytest.mark.parametrize("shape", [(28, 28), (5,), (4, 5, 6, 7), (2, 3, 28), (3, 3, 2, 2), (1, 2, 3, 4, 5)])
def test_other_shapes_are_named(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(DatasetError, match=r"has the shape \[.*Expected are images as \[N, height, width\]"):
        load_npy(tmp_path, np.zeros(shape, dtype=np.uint8))


def test_labels_that_do_not_match(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"'labels' .* shape \[5\].* each of the 12 images"):
        load_npz(tmp_path, images=GREY, labels=np.arange(5))


def test_npz_without_images(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has the arrays 'weights'.*named 'images'"):
        load_npz(tmp_path, weights=GREY)


def test_cut_off(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", GREY)
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data[:5000])
    with pytest.raises(DatasetError, match="its end is missing"):
        FolderSource(path=str(tmp_path / "a.npy")).load()


def test_a_header_that_promises_too_much_takes_no_memory(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (10**12, 1000, 1000)}
    )
    (tmp_path / "a.npy").write_bytes(header.getvalue() + bytes(1000))
    with pytest.raises(DatasetError, match="its end is missing"):
        FolderSource(path=str(tmp_path / "a.npy")).load()


def test_an_empty_array(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no pictures"):
        load_npy(tmp_path, np.zeros((0, 28, 28), dtype=np.uint8))
