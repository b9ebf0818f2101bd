"""The user's own pictures as a data source: finding, labels, guesses, and what is left out."""

import errno
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganengine.config import TrainConfig
from ganengine.data.reading.names import Kind, classes_of, is_safe, kind_of
from ganengine.data.sources.folder import FolderSource
from ganengine.errors import ConfigError, DatasetError
from ganengine.shapes import ImageShape
from tests.ganengine.pictures import BLUE, GREEN, RED, encoded, noise, plain, png_that_claims, write_files
from tests.ganengine.shared_data import shared_data


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "pictures"
    path.mkdir()
    return path


def source(path: Path | str, **settings: Any) -> FolderSource:
    return FolderSource(path=str(path), **settings)


# ---- finding -------------------------------------------------------------------------------------------------


def test_nested_pictures_in_the_order_of_their_names(folder: Path) -> None:
    files = {"b/2.png": RED, "a.png": GREEN, "b/c/1.png": BLUE}
    write_files(folder, {name: encoded(plain(colour)) for name, colour in files.items()})
    found = source(folder).load()
    assert found.images[:, :, 0, 0].tolist() == [list(GREEN), list(RED), list(BLUE)]
    assert found.name == "pictures"
    assert found.labels is None


def test_what_is_no_picture_is_passed_over_in_silence(folder: Path) -> None:
    names = [
        ".hidden.png",
        "__MACOSX/._a.png",
        "Thumbs.db",
        ".DS_Store",
        "labels.csv",
        "notes.txt",
        ".git/b.png",
        "LICENSE",
    ]
    write_files(folder, dict.fromkeys(names, b"some text") | {"a.png": encoded(plain()), "b": encoded(plain())})
    entry = source(folder).open()
    assert entry.dataset.count == 2, "a picture needs no ending"
    assert entry.dataset.left_out == ()
    assert entry.meta.details["ignored"] == 3, "labels.csv, notes.txt and LICENSE"


def test_a_jpeg_named_png_is_used(folder: Path) -> None:
    write_files(folder, {"a.png": encoded(plain(RED), "JPEG"), "b.JPG": encoded(plain(RED))})
    assert source(folder).load().count == 2


