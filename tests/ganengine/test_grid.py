"""Image grids: exact to the pixel, taken apart again, and plain about files that are none."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganengine.errors import DatasetError, StorageError
from ganengine.export.grid import (
    Images,
    compose_grid,
    inverted,
    load_sample,
    near_square,
    read_sample,
    save_png,
    save_sample,
    save_singles,
    with_caption,
)


def pictures(count: int, side: int = 3, channels: int = 1) -> Images:
    values = np.arange(count * side * side * channels) * 37 % 256
    return values.astype(np.uint8).reshape(count, side, side, channels)


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 2, 2), (5, 2, 3), (12, 3, 4), (40, 6, 7), (64, 8, 8)]
)
def test_near_square(count: int, rows: int, columns: int) -> None:
    assert near_square(count) == (rows, columns)


def test_near_square_holds_all_without_an_empty_row() -> None:
    for count in range(1, 200):
        rows, columns = near_square(count)
        assert (rows - 1) * columns < count <= rows * columns
        assert rows <= columns


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("padding", "scale"), [(0, 1), (2, 1), (1, 3), (5, 2)])
def test_every_pixel_is_where_it_belongs(padding: int, scale: int, channels: int) -> None:
    images = pictures(6, 3, channels)
    grid = compose_grid(images, 2, 3, padding=padding, scale=scale, background=77)
    side = 3 * scale
    assert grid.shape == (2 * (side + padding) + padding, 3 * (side + padding) + padding, channels)
    covered = np.zeros(grid.shape[:2], dtype=bool)
    for index in range(6):
        for y in range(side):
            for x in range(side):
                top = padding + index // 3 * (side + padding) + y
                left = padding + index % 3 * (side + padding) + x
                covered[top, left] = True
                assert (grid[top, left] == images[index, y // scale, x // scale]).all()
    assert (grid[~covered] == 77).all()


def test_5_by_8_of_28_pixels() -> None:
    assert compose_grid(pictures(40, 28), 5, 8, padding=2, scale=1).shape == (5 * 30 + 2, 8 * 30 + 2, 1)


def test_too_few_images_leave_places_empty_and_too_many_are_left_out() -> None:
    grid = compose_grid(pictures(1) | 1, 1, 2, padding=0, background=0)
    assert (grid[:, :3] > 0).all()
    assert not grid[:, 3:].any()
    images = pictures(9)
    assert np.array_equal(compose_grid(images, 2, 2), compose_grid(images[:4], 2, 2))


def test_a_caption_is_added_below() -> None:
    grid = compose_grid(pictures(4, 28), 2, 2)
    for caption in ("Step 1,200", "a caption that is much too long for so small a grid"):
        captioned = with_caption(grid, caption)
        assert captioned.shape[1:] == grid.shape[1:]
        assert captioned.shape[0] > grid.shape[0]
        assert np.array_equal(captioned[: grid.shape[0]], grid)
        strip = captioned[grid.shape[0] :]
        assert (strip < 128).any(), "there is text"
        assert (strip[:, 0] == 255).all(), "not cut at the left"
        assert (strip[:, -1] == 255).all(), "nor at the right"
    coloured = with_caption(compose_grid(pictures(1, 64, 3), 1, 1), "x")
    assert coloured.shape[2] == 3


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 5, 16])
def test_a_sample_is_taken_apart_again(count: int, channels: int, tmp_path: Path) -> None:
    images = pictures(count, 28, channels)
    path = tmp_path / "step-00000012.png"
    save_sample(path, images, 12)
    assert np.array_equal(load_sample(path), images)
    with Image.open(path) as picture:
        assert picture.mode == ("L" if channels == 1 else "RGB")
        assert json.loads(picture.info["gan-studio"])["step"] == 12


def test_singles(tmp_path: Path) -> None:
    images = pictures(3, 4, 3)
    paths = save_singles(tmp_path / "new" / "folder", images, first=7, scale=2)
    assert [path.name for path in paths] == ["image-00007.png", "image-00008.png", "image-00009.png"]
    for path, image in zip(paths, images, strict=True):
        found = np.asarray(Image.open(path))
        assert np.array_equal(found, image.repeat(2, axis=0).repeat(2, axis=1))


def test_notes_are_kept_in_the_file(tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", pictures(1)[0], {"run": "00001-ünïcode", "step": 3})
    with Image.open(tmp_path / "a.png") as picture:
        assert json.loads(picture.info["gan-studio"]) == {"run": "00001-ünïcode", "step": 3}


def foreign_png(path: Path, layout: str | None) -> None:
    info = PngInfo()
    if layout is not None:
        info.add_text("gan-studio", layout)
    Image.new("L", (20, 20)).save(path, pnginfo=info)


@pytest.mark.parametrize(
    "layout",
    [
        None,
        "no json",
        "[]",
        "{}",
        '{"count": 4, "rows": 2, "columns": 2}',
        '{"count": 4, "rows": 0, "columns": 2, "padding": 2}',
        '{"count": 4, "rows": 2, "columns": 0, "padding": 2}',
        '{"count": 0, "rows": 2, "columns": 2, "padding": 2}',
        '{"count": 400, "rows": 2, "columns": 2, "padding": 2}',
        '{"count": 4, "rows": 2, "columns": 2, "padding": -5}',
        '{"count": 4, "rows": 2, "columns": 2, "padding": 50}',
    ],
)
def test_a_picture_that_is_no_sample_is_refused(layout: str | None, tmp_path: Path) -> None:
    path = tmp_path / "foreign.png"
    foreign_png(path, layout)
    with pytest.raises(DatasetError, match=r"foreign\.png is not a sample of a run"):
        load_sample(path)


def test_a_damaged_or_missing_sample_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "step-00000001.png"
    save_sample(path, pictures(9, 28), 1)
    whole = path.read_bytes()
    cut = [whole[:length] for length in (0, 4, 20, 60, len(whole) // 2)]
    places = (2, 18, 50, len(whole) // 2)
    flipped = [whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :] for place in places]
    for damaged in cut + flipped:
        path.write_bytes(damaged)
        with pytest.raises(DatasetError, match="or is damaged"):
            load_sample(path)
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(DatasetError):
        load_sample(path)
    with pytest.raises(DatasetError):
        load_sample(tmp_path / "absent.png")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    image = pictures(1)[0]
    with pytest.raises(StorageError, match=r"Could not write the picture to .*file/a\.png: Not a directory"):
        save_png(tmp_path / "file" / "a.png", image)
    with pytest.raises(StorageError, match="No such file or directory"):
        save_png(tmp_path / "absent" / "a.png", image)
    with pytest.raises(StorageError, match="Could not write the pictures"):
        save_singles(tmp_path / "file" / "folder", pictures(2))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "runs") == ["file"]


def test_only_grey_images_are_inverted() -> None:
    assert inverted(pictures(2)).tolist() == (255 - pictures(2)).tolist()
    assert inverted(pictures(2, channels=3)).tolist() == pictures(2, channels=3).tolist()


def test_the_columns_of_a_grid_of_classes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "sample.png"
    save_sample(path, pictures(6), 10, columns=2)
    sample = read_sample(path)
    assert (sample.columns, sample.images.shape) == (2, (6, 3, 3, 1))
    save_sample(path, pictures(6), 10)
    assert read_sample(path).columns == 0
