"""Compiled steps on the disk, and what they are kept under."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ganengine.graph import store
from ganengine.graph.build import DESCRIPTION, LIBRARY, digest_of
from ganengine.graph.spec import StepSpec
from ganengine.shapes import ImageShape
from tests.ganengine.helpers import quick_config


def entry(folder: Path, content: bytes = b"code", age_s: float = 0.0) -> Path:
    """A complete one that was last used so long ago."""
    folder.mkdir(parents=True)
    (folder / LIBRARY).write_bytes(content)
    (folder / DESCRIPTION).write_text(json.dumps({"digest": digest_of(folder / LIBRARY)}))
    for path in (folder / DESCRIPTION, folder):
        used = path.stat().st_mtime - age_s
        os.utime(path, (used, used))
    return folder


def test_nothing_is_found_where_nothing_is() -> None:
    assert store.find("key") is None
    assert not store.root().exists()


def test_what_is_added_is_found() -> None:
    made = entry(store.root() / "key.tmp")
    assert store.add("key", made) == store.root() / "key"
    assert store.find("key") == store.root() / "key"
    assert not made.exists()
    store.discard("key")
    assert store.find("key") is None


def test_who_comes_second_takes_the_first_ones() -> None:
    store.add("key", entry(store.root() / "a.tmp", b"first"))
    folder = store.add("key", entry(store.root() / "b.tmp", b"second"))
    assert (folder / LIBRARY).read_bytes() == b"first"
    assert [path.name for path in store.root().iterdir()] == ["key"]


@pytest.mark.parametrize("name", [LIBRARY, DESCRIPTION])
@pytest.mark.parametrize("content", [None, b"", b"{}", b'"text"', b"\xff"])
def test_a_damaged_entry_is_removed_and_can_be_made_anew(name: str, content: bytes | None) -> None:
    path = entry(store.root() / "key") / name
    path.unlink() if content is None else path.write_bytes(content)
    assert store.find("key") is None
    assert not path.parent.exists()
    assert store.add("key", entry(store.root() / "new.tmp")) == store.find("key")


def test_a_damaged_entry_is_replaced_by_what_was_made_meanwhile() -> None:
    (store.root() / "key").mkdir(parents=True)
    (store.root() / "key" / LIBRARY).write_bytes(b"half")
    store.add("key", entry(store.root() / "new.tmp"))
    assert store.find("key") is not None


def test_the_least_recently_used_go() -> None:
    for number in range(store.KEPT):
        entry(store.root() / f"old {number}", age_s=100.0 + number)
    assert store.find("old 63") is not None, "this one counts as used now"
    store.add("new", entry(store.root() / "new.tmp"))
    left = {path.name for path in store.root().iterdir()}
    assert left == {"new", "old 63", *(f"old {number}" for number in range(store.KEPT - 2))}


def test_what_a_killed_process_left_goes_after_a_day() -> None:
    yesterday = entry(store.root() / "a.tmp", age_s=25 * 3600.0)
    today = entry(store.root() / "b.tmp", age_s=3600.0)
    store.add("new", entry(store.root() / "new.tmp"))
    assert not yesterday.exists()
    assert today.exists()


# -- keys --------------------------------------------------------------------------------------------------------------

GREY = ImageShape(1, 28)
SAME: dict[str, Any] = {
    "optimizer_g.lr": 0.5,
    "schedule.kind": "cosine",
    "training.steps": 7,
    "training.seed": 8,
    "training.cpu_threads": 2,
    "training.ema_halflife_images": 77,
    "recording.log_every": 9,
}
OTHER: dict[str, Any] = {
    "generator.widths": [7],
    "generator.leaky_slope": 0.3,
    "discriminator.dropout": 0.3,
    "loss.kind": "hinge",
    "regularization.r1_gamma": 1.0,
    "augment.mirror": True,
    "optimizer_g.kind": "sgd",
    "optimizer_d.betas": (0.1, 0.9),
    "training.batch_size": 5,
    "training.d_steps": 2,
    "training.ema_halflife_images": 0,
    "compute.share_fakes": True,
}


def key_of(changes: dict[str, Any] | None = None, shape: ImageShape = GREY, classes: int = 0) -> str:
    return StepSpec(quick_config(changes), shape, classes, "cpu").key()


@pytest.mark.parametrize("path", SAME)
def test_what_is_handed_to_a_graph_is_not_part_of_its_key(path: str) -> None:
    assert key_of({path: SAME[path]}) == key_of()


@pytest.mark.parametrize("path", OTHER)
def test_what_changes_a_graph_is_part_of_its_key(path: str) -> None:
    assert key_of({path: OTHER[path]}) != key_of()


def test_so_are_the_data_and_the_software(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {key_of(), key_of(shape=ImageShape(3, 28)), key_of(shape=ImageShape(1, 32)), key_of(classes=3)}
    monkeypatch.setattr("torch.__version__", "99.0")
    keys.add(key_of())
    monkeypatch.setattr("ganengine.graph.spec._sources", lambda: "newer")
    keys.add(key_of())
    assert len(keys) == 6


def test_a_spec_survives_its_file() -> None:
    spec = StepSpec(quick_config(OTHER), ImageShape(3, 32), 5, "cpu")
    again = StepSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec
    assert again.key() == spec.key()
