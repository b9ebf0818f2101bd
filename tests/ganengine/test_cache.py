"""The cache of decoded images: made once, complete or not at all, by one program at a time."""

import errno
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from filelock import FileLock

from ganengine.data.cache import cached, key_of, remove_least_used
from ganengine.data.progress import silent
from ganengine.data.reading.entry import Draft, Entry, Meta
from ganengine.data.sources.folder import FolderSource
from ganengine.errors import Cancelled, StorageError
from ganengine.shapes import ImageShape
from tests.ganengine.pictures import BLUE, RED, encoded, noise, plain, write_files, write_zip

SHAPE = ImageShape(1, 8)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    files = {f"{name}/{number}.png": encoded(noise(number)) for name in "AB" for number in range(20)}
    write_files(tmp_path / "pictures", files | {"A/broken.png": b"text"})
    return FolderSource(path=str(tmp_path / "pictures"))


def put(key: str, count: int = 4, value: int = 7) -> Entry:
    """An entry of blank images."""

    def make(draft: Draft) -> None:
        draft.write(SHAPE, (np.full((1, 8, 8), value, dtype=np.uint8) for _ in range(count)))

    return cached(key, make, Meta("blank", "nowhere"), silent)


def entries(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def forbidden(draft: Draft) -> None:
    raise AssertionError("made again")


def test_the_second_opening_gives_the_same_without_reading_pictures(
    source: FolderSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = source.load()
    monkeypatch.setattr("ganengine.data.reading.making.decoded", forbidden)
    second = source.load()
    assert torch.equal(first.images, second.images)
    assert first.labels is not None
    assert second.labels is not None
    assert torch.equal(first.labels, second.labels)
    assert (first.name, first.classes, first.left_out) == (second.name, second.classes, second.left_out)
    assert [item.name for item in second.left_out] == ["A/broken.png"]


def test_the_digest_is_the_fingerprint_of_the_pixels(source: FolderSource) -> None:
    found = source.load()
    assert found.digest is not None
    assert replace(found, digest=None).fingerprint() == found.fingerprint() == found.digest


def test_images_are_mapped_and_can_be_used_like_any_tensor(source: FolderSource, root: Path) -> None:
    images = source.load().images
    images[0] = 0  # changes this process's copy, not the file
    assert source.load().images[0].any()
    assert images.index_select(0, torch.tensor([3, 1])).shape == (2, 3, 32, 32)
    (entry,) = entries(root)
    assert (root / entry / "images.bin").stat().st_size == images.numel()


# ---- keys ----------------------------------------------------------------------------------------------------


def test_each_setting_and_each_change_of_a_file_makes_a_new_entry(source: FolderSource, root: Path) -> None:
    place = Path(source.path)
    digests = [source.load().digest]
    for settings in ({"resolution": 48}, {"channels": "grey"}, {"fit": "pad", "resolution": 28}):
        digests.append(FolderSource(path=source.path, **settings).load().digest)
    (place / "A" / "0.png").write_bytes(encoded(plain(BLUE, (32, 32))))
    digests.append(source.load().digest)
    (place / "A" / "new.png").write_bytes(encoded(plain(RED)))
    digests.append(source.load().digest)
    (place / "A" / "new.png").rename(place / "B" / "new.png")
    digests.append(source.load().digest)
    (place / "B" / "new.png").unlink()
    digests.append(source.load().digest)
    assert len(entries(root)) == len(digests) - 1, "without the new one all is as before"
    assert len(set(digests)) == len(digests) - 1


def test_a_new_time_of_a_file_counts_as_a_change_and_other_files_do_not(source: FolderSource, root: Path) -> None:
    source.load()
    write_files(Path(source.path), {"notes.txt": b"hello", ".DS_Store": b"x"})
    source.load()
    assert len(entries(root)) == 1
    os.utime(Path(source.path) / "A" / "1.png", ns=(1, 1))
    source.load()
    assert len(entries(root)) == 2


def test_a_changed_archive_makes_a_new_entry(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "a.zip"
    times = []
    for colour in (RED, BLUE):
        write_zip(path, {"a.png": encoded(plain(colour)), "b.png": encoded(plain(colour))})
        os.utime(path, ns=(10**18, 10**18))
        times.append(FolderSource(path=str(path)).load().images[0, :, 0, 0].tolist())
    assert times == [list(RED), list(BLUE)]
    assert len(entries(root)) == 2


def test_keys_depend_on_every_part() -> None:
    parts = [("a", "b"), ("ab", ""), ("a", "b", ""), ("b", "a"), ("a", 1), ("a", "auto")]
    assert len({key_of(*some) for some in parts}) == len(parts)
    assert key_of("a", 1) == key_of("a", "1")


# ---- complete or not at all ----------------------------------------------------------------------------------


def test_progress_is_told_and_cancel_leaves_nothing(source: FolderSource, root: Path) -> None:
    heard: list[tuple[str, int, int]] = []

    def cancel(what: str, done: int, total: int) -> None:
        heard.append((what, done, total))
        if what == "Reading pictures":
            raise Cancelled

    threads = threading.active_count()
    with pytest.raises(Cancelled):
        source.load(cancel)
    assert heard[-1][2] == 41
    assert entries(root) == set()
    assert threading.active_count() == threads
    heard.clear()
    source.load(lambda *progress: heard.append(progress))
    assert heard[-1] == ("Reading pictures", 41, 41)


def test_an_error_on_the_way_leaves_nothing(root: Path) -> None:
    def make(draft: Draft) -> None:
        draft.write(SHAPE, [np.zeros((1, 8, 8), dtype=np.uint8)])
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        cached("k", make, Meta("n", "s"), silent)
    assert entries(root) == set()
    assert put("k").dataset.count == 4


def test_what_a_crash_left_behind_is_removed(root: Path) -> None:
    for name in ("k.tmp", "other.tmp"):
        write_files(root / name, {"images.bin": b"half"})
    assert put("k").dataset.images.shape == (4, 1, 8, 8)
    assert entries(root) == {"k"}


def test_what_another_program_is_writing_just_now_is_left_alone(root: Path) -> None:
    write_files(root / "other.tmp", {"images.bin": b"half"})
    with FileLock(root / "other.lock"):
        put("k")
    assert entries(root) == {"k", "other.tmp"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: (entry / "images.bin").unlink(),
        lambda entry: os.truncate(entry / "images.bin", 1000),
        lambda entry: (entry / "images.bin").write_bytes(bytes((entry / "images.bin").stat().st_size)),
        lambda entry: (entry / "labels.npy").unlink(),
        lambda entry: (entry / "labels.npy").write_bytes(b""),
        lambda entry: np.save(entry / "labels.npy", np.zeros(3, dtype=np.int64)),
        lambda entry: (entry / "meta.json").unlink(),
        lambda entry: (entry / "meta.json").write_text("{}"),
        lambda entry: (entry / "meta.json").write_text("[1, 2"),
        lambda entry: (entry / "meta.json").write_bytes(b"\xff\xfe\0"),
        lambda entry: _edit(entry, version=0),
        lambda entry: _edit(entry, unknown=1),
        lambda entry: _edit(entry, count="many"),
    ],
)
def test_a_damaged_entry_is_made_again(source: FolderSource, root: Path, damage: Any) -> None:
    digest = source.load().digest
    (entry,) = entries(root)
    damage(root / entry)
    found = source.load()
    assert found.digest == digest == replace(found, digest=None).fingerprint()
    assert found.labels is not None
    assert found.labels.bincount().tolist() == [20, 20]


def _edit(entry: Path, **values: Any) -> None:
    path = entry / "meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize("when", [1, 3, "labels", "finish"])
def test_a_full_disk_is_said_and_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch, when: Any) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def images() -> Any:
        for number in range(4):
            if number == when:
                raise full
            yield np.zeros((1, 8, 8), dtype=np.uint8)

    def fail(*_: Any, **__: Any) -> None:
        raise full

    def make(draft: Draft) -> None:
        draft.write(SHAPE, images())
        draft.set_labels(np.array([0, 1, 0, 1]), ("a", "b"))

    if when == "labels":
        monkeypatch.setattr(np, "save", fail)
    if when == "finish":
        monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match=r"could not be written to .*: No space left on device.*GAN_STUDIO_CACHE"):
        cached("k", make, Meta("n", "s"), silent)
    assert entries(root) == set()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_is_really_full(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", **options: opened(Path("/dev/full") if "w" in mode else path, mode, **options),
    )
    with pytest.raises(StorageError, match="No space left on device"):
        put("k", count=2000)
    assert entries(root) == set()


