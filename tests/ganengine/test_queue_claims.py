"""Claims on the queue's items: nobody else gets them, and what a dead process leaves is taken again."""

import shutil
from pathlib import Path

import pytest

from ganengine.errors import QueueError
from ganengine.events import RunStatus
from ganengine.queue.claims import Claim
from ganengine.queue.items import Item, ItemStatus
from ganengine.queue.store import STUCK, Queue
from ganengine.queue.worker import carry_out
from ganengine.runs.directory import RunDirectory, list_runs
from tests.ganengine.queue_helpers import claimed, filled, states, train


def test_nobody_else_gets_what_is_claimed(runs_dir: Path) -> None:
    queue, items = filled(runs_dir, "ab")
    other = Queue(runs_dir)
    first, second = claimed(queue), claimed(other)
    assert (first.item.title, second.item.title) == ("a", "b")
    assert queue.claim_next() is None
    assert all(item.is_running and not item.interrupted for item in other.items())
    assert "1 of the queue is being trained" in refused(other, "remove", items[0])
    assert "2 of the queue is being trained" in refused(queue, "skip", items[1])
    assert "is being trained" in refused(queue, "retry", items[1])
    first.put_back()
    assert states(queue) == ["waiting", "running"]
    again = claimed(other)
    assert again.item.id == items[0].id
    again.done("stopped", "enough")
    second.put_back()
    assert states(queue) == ["stopped", "waiting"]


def refused(queue: Queue, action: str, item: Item) -> str:
    with pytest.raises(QueueError) as caught:
        getattr(queue, action)(item.id)
    return str(caught.value)


def test_a_claim_is_let_go_once(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    with claimed(queue) as claim:
        assert claim.is_held
        claim.done("finished")
        assert not claim.is_held
        claim.done("failed", "too late")
    assert states(queue) == ["finished"]
    assert queue.items()[0].reason == ""


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (QueueError("One sentence."), "failed", "One sentence."),
        (ZeroDivisionError("by zero"), "failed", "ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), "waiting", ""),
        (None, "waiting", ""),
    ],
)
def test_how_a_claim_ends(runs_dir: Path, error: BaseException | None, status: str, reason: str) -> None:
    queue, _ = filled(runs_dir, "a")

    def use() -> None:
        with claimed(queue):
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            use()
    else:
        use()
    item = queue.items()[0]
    assert (item.status, item.reason, item.holder) == (status, reason, "")
    assert queue.claim_next() is None or status == "waiting"


def abandoned(claim: Claim) -> None:
    """As if the process that has it was killed."""
    claim._lock.release()


def test_an_item_whose_process_died_is_seen_and_taken_again(runs_dir: Path) -> None:
    queue, items = filled(runs_dir, "ab")
    abandoned(claimed(queue))
    first = queue.items()[0]
    assert first.interrupted
    assert first.is_due
    assert not first.is_running
    assert claimed(queue).item.id == items[0].id


def test_one_that_was_killed_before_it_could_say_so_is_not_done_twice(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    claim = claimed(queue)
    claim.launch().run()
    abandoned(claim)
    carry_out(queue, train)
    assert states(queue) == ["finished", "finished"]
    assert [run.name for run in list_runs(runs_dir)] == ["00001-custom", "00002-custom"]
    assert queue.items()[0].attempts == 1


def test_the_run_is_found_also_where_the_queue_was_not_told_of_it(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, _ = filled(runs_dir, "a")
    claim = claimed(queue)
    with monkeypatch.context() as patch:
        patch.setattr(Queue, "update", lambda *_: None)  # killed just before
        trainer = claim.launch()
    trainer.directory.release()
    abandoned(claim)
    assert queue.items()[0].run == ""
    again = claimed(queue)
    assert again.item.run == "00001-custom"
    assert not again.resumes
    assert again.launch().run() == RunStatus.FINISHED
    assert len(list_runs(runs_dir)) == 1
    run = RunDirectory.open(runs_dir / "00001-custom")
    assert [point.step for point in run.metrics()] == [1, 2, 3, 4, 5, 6]


def test_a_run_that_somebody_deleted_is_made_anew(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "a")
    claim = claimed(queue)
    claim.launch().directory.release()
    abandoned(claim)
    shutil.rmtree(runs_dir / "00001-custom")
    carry_out(queue, train)
    assert states(queue) == ["finished"]


def test_a_run_that_somebody_goes_on_with_by_hand_is_left_alone(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    claim = claimed(queue)
    trainer = claim.launch()  # holds the run's lock
    abandoned(claim)
    assert claimed(queue).item.title == "b"
    trainer.directory.release()
    assert claimed(queue).item.title == "a"


def test_one_that_kills_its_process_each_time_does_not_hold_up_the_others_for_ever(runs_dir: Path) -> None:
    queue, _ = filled(runs_dir, "ab")
    for _ in range(STUCK):
        claim = claimed(queue)
        assert claim.item.title == "a"
        abandoned(claim)
    assert claimed(queue).item.title == "b"
    first = queue.items()[0]
    assert first.status == ItemStatus.FAILED
    assert f"interrupted {STUCK} times" in first.reason
    queue.retry(first.id)
    assert claimed(queue).item.title == "a"
