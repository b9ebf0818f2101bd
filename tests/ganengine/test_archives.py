"""Archives: the same pictures as a folder, and nothing that a hostile one could do."""

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ganengine.data.dataset import ImageDataset
from ganengine.data.reading import archive
from ganengine.data.reading.unusable import MAX_FILE_BYTES
from ganengine.data.sources.folder import FolderSource
from ganengine.errors import DatasetError
from tests.ganengine.pictures import BLUE, RED, encoded, noise, plain, write_files, write_tar, write_zip

FILES = {f"{name}/{number}.png": encoded(noise(number + ord(name))) for name in "AB" for number in range(5)}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))


def load(path: Path) -> ImageDataset:
    return FolderSource(path=str(path), resolution=32, channels="colour").load()


def left_out(path: Path) -> dict[str, str]:
    return {item.name: item.reason for item in load(path).left_out}


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz")],
)
@pytest.mark.parametrize("wrapper", ["", "set/", "./set/inner/"])
def test_a_tar_archive_is_as_the_folder(tmp_path: Path, name: str, mode: str, wrapper: str) -> None:
    folder = load(write_files(tmp_path / "folder", FILES))
    packed = load(write_tar(tmp_path / name, {wrapper + inner: data for inner, data in FILES.items()}, mode))
    assert packed.fingerprint() == folder.fingerprint()
    assert packed.classes == folder.classes == ("A", "B")
    assert packed.labels is not None
    assert packed.labels.tolist() == [0] * 5 + [1] * 5
    assert packed.name == "a"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_is_as_the_folder(tmp_path: Path, method: int) -> None:
    folder = load(write_files(tmp_path / "folder", FILES))
    backwards = {f"set/{name}": FILES[name] for name in reversed(FILES)}
    packed = load(write_zip(tmp_path / "b.zip", {**backwards, "set/readme.txt": b"hello"}, method))
    assert packed.fingerprint() == folder.fingerprint()
    assert packed.classes == ("A", "B")
    assert packed.left_out == ()


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    assert load(write_zip(tmp_path / "download", FILES)).count == 10
    assert load(write_tar(tmp_path / "wrong.zip", FILES, "w:gz")).count == 10


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_members_that_point_outside_are_refused_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    evil = encoded(plain(BLUE))
    names = ["../evil.png", "/tmp/evil.png", "a/../../evil.png", "..\\evil.png", "C:\\evil.png", "C:/evil.png"]
    files = {"good.png": encoded(plain(RED)), **dict.fromkeys(names, evil)}
    work = tmp_path / "deep" / "work"
    work.mkdir(parents=True)
    path = write_zip(work / "e.zip", files) if kind == "zip" else write_tar(work / "e.tar", files)
    before = {file for file in tmp_path.rglob("*") if "cache" not in file.parts}
    found = load(path)
    assert found.count == 1
    assert {item.name for item in found.left_out} == set(names)
    assert {item.reason for item in found.left_out} == {"refused: its name points outside of the archive"}
    assert {file for file in tmp_path.rglob("*") if "cache" not in file.parts} == before
    assert not list((tmp_path / "cache").rglob("*.png"))
    assert not Path("/tmp/evil.png").exists()


