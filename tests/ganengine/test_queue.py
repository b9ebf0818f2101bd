"""The queue: order, what can be asked of it, and how it is carried out by one process after the other."""

import json
from pathlib import Path

import pytest

from ganengine.commands import Stop
from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, QueueError
from ganengine.events import RunStatus
from ganengine.queue.claims import Claim
from ganengine.queue.items import Item, ItemStatus, item_of
from ganengine.queue.store import KEPT, Queue, queue_item
from ganengine.queue.worker import carry_out
from ganengine.runs.directory import list_runs
from tests.ganengine.helpers import Script, quick_config
from tests.ganengine.queue_helpers import claimed, filled, runs_of, states, titles, train

# -- the list ----------------------------------------------------------------------------------------------------------


def test_what_is_added_waits_in_order_and_is_there_for_everybody(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    again = Queue(runs_dir)
    assert again.items() == tuple(items)
    assert titles(again) == "abc"
    assert states(again) == ["waiting"] * 3
    assert [again.config(item.id).training.seed for item in items] == [0, 1, 2]
    assert again.config(items[1].id) == quick_config({"training.seed": 1})
    assert [item.group and item.group.index for item in again.items()] == [0, 1, 2]
    assert len({item.id for item in items}) == 3
    alone = queue.add_config(quick_config(), "alone")
    assert alone.group is None
    assert titles(again) == "abcalone"


def test_no_queue_is_an_empty_one_and_looking_makes_no_files(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "nothing")
    assert queue.items() == ()
    assert queue.claim_next() is None
    assert not queue.snapshot().paused
    assert not (tmp_path / "nothing").exists()


def test_the_settings_are_frozen(runs_dir: Path) -> None:
    """The file can be trained by itself, too."""
    queue, items = filled(runs_dir, "a")
    (path,) = (runs_dir / ".queue").glob("*.toml")
    assert TrainConfig.load(path) == queue.config(items[0].id)


@pytest.mark.parametrize(
    ("which", "place", "order"), [(2, 0, "cab"), (0, 2, "bca"), (0, 99, "bca"), (1, 1, "abc"), (0, -5, "abc")]
)
def test_the_order_can_be_changed(runs_dir: Path, which: int, place: int, order: str) -> None:
    queue, items = filled(runs_dir)
    before = queue.stamp()
    queue.move(items[which].id, place)
    assert titles(queue) == order
    assert (queue.stamp() != before) == (order != "abc")
    claim = claimed(queue)
    assert claim.item.title == order[0]
    claim.put_back()


def test_removing_takes_the_settings_along_and_leaves_the_run(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    with claimed(queue) as claim:
        train(claim)
        claim.done("finished")
    queue.remove(items[0].id, items[2].id)
    assert titles(queue) == "b"
    assert len(list((runs_dir / ".queue").glob("*.toml"))) == 1
    assert len(list_runs(runs_dir)) == 1
    with pytest.raises(QueueError, match="no run 1 in the queue"):
        queue.remove(items[0].id)
    (new,) = filled(runs_dir, "d")[1]
    assert new.number == 4, "numbers are never used again"


def test_skipped_ones_are_passed_over_until_they_are_retried(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    queue.skip(items[0].id, "not today")
    assert queue.items()[0].reason == "not today"
    outcome = carry_out(queue, train)
    assert [item.title for item in outcome.items] == ["b", "c"]
    assert states(queue) == ["skipped", "finished", "finished"]
    with pytest.raises(QueueError, match="is over"):
        queue.skip(items[1].id)
    queue.retry(items[0].id)
    carry_out(queue, train)
    assert states(queue) == ["finished"] * 3


def test_a_pause_holds_everybody_but_who_wants_it_now(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    running = claimed(queue)
    queue.set_paused(True)
    assert Queue(runs_dir).snapshot().paused
    assert queue.claim_next() is None
    assert running.launch().run() == RunStatus.FINISHED
    running.done("finished")
    assert items[0].group is not None
    wanted = queue.claim_next(items[0].group.id, even_paused=True)
    assert wanted is not None
    wanted.put_back()
    queue.set_paused(False)
    carry_out(queue, train)
    assert states(queue) == ["finished"] * 3


def test_clearing_leaves_what_is_to_do(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    with claimed(queue) as claim:
        claim.done("failed", "no luck")
    queue.skip(items[1].id)
    assert [item.title for item in queue.clear()] == ["a", "b"]
    assert titles(queue) == "c"


def test_what_ended_long_ago_is_forgotten(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganengine.queue.store.KEPT", 3)
    assert KEPT > 100
    queue, first = filled(runs_dir, "abcde")
    for item in first[:4]:
        queue.skip(item.id)
    filled(runs_dir, "f")
    assert titles(queue) == "abcdef", "of a plan that goes on nothing is forgotten"
    queue.skip(first[4].id)
    filled(runs_dir, "g")
    assert titles(queue) == "cdefg"
    assert len(list((runs_dir / ".queue").glob("*.toml"))) == 5


def test_an_item_is_named_by_its_number_or_id(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    assert queue_item(queue, "2") == queue_item(queue, "0002") == queue_item(queue, items[1].id) == items[1]
    with pytest.raises(QueueError, match="'9'"):
        queue_item(queue, "9")


def test_items_come_back_from_their_records(runs_dir: Path) -> None:
    item = filled(runs_dir, "a")[1][0]
    assert item_of(json.loads(json.dumps(item.as_record()))) == item
    assert item_of({"id": "0001-ab", "from_the_future": 1}) == Item("0001-ab", "")
    for record in (None, [], {}, {"id": "x"}, {"id": "1/../..", "title": "t"}, {"id": "1-a", "attempts": "two"},
                   {"id": "1-a", "status": "asleep"}, {"id": "1-a", "group": {"id": "g"}}, {"id": 5}):  # fmt: skip
        with pytest.raises(ValueError, match="not an"):
            item_of(record)


# -- carrying it out ---------------------------------------------------------------------------------------------------


def test_one_after_the_other_each_in_its_own_run(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    outcome = carry_out(queue, train)
    assert [item.title for item in outcome.items] == ["a", "b", "c"]
    assert not outcome.interrupted
    assert states(queue) == ["finished"] * 3
    runs = runs_of(queue, items)
    assert [run.config().training.seed for run in runs] == [0, 1, 2]
    assert [run.name[:5] for run in runs] == ["00001", "00002", "00003"]
    groups = [run.info()["group"] for run in runs]
    assert [group["variation"] for group in groups] == ["a", "b", "c"]
    assert carry_out(queue, train).items == []
    assert not list(runs_dir.glob(".queue/*.tmp"))


def test_a_failed_run_does_not_stop_the_next_and_can_be_retried(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    broken = True

    def sometimes(claim: Claim) -> RunStatus:
        if claim.item.title == "b" and broken:
            trainer = claim.launch()
            trainer._train_step = explode  # type: ignore[method-assign]
            return trainer.run()
        return train(claim)

    told: list[tuple[str, str]] = []
    carry_out(queue, sometimes, failed=lambda claim, error: told.append((claim.item.title, str(error))))
    assert states(queue) == ["finished", "failed", "finished"]
    assert told == [("b", "no more")]
    failed = queue.items()[1]
    assert failed.reason == "ValueError: no more"
    assert failed.attempts == 1
    broken = False
    queue.retry(items[1].id)
    assert states(queue) == ["finished", "waiting", "finished"]
    carry_out(queue, sometimes)
    retried = queue.items()[1]
    assert (retried.status, retried.reason, retried.attempts) == (ItemStatus.FINISHED, "", 2)
    assert retried.run == failed.run, "it had no checkpoint: it began again in its own directory"
    assert [run.info()["status"] for run in list_runs(runs_dir)] == ["finished"] * 3
    queue.retry(items[1].id, anew=True)
    carry_out(queue, sometimes)
    assert queue.items()[1].run == "00004-custom"


def explode() -> None:
    raise ValueError("no more")


def test_a_bad_configuration_fails_with_the_reason(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab", {"data.source": "folder", "data.path": str(runs_dir / "nowhere")})
    carry_out(queue, train)
    assert states(queue) == ["failed"] * 2
    assert "nowhere" in queue.items()[0].reason
    assert list_runs(runs_dir) == []


def test_one_that_is_interrupted_waits_and_goes_on(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, changes={"training.steps": 20})

    def interrupted(claim: Claim) -> RunStatus:
        trainer = claim.launch()
        if claim.item.title == "b":
            trainer.commands = Script(trainer, (7, Stop()))  # type: ignore[assignment]
        return trainer.run()

    outcome = carry_out(queue, interrupted)
    assert outcome.interrupted
    assert states(queue) == ["finished", "waiting", "waiting"]
    assert queue.items()[1].run == "00002-custom"
    claim = claimed(queue)
    assert claim.resumes
    trainer = claim.launch()
    assert trainer.step == 7
    trainer.run()
    claim.done(RunStatus.FINISHED)
    assert queue.items()[1].status == ItemStatus.FINISHED
    assert [run.name for run in list_runs(runs_dir)] == ["00001-custom", "00002-custom"]


def test_one_that_was_stopped_for_good_stays_so_until_it_is_retried(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    with claimed(queue) as claim:
        trainer = claim.launch()
        trainer.commands = Script(trainer, (2, Stop()))  # type: ignore[assignment]
        claim.done(trainer.run())
    assert states(queue) == ["stopped"]
    assert queue.claim_next() is None
    queue.retry(queue.items()[0].id)
    with claimed(queue) as claim:
        assert claim.launch().step == 2


def test_a_rule_that_ended_it_is_the_reason(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a", {"stopping.minutes": 1.0, "training.steps": 1000})
    with claimed(queue) as claim:
        trainer = claim.launch()
        trainer.state.seconds = 100.0
        claim.done(trainer.run())
    assert states(queue) == ["finished"]
    assert "after 1 minute" in queue.items()[0].reason


def test_only_one_plan(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    _, wanted = filled(runs_dir, "cd")
    assert wanted[0].group is not None
    outcome = carry_out(queue, train, group=wanted[0].group.id)
    assert [item.title for item in outcome.items] == ["c", "d"]
    assert states(queue) == ["waiting", "waiting", "finished", "finished"]


def test_settings_that_cannot_be_read_any_more_fail_and_the_next_goes_on(runs_dir: Path) -> None:
    queue, items = filled(runs_dir)
    files = [runs_dir / ".queue" / f"{item.id}.toml" for item in items]
    files[0].write_text("half a fi", encoding="utf-8")
    files[1].unlink()
    with pytest.raises(ConfigError, match="cannot be used"):
        queue.config(items[0].id)
    outcome = carry_out(queue, train)
    assert [item.title for item in outcome.items] == ["c"]
    first, second, third = queue.items()
    assert (first.status, second.status, third.status) == ("failed", "failed", "finished")
    assert files[0].name in first.reason
    assert "cannot be read" in second.reason