def test_everything_that_can_be_wrong_is_left_out_with_its_reason(folder: Path) -> None:
    good = encoded(noise(1))
    write_files(
        folder,
        {
            "animated.gif": encoded(plain(RED), "GIF", save_all=True, append_images=[plain(GREEN)]),
            "empty.png": b"",
            "good.png": good,
            "huge.png": png_that_claims(20_000, 20_000),
            "phone.heic": b"\0\0\0\x18ftypheic",
            "pixel.png": encoded(plain(RED, (1, 1))),
            "text.png": b"not a picture at all",
            "truncated.png": good[: len(good) // 2],
        },
    )
    found = source(folder).load()
    assert found.count == 2, "animated.gif and good.png"
    assert {item.name: item.reason for item in found.left_out} == {
        "empty.png": "empty file (0 bytes)",
        "huge.png": "too large: 400 million pixels; at most 100 million are read",
        "phone.heic": "HEIC files cannot be read; save it as JPEG or PNG",
        "pixel.png": "too small: 1×1 pixels; at least 8×8 are needed",
        "text.png": "not an image: it is a text",
        "truncated.png": "cut off: the end of the file is missing",
    }
    assert [item.name for item in found.left_out] == sorted(item.name for item in found.left_out)


def test_no_warning_escapes_from_strange_files(folder: Path) -> None:
    palette = plain(0, (9000, 10_000), "1")  # 90 million pixels: within our limit, beyond Pillow's warning
    write_files(
        folder, {"large.png": encoded(palette), "exif.jpg": encoded(plain(), "JPEG", exif=b"Exif\0\0II*\0\x08")}
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert source(folder, resolution=28).load().count == 2
    assert caught == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_followed_but_loops_end(folder: Path, tmp_path: Path) -> None:
    elsewhere = write_files(tmp_path / "elsewhere", {"c.png": encoded(plain())})
    write_files(folder, {"a/1.png": encoded(plain())})
    (folder / "a" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "again").symlink_to(folder / "a", target_is_directory=True)
    (folder / "linked").symlink_to(elsewhere, target_is_directory=True)
    (folder / "dangling.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(folder / "pipe.png")
    assert source(folder).load().count == 2, "each folder once"


def test_files_and_folders_without_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(folder, {name: encoded(plain()) for name in ("a.png", "b.png", "c/d.png")})
    opened, listed = Path.open, os.scandir

    def open_some(path: Path, *mode: Any, **options: Any) -> Any:
        if path.name == "b.png":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *mode, **options)

    def list_some(path: Path) -> Any:
        if path.name == "c":
            raise PermissionError(errno.EACCES, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "open", open_some)
    monkeypatch.setattr(os, "scandir", list_some)
    found = source(folder).load()
    monkeypatch.undo()
    assert {item.name: item.reason for item in found.left_out} == {
        "b.png": "cannot be opened: permission denied",
        "c/": "the folder cannot be read: permission denied",
    }


# ---- nothing usable ------------------------------------------------------------------------------------------


def test_a_folder_without_pictures(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"There are no pictures in .*pictures\. Pictures are PNG"):
        source(folder).load()
    write_files(folder, {"a.txt": b"text", "b.csv": b"1,2"})
    with pytest.raises(DatasetError, match="2 other files were found"):
        source(folder).load()


def test_pictures_of_which_none_is_usable(folder: Path) -> None:
    write_files(folder, {f"{number}.png": b"" for number in range(5)})
    with pytest.raises(DatasetError, match=r"None of the pictures .* \(all 5 files: empty file"):
        source(folder).load()
    write_files(folder, {"0.png": b"text"})
    with pytest.raises(DatasetError, match=r"\(0\.png: not an image: it is a text; 1\.png: empty .*; and 2 more\)"):
        source(folder).load()
    assert not list((folder.parent / "cache" / "datasets").glob("*/"))


@pytest.mark.parametrize("path", ["", "   "])
def test_an_empty_path_is_allowed_until_start(path: str) -> None:
    config = TrainConfig.parse({"data": {"source": "folder", "path": path}})
    with pytest.raises(ConfigError) as caught:
        config.data.load()
    assert (caught.value.path, caught.value.message) == ("data.path", "choose a folder or an archive of pictures")


def test_a_path_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path))
    for path in ("flowers", str(tmp_path / "flowers")):
        with pytest.raises(ConfigError) as caught:
            source(path).load()
        assert caught.value.path == "data.path"
        assert str(tmp_path) in caught.value.message


def test_a_relative_path_is_below_the_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path))
    for name in ("flowers_small", "flowers_large", "other"):
        write_files(tmp_path / name, {"a.png": encoded(plain())})
    assert source("flowers_small").place() == tmp_path / "flowers_small"
    assert source("flowers").place() == tmp_path / "flowers_large", "the first that begins so"
    write_files(tmp_path / "flowers", {"a.png": encoded(plain())})
    assert source("flowers").place() == tmp_path / "flowers"
    assert source(str(tmp_path / "other")).place() == tmp_path / "other"


# ---- classes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["A/1", "B/1"], ["A", "B"]),
        (["A/1", "B/x/1", "B/y/1"], ["A", "B", "B"]),
        (["set/A/1", "set/B/1"], ["A", "B"]),
        (["x/y/A/1", "x/y/B/1"], ["A", "B"]),
        (["A/1", "B/1", "1"], None),
        (["set/A/1", "set/1"], None),
        (["A/1", "A/2"], None),
        (["1", "2"], None),
        ([], None),
    ],
)
def test_classes(names: list[str], expected: list[str] | None) -> None:
    assert classes_of(names) == expected


def test_labels_are_of_usable_pictures_only(folder: Path) -> None:
    files = {f"class {name}/{number}.png": encoded(noise(number)) for name in (10, 9, 2) for number in range(3)}
    write_files(folder, {**files, "class 9/0.png": b"", "broken/0.png": b"", "readme.png": b"text"})
    found = source(folder).load()
    assert found.classes == ("class 2", "class 9", "class 10")
    assert found.labels is not None
    assert found.labels.dtype == torch.int64
    assert sorted(found.labels.bincount().tolist()) == [2, 3, 3]
    assert found.labels.bincount()[1] == 2
    assert len(found.left_out) == 3


