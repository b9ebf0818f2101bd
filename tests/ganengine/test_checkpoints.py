"""Checkpoints: whole or not there, never code, and one plain sentence on why a file cannot be used."""

import errno
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from ganengine.errors import CheckpointError, StorageError
from ganengine.launch import fork_run
from ganengine.runs import checkpoints
from ganengine.runs.checkpoints import (
    CheckpointFolder,
    checkpoint_config,
    load_checkpoint,
    save_checkpoint,
    step_of,
)
from ganengine.runs.files import write_atomically, write_text
from tests.ganengine.helpers import FullDisk, make_trainer, quick_config, same


def content(**changes: Any) -> dict[str, Any]:
    whole = {
        "config": quick_config().model_dump(mode="json"),
        "step": 12,
        "players": {"G": {"weight": torch.arange(5000.0)}, "optimizer_g": {"state": {0: {"step": torch.tensor(3.0)}}}},
        "fixed_z": torch.randn(4, 4),
        "rng": {"cpu": torch.get_rng_state()},
    }
    return whole | changes


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    found = tmp_path / "place"
    found.mkdir()
    return found


@pytest.fixture
def path(place: Path) -> Path:
    """A good checkpoint, alone in its folder."""
    found = place / "step-00000012.pt"
    save_checkpoint(found, content())
    return found


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_round_trip(place: Path) -> None:
    given = content()
    path = place / "a.pt"
    save_checkpoint(path, given)
    found = load_checkpoint(path)
    assert same({key: found[key] for key in given}, given)
    assert checkpoint_config(found) == quick_config()
    assert [item.name for item in place.iterdir()] == ["a.pt"], "no temporary file is left"


def test_a_missing_file_or_a_folder(place: Path) -> None:
    assert refused(place / "absent.pt") == f"There is no file {place / 'absent.pt'}."
    assert refused(place).startswith("There is no file")


@pytest.mark.parametrize("given", [b"", b"hello", b"\x80\x04N.", b"\x00" * 5000])
def test_a_file_of_another_kind(given: bytes, path: Path) -> None:
    path.write_bytes(given)
    assert refused(path) == "step-00000012.pt is not a checkpoint."