def test_a_cache_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="GAN_STUDIO_CACHE"):
        put("k")


# ---- several programs ----------------------------------------------------------------------------------------


def test_a_second_program_waits_and_takes_what_the_first_has_made(root: Path) -> None:
    waiting = threading.Event()
    found: list[Entry] = []

    def tell(what: str, done: int, total: int) -> None:
        assert what.startswith("Waiting until the same images")
        waiting.set()

    second = threading.Thread(target=lambda: found.append(cached("k", forbidden, Meta("n", "s"), tell)))

    def make(draft: Draft) -> None:
        second.start()
        assert waiting.wait(20)
        draft.write(SHAPE, [np.ones((1, 8, 8), dtype=np.uint8)])

    cached("k", make, Meta("first", "s"), silent)
    second.join(20)
    assert found[0].dataset.name == "first"


def test_waiting_can_be_cancelled(root: Path) -> None:
    def tell(what: str, done: int, total: int) -> None:
        raise Cancelled

    root.mkdir(parents=True)
    with FileLock(root / "k.lock"), pytest.raises(Cancelled):
        cached("k", forbidden, Meta("n", "s"), tell)


LOAD = """
import sys
from ganengine.data.sources.folder import FolderSource
print("ready", flush=True)
sys.stdin.readline()
print(FolderSource(path=sys.argv[1]).load().fingerprint())
"""


