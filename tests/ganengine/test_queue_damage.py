"""Damaged files of the queue: one clear sentence, and nothing of the rest is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from ganengine.commands import Stop
from ganengine.errors import QueueError, StorageError
from ganengine.queue.store import Queue
from ganengine.queue.worker import carry_out
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.helpers import FullDisk, Script
from tests.ganengine.queue_helpers import filled, states, titles, train


def list_of(root: Path) -> Path:
    return root / ".queue" / "queue.json"


def half_done(root: Path) -> Queue:
    """Finished, failed, begun and put back, waiting."""
    queue, _ = filled(root, "abcd")
    for end in ("finished", "failed"):
        claim = queue.claim_next()
        assert claim is not None
        trainer = claim.launch()
        if end == "failed":
            trainer._train_step = explode  # type: ignore[method-assign]
        with claim:
            try:
                trainer.run()
            except ValueError:
                claim.done("failed", "no more")
            else:
                claim.done("finished")
    with queue.claim_next() as claim:  # type: ignore[union-attr]
        claim.launch().directory.release()
    assert states(queue) == ["finished", "failed", "waiting", "waiting"]
    return queue


def explode() -> None:
    raise ValueError("no more")


@pytest.mark.parametrize(
    "text",
    ["", '{"format": 1, "items": [', "[1, 2]", '{"items": 5}', '{"format": "one", "items": []}', "\xff\xfe", "null"],
)
def test_a_damaged_list_is_put_together_again(runs_dir: Path, text: str) -> None:
    queue = half_done(runs_dir)
    before = queue.items()
    list_of(runs_dir).write_bytes(text.encode("latin-1"))
    snapshot = queue.snapshot()
    assert titles(queue) == "abcd"
    assert states(queue) == ["finished", "failed", "waiting", "waiting"]
    assert [item.id for item in snapshot.items] == [item.id for item in before]
    assert [item.run for item in snapshot.items] == [item.run for item in before]
    assert [item.group for item in snapshot.items] == [item.group for item in before]
    assert snapshot.items[1].reason == "no more"
    (notice,) = snapshot.notices
    assert "damaged" in notice
    assert notice.count(".") == 3, "one sentence, that names two files"
    assert (runs_dir / ".queue" / "queue.json.damaged").read_bytes() == text.encode("latin-1")
    assert queue.snapshot().notices == (notice,), "until somebody has read it"
    queue.forget_notices()
    assert queue.snapshot().notices == ()
    carry_out(queue, train)
    assert states(queue) == ["finished", "failed", "finished", "finished"]
    assert len(list_runs(runs_dir)) == 4
    assert filled(runs_dir, "e")[1][0].number == 5


def test_each_damaged_list_is_kept(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    for text in ("one", "two", "three"):
        list_of(runs_dir).write_text(text)
        assert titles(queue) == "a"
    kept = [path.read_text() for path in sorted((runs_dir / ".queue").glob("queue.json.damaged*"))]
    assert kept == ["one", "two", "three"]


def test_a_list_that_is_gone(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    list_of(runs_dir).unlink()
    assert titles(queue) == "ab"
    assert "gone" in queue.snapshot().notices[0]


def test_one_that_is_being_trained_is_still_being_trained(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    claim = queue.claim_next()
    assert claim is not None
    trainer = claim.launch()
    list_of(runs_dir).write_text("{")
    assert states(queue) == ["running", "waiting"]
    other = queue.claim_next()
    assert other is not None
    assert other.item.title == "b"
    other.put_back()
    claim.done(trainer.run())
    assert states(queue) == ["finished", "waiting"]


def test_single_damaged_entries_are_found_again(runs_dir: Path) -> None:
    queue, items = filled(runs_dir, "abc")
    values: dict[str, Any] = json.loads(list_of(runs_dir).read_text())
    values["items"][1]["status"] = "asleep"
    list_of(runs_dir).write_text(json.dumps(values))
    assert titles(queue) == "acb"
    (notice,) = queue.snapshot().notices
    assert notice == "1 of the queue's runs were damaged in the list; they are at the end now."
    (runs_dir / ".queue" / f"{items[1].id}.toml").unlink()
    values["items"][2] = 7
    list_of(runs_dir).write_text(json.dumps(values))
    assert titles(queue) == "ac"
    assert "2 of the queue's runs were damaged in the list; 1 could be found again." in queue.snapshot().notices


def test_a_list_of_a_newer_version_is_left_alone(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    text = json.dumps({"format": 2, "items": [], "new": "thing"})
    list_of(runs_dir).write_text(text)
    for ask in (queue.snapshot, queue.items, queue.claim_next, lambda: filled(runs_dir, "b")):
        with pytest.raises(QueueError, match="newer version") as caught:
            ask()
        assert str(caught.value).count(". ") == 0
    assert list_of(runs_dir).read_text() == text


def test_foreign_files_are_left_alone(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    folder = runs_dir / ".queue"
    (folder / "notes.toml").write_text("# mine")
    (folder / "0009-beef.toml").write_bytes(b"\xff\x00")
    (folder / "0008-beef.toml").write_text('# item: {"id": "0007-beef", "title": "another"}\n')
    list_of(runs_dir).unlink()
    assert titles(queue) == "a"
    assert len(list(folder.glob("*.toml"))) == 4


def test_a_damaged_run_that_was_interrupted_goes_on_with_what_is_whole_of_it(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab", {"recording.checkpoint_every": 2})
    claim = queue.claim_next()
    assert claim is not None
    trainer = claim.launch()
    trainer.commands = Script(trainer, (5, Stop(save=False)))  # type: ignore[assignment]
    trainer.run()
    claim._lock.release()  # as if the process was killed
    run = RunDirectory.open(runs_dir / claim.item.run)
    (run.path / "run.json").write_text("{")
    (run.path / "config.toml").unlink()
    newest = run.checkpoints.path(4)
    newest.write_bytes(newest.read_bytes()[:-50])
    carry_out(queue, train)
    assert states(queue) == ["finished", "finished"]
    assert [item.run for item in queue.items()] == ["00001-custom", "00002-custom"]
    assert [point.step for point in run.metrics()] == [1, 2, 3, 4, 5, 6]


def test_a_full_disk_leaves_the_queue_as_it_was(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, items = filled(runs_dir, "ab")
    with monkeypatch.context() as patch:
        FullDisk(patch, room=100)
        with pytest.raises(StorageError):
            queue.move(items[1].id, 0)
        with pytest.raises(StorageError):
            queue.claim_next()
        with pytest.raises(StorageError):
            filled(runs_dir, "cd")
    assert len(list((runs_dir / ".queue").glob("*.toml"))) == 2
    assert titles(queue) == "ab"
    assert states(queue) == ["waiting", "waiting"]
    claim = queue.claim_next()
    assert claim is not None, "what could not be taken is free"