def test_a_zip_of_another_kind(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refused(path) == "step-00000012.pt is not a checkpoint of GAN Studio."


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off(share: float, path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged" in refused(path)


@pytest.mark.parametrize("record", ["data.pkl", "data/0", "data/1", "data/3"])
def test_one_flipped_bit_in_what_counts_is_noticed(record: str, path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        (entry,) = [info for info in archive.infolist() if info.filename.endswith(f"/{record}")]
    whole = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + int.from_bytes(whole[entry.header_offset + 26 :][:2], "little")
    start += int.from_bytes(whole[entry.header_offset + 28 :][:2], "little")
    whole[start + entry.file_size // 2] ^= 1
    path.write_bytes(whole)
    assert refused(path) == "step-00000012.pt is damaged and cannot be read."


def test_a_flipped_byte_anywhere_is_refused_or_harmless(path: Path) -> None:
    whole, expected = path.read_bytes(), load_checkpoint(path)
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = load_checkpoint(path)
        except CheckpointError:
            continue
        assert same(found, expected), place


def test_the_weights_of_another_program(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), path)
    assert refused(path) == "step-00000012.pt is a PyTorch file, but not a checkpoint of GAN Studio."
    torch.save([1, 2, 3], path)
    assert "not a checkpoint of GAN Studio" in refused(path)


class Intruder:
    """Makes a file as soon as a careless program loads it."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("in_zip", [True, False])
def test_code_is_never_run(in_zip: bool, path: Path) -> None:
    target = path.parent / "intruder was here"
    if in_zip:
        torch.save({"format": checkpoints.FORMAT, **content(step=Intruder(target))}, path)
        assert refused(path) == "step-00000012.pt was not made by GAN Studio, and could run foreign code: refused."
    else:
        path.write_bytes(pickle.dumps(Intruder(target)))
        assert refused(path) == "step-00000012.pt is not a checkpoint."
    assert not target.exists()


def test_a_whole_network_is_refused(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), path)
    assert "could run foreign code" in refused(path)


def test_a_newer_version(path: Path) -> None:
    torch.save({"format": checkpoints.FORMAT, "version": checkpoints.VERSION + 1, **content()}, path)
    assert "made by a newer version" in refused(path)


@pytest.mark.parametrize("key", ["config", "step", "players", "fixed_z"])
def test_a_part_is_missing(key: str, path: Path) -> None:
    whole = content()
    del whole[key]
    save_checkpoint(path, whole)
    assert refused(path) == f"step-00000012.pt is damaged: it holds no {key}."


@pytest.mark.parametrize("config", [{"generator": {"kind": "transformer"}}, {"training": {"steps": -1}}, "text", None])
def test_settings_that_this_version_does_not_know(config: Any, path: Path) -> None:
    save_checkpoint(path, content(config=config))
    with pytest.raises(CheckpointError, match="settings that this version cannot use"):
        checkpoint_config(load_checkpoint(path))


def test_weights_of_another_architecture(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"training.steps": 2})
    trainer.run()
    path = trainer.directory.checkpoints.path(2)
    before = sorted(runs_dir.iterdir())
    for change in ({"generator.widths": [7]}, {"discriminator.kind": "dcgan"}, {"generator.latent_dim": 9}):
        with pytest.raises(CheckpointError):
            fork_run(path, runs_dir, changes={**change, "training.steps": 4})
    assert sorted(runs_dir.iterdir()) == before, "nothing is left of what could not be made"


@pytest.mark.parametrize("room", [0, 100, 5000, 20_000])
def test_a_full_disk_leaves_the_old_file_and_says_so(room: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = path.read_bytes()
    assert len(whole) > 20_000
    with monkeypatch.context() as patch:
        FullDisk(patch, room)
        with pytest.raises(StorageError) as caught:
            save_checkpoint(path, content(step=13))
    assert f"Could not write the checkpoint to {path}: No space left on device." in str(caught.value)
    assert path.read_bytes() == whole
    assert [item.name for item in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_late_leaves_the_old_file(call: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StorageError, match="Input/output error"):
            save_checkpoint(path, content(step=13))
    assert path.read_bytes() == whole
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_an_interruption_while_writing_leaves_the_old_file(path: Path) -> None:
    whole = path.read_bytes()

    def interrupted(file: Any) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted, "the checkpoint")
    assert path.read_bytes() == whole
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_a_place_that_is_gone(place: Path) -> None:
    (place / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="Not a directory"):
        save_checkpoint(place / "file" / "a.pt", content())
    with pytest.raises(StorageError, match="No such file"):
        write_text(place / "absent" / "a.txt", "x", "the text")


def test_names_and_order_of_a_folder(place: Path) -> None:
    folder = CheckpointFolder(place)
    assert folder.latest() is None
    assert folder.path(1200).name == "step-00001200.pt"
    for step in (300, 5, 1_000_000_000):
        folder.path(step).write_bytes(b"")
    for other in ("step-12.pt.tmp", ".step-00000007.pt.12.tmp", "step-x.pt", "notes.txt"):
        (place / other).write_bytes(b"")
    assert folder.steps() == [5, 300, 1_000_000_000]
    assert folder.latest() == folder.path(1_000_000_000)
    assert step_of(folder.path(300)) == 300
    assert step_of(place / "notes.txt") is None


def test_the_last_few_and_all_kept_ones_stay(place: Path) -> None:
    folder = CheckpointFolder(place)
    for step in range(10, 100, 10):
        folder.path(step).write_bytes(b"")
    folder.keep(10)
    folder.keep(50)
    folder.prune(3)
    assert folder.steps() == [10, 50, 70, 80, 90], "kept ones do not count"
    assert folder.is_kept(50)
    assert not folder.is_kept(90)
    folder.prune(3)
    assert folder.steps() == [10, 50, 70, 80, 90]
    folder.prune(1)
    assert folder.steps() == [10, 50, 90]