@pytest.mark.slow
def test_two_processes_at_once(source: FolderSource, root: Path) -> None:
    command = [sys.executable, "-c", LOAD, source.path]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parents[2]}
    processes = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert outputs == [source.load().digest] * 2
    assert len(entries(root)) == 1


# ---- size ----------------------------------------------------------------------------------------------------


def test_the_least_recently_used_entries_go_first(root: Path) -> None:
    for age, key in enumerate(["new", "middle", "old"]):
        put(key, count=100, value=age)
        os.utime(root / key / "meta.json", ns=(10**18 - age, 10**18 - age))
    assert remove_least_used(keep_bytes=10**9) == []
    size = sum(file.stat().st_size for file in (root / "new").iterdir())
    assert remove_least_used(keep_bytes=int(2.5 * size)) == ["old"]
    assert cached("middle", forbidden, Meta("n", "s"), silent).dataset.count == 100  # used, so it is now the newest
    assert remove_least_used(keep_bytes=int(1.5 * size)) == ["new"]
    assert remove_least_used(keep_bytes=0, sparing="middle") == []
    assert entries(root) == {"middle"}
    assert remove_least_used(keep_bytes=0) == ["middle"]


def test_a_new_entry_makes_room_but_is_not_removed_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganengine.data.cache.remove_least_used.__defaults__", (0, ""))
    put("a")
    put("b")
    assert entries(root) == {"b"}


def test_an_entry_in_the_making_is_not_removed(root: Path) -> None:
    put("a")
    with FileLock(root / "a.lock"):
        assert remove_least_used(keep_bytes=0) == []
    assert entries(root) == {"a"}
