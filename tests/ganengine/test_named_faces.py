"""CelebA, from pictures made here."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from ganengine.data.dataset import ImageDataset
from ganengine.errors import Cancelled, DatasetError
from ganengine.shapes import ImageShape
from tests.ganengine.named_files import load, offline_root, snapshot, source


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root, and no way to the network."""
    return offline_root(tmp_path, monkeypatch)


def face(number: int, size: tuple[int, int] = (178, 218)) -> bytes:
    """A JPEG of one grey, `number`, with a white frame outside of the middle 148×148 pixels."""
    picture = Image.new("RGB", size, "white")
    left, top = (size[0] - 148) // 2, (size[1] - 148) // 2
    picture.paste((number, number, number), (left, top, left + 148, top + 148))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=95)
    return held.getvalue()


def faces_of(found: ImageDataset) -> list[int]:
    """The grey in the middle of each image, to the nearest ten."""
    return [round(int(image[0, 30, 30]) / 10) * 10 for image in found.images]


FACES = {1: 10, 2: 20, 162_770: 30, 162_771: 40, 182_637: 50, 182_638: 60, 202_599: 70}


@pytest.mark.parametrize("packed", [False, True])
def test_celeba_from_its_folder_or_its_archive(root: Path, packed: bool) -> None:
    pictures = {f"img_align_celeba/{number:06}.jpg": face(grey) for number, grey in FACES.items()}
    (root / "celeba" / "img_align_celeba").mkdir(parents=True)
    if packed:
        (root / "celeba" / "img_align_celeba").rmdir()
        with zipfile.ZipFile(root / "celeba" / "img_align_celeba.zip", "w") as archive:
            for name, content in pictures.items():
                archive.writestr(name, content)
    else:
        for name, content in pictures.items():
            (root / "celeba" / name).write_bytes(content)
    before = snapshot(root)
    assert faces_of(load("celeba")) == [10, 20, 30]
    assert faces_of(load("celeba", part="test")) == [60, 70]
    assert faces_of(load("celeba", part="all")) == [10, 20, 30, 40, 50, 60, 70]
    assert faces_of(load("celeba", part="all", count=5)) == [10, 20, 30, 40, 50]
    assert faces_of(load("celeba", count=2)) == [10, 20]
    found = load("celeba", part="all")
    assert found.labels is None
    assert found.shape == source("celeba").image_shape() == ImageShape(3, 64)
    assert found.images.max() < 100, "all of the white frame is cut off"
    assert load("celeba", resolution=128).shape.resolution == 128
    assert snapshot(root) == before
    assert not found.left_out


def test_celeba_with_damaged_and_odd_pictures(root: Path) -> None:
    folder = root / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    (folder / "000001.jpg").write_bytes(face(10))
    (folder / "000002.jpg").write_bytes(face(20)[:300])
    (folder / "000003.jpg").write_bytes(face(30, (300, 400)))
    found = load("celeba")
    assert faces_of(found) == [10, 30]
    assert [left_out.name for left_out in found.left_out] == ["000002.jpg"]
    with pytest.raises(DatasetError, match="There are no pictures"):
        load("celeba", part="test")


def test_celeba_says_how_to_get_it(root: Path) -> None:
    with pytest.raises(DatasetError) as error:
        load("celeba")
    assert f"not in {root}/celeba" in str(error.value)
    assert "Get img_align_celeba.zip (1.4 GB) from https://mmlab" in str(error.value)


def test_a_cancel_while_faces_are_decoded_leaves_no_entry(root: Path, tmp_path: Path) -> None:
    folder = root / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    for number in range(1, 30):
        (folder / f"{number:06}.jpg").write_bytes(face(number))

    def cancel(what: str, done: int, total: int) -> None:
        if done > 5:
            raise Cancelled(what)

    with pytest.raises(Cancelled):
        source("celeba").load(cancel)
    assert not list((tmp_path / "cache").rglob("images.bin"))
    assert load("celeba").count == 29