def test_links_in_archives_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(plain(BLUE)))
    with tarfile.open(tmp_path / "l.tar", "w") as tar:
        for name, kind in (
            ("soft.png", tarfile.SYMTYPE),
            ("hard.png", tarfile.LNKTYPE),
            ("pipe.png", tarfile.FIFOTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(secret)
            tar.addfile(member)
        good = encoded(plain(RED))
        member = tarfile.TarInfo("good.png")
        member.size = len(good)
        tar.addfile(member, io.BytesIO(good))
    found = load(tmp_path / "l.tar")
    assert found.count == 1
    assert found.images[0, :, 0, 0].tolist() == list(RED)
    assert {item.name: item.reason for item in found.left_out} == dict.fromkeys(
        ["soft.png", "hard.png", "pipe.png"], "a link or a special file"
    )
    link = zipfile.ZipInfo("soft.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive_file:
        archive_file.writestr("good.png", good)
        archive_file.writestr(link, str(secret))
    assert left_out(tmp_path / "l.zip") == {"soft.png": "a link, not a file"}


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "HARMLESS_BYTES", 2**20)
    bomb = write_zip(tmp_path / "bomb.zip", {f"{number}.png": bytes(2**20) for number in range(8)})
    with pytest.raises(DatasetError, match=r"bomb\.zip is refused: it unpacks to at least .* times its own size"):
        load(bomb)


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("name", ["zeros.png", "zeros.txt"])
def test_a_tar_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, name: str) -> None:
    monkeypatch.setattr(archive, "HARMLESS_BYTES", 2**20)
    bomb = write_tar(tmp_path / "bomb.tar.packed", {f"{number}{name}": bytes(2**20) for number in range(16)}, mode)
    with pytest.raises(DatasetError, match=r"is refused: it unpacks to at least"):
        load(bomb)


def test_a_tar_bomb_that_hides_in_a_header_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "HARMLESS_BYTES", 2**20)
    with tarfile.open(tmp_path / "pax.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("a.png")
        member.pax_headers = {"comment": "x" * (64 * 2**20)}
        tar.addfile(member)
    with pytest.raises(DatasetError, match="is refused"):
        load(tmp_path / "pax.tar.gz")


def test_an_archive_of_honest_size_is_no_bomb(tmp_path: Path) -> None:
    flat = encoded(plain(RED, (512, 512)), "BMP")  # 786 kB that pack to 1 kB
    assert load(write_zip(tmp_path / "flat.zip", {f"{number}.bmp": flat for number in range(20)})).count == 20


def test_members_larger_than_any_picture_are_left_out(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "large.zip", {"good.png": encoded(plain()), "large.png": encoded(noise(1))})
    data = path.read_bytes()
    place = data.rindex(b"PK\x01\x02")  # the large one's entry in the list at the end
    size = (MAX_FILE_BYTES + 1).to_bytes(4, "little")
    path.write_bytes(data[: place + 24] + size + data[place + 28 :])
    assert left_out(path) == {"large.png": "too large: 268 MB in one file, at most 268 MB are read"}


def test_members_with_a_password(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"good.png": encoded(plain()), "locked.png": encoded(noise(1))})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert left_out(path)["locked.png"].startswith("protected with a password")


def test_damaged_members_of_a_zip(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "d.zip", {"good.png": encoded(plain()), "bad.png": encoded(noise(1))})
    data = bytearray(path.read_bytes())
    data[data.index(b"bad.png") + 200] ^= 0xFF
    path.write_bytes(data)
    assert left_out(path) == {"bad.png": "damaged within the archive"}


@pytest.mark.parametrize(("name", "mode"), [("t.tar", "w"), ("t.tar.gz", "w:gz"), ("t.tar.bz2", "w:bz2")])
def test_of_a_cut_off_tar_the_beginning_is_used(tmp_path: Path, name: str, mode: str) -> None:
    files = {f"{number}.png": encoded(noise(number, (64, 64))) for number in range(200)}
    path = write_tar(tmp_path / name, files, mode)
    os.truncate(path, int(path.stat().st_size * 0.6))
    found = load(path)
    assert 30 < found.count < 125
    first = np.asarray(found.images[0].numpy())
    assert np.array_equal(first, load(write_files(tmp_path / "one", {"0.png": files["0.png"]})).images[0].numpy())
    reasons = {item.name: item.reason for item in found.left_out}
    assert "is cut off or damaged after" in reasons.pop(name)
    assert set(reasons.values()) <= {"cut off: the archive ends within it, or is damaged there"}


def test_a_damaged_header_within_a_tar_is_noticed(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "h.tar", {f"{number}.png": encoded(plain()) for number in range(10)})
    data = bytearray(path.read_bytes())
    data[data.index(b"5.png") : data.index(b"5.png") + 60] = b"\xff" * 60
    path.write_bytes(data)
    found = load(path)
    assert found.count == 5
    assert [item.name for item in found.left_out] == ["h.tar"]


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.npz", "x.npy"])
def test_what_is_no_archive_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"<html>404</html>" * 100)
    with pytest.raises(DatasetError, match=str(path)):
        load(path)
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="is empty"):
        load(path)


def test_a_cut_off_zip_says_what_to_do(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "cut.zip", FILES)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(DatasetError, match=r"cut\.zip is not a zip archive, or it is cut off.*download it again"):
        load(path)