# ---- resolution and channels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(28, 28)], 28),
        ([(31, 31)], 28),
        ([(32, 40)], 32),
        ([(500, 60)], 32),
        ([(64, 64)], 64),
        ([(900, 900)], 64),
        ([(16, 16)], 28),
        ([(64, 64), (64, 64), (64, 64), (20, 20)], 64),
        ([(200, 200), (30, 30), (30, 30)], 28),
    ],
)
def test_the_resolution_is_what_half_of_the_pictures_fill(
    folder: Path, sizes: list[tuple[int, int]], expected: int
) -> None:
    write_files(folder, {f"{number}.png": encoded(plain(size=size)) for number, size in enumerate(sizes)})
    assert source(folder).load().shape == ImageShape(3, expected)


def test_channels_are_guessed_by_content(folder: Path) -> None:
    grey = {f"{number:03}.jpg": encoded(noise(number, channels=1).convert("RGB"), "JPEG") for number in range(60)}
    write_files(folder, grey)
    assert source(folder).load().shape == ImageShape(1, 32)
    write_files(folder, {"one.png": encoded(noise(0))})
    assert source(folder).load().shape.channels == 1, "nearly all are grey"
    write_files(folder, {"two.png": encoded(noise(1)), "three.png": encoded(noise(2))})
    assert source(folder).load().shape.channels == 3


def test_chosen_values_win_and_are_known_without_reading(folder: Path) -> None:
    write_files(folder, {"a.png": encoded(noise(1, (50, 50)))})
    assert source(folder).image_shape() is None
    assert source(folder, resolution=64).image_shape() is None
    assert source(folder, channels="grey").image_shape() is None
    chosen = source(folder, resolution=48, channels="grey")
    assert chosen.image_shape() == chosen.load().shape == ImageShape(1, 48)
    assert source(folder, resolution=96).load().shape == ImageShape(3, 96)
    assert source(folder, channels="grey").load().shape == ImageShape(1, 32)


def test_order_and_pixels_do_not_depend_on_the_threads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(folder, {f"{number:03}.png": encoded(noise(number)) for number in range(100)})
    expected = [np.asarray(noise(number)).transpose(2, 0, 1) for number in range(100)]
    for workers in (1, 5):
        monkeypatch.setenv("GAN_STUDIO_CACHE", str(folder.parent / f"cache {workers}"))
        monkeypatch.setattr("ganengine.data.reading.pipeline._workers", lambda workers=workers: workers)
        assert np.array_equal(source(folder).load().images.numpy(), np.stack(expected))


# ---- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PNG", Kind.IMAGE),
        ("x/y.jpeg", Kind.IMAGE),
        ("noending", Kind.IMAGE),
        ("a.heic", Kind.FOREIGN),
        ("a.txt", Kind.OTHER),
        ("a.zip", Kind.OTHER),
        (".a.png", Kind.HIDDEN),
        ("./a.png", Kind.IMAGE),
        ("__MACOSX/a.png", Kind.HIDDEN),
        ("x/Thumbs.db", Kind.HIDDEN),
    ],
)
def test_kinds_of_names(name: str, expected: Kind) -> None:
    assert kind_of(name) is expected


def test_safe_names() -> None:
    assert all(map(is_safe, ["a.png", "a/b.png", "./a.png", "a..b/c...png", "ä/ß.png"]))
    assert not any(map(is_safe, ["../a", "a/../b", "/a", "\\a", "a\\..\\b", "C:a", "c:\\a", "a\0b", "//host/a"]))


# ---- real data -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_not_mnist() -> None:
    found = source(shared_data("notMNIST_10k.tar.gz")).load()
    assert found.images.shape == (10_000, 1, 28, 28)
    assert found.classes == tuple("ABCDEFGHIJ")
    assert found.labels is not None
    assert found.labels.bincount().tolist() == [1000] * 10
    assert found.left_out == ()


@pytest.mark.slow
def test_faces() -> None:
    found = source(shared_data("faces_5k.tar")).load()
    assert found.images.shape == (5000, 3, 64, 64)
    assert found.labels is None
    assert found.left_out == ()
    assert 90 < found.images.float().mean() < 150
