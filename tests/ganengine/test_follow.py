"""Following a run by its files: only what is new, and never what is half written."""

import json
import os
from pathlib import Path

import pytest

from ganengine.commands import Edit, Stop
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import RunError
from ganengine.events import MetricsEvent
from ganengine.launch import resume_run
from ganengine.runs.directory import RunDirectory
from ganengine.runs.follow import Follower
from ganengine.runs.size import in_words, size_of
from tests.ganengine.helpers import Watcher, make_trainer, quick_config, run_of


@pytest.fixture
def run(runs_dir: Path) -> RunDirectory:
    return RunDirectory.create(runs_dir, quick_config())


def point(step: int, value: float = 0.5) -> MetricsEvent:
    return MetricsEvent(step, step / 10, step * 4, step / 100, {"loss/g": value})


def touch_sample(run: RunDirectory, step: int) -> None:
    run.sample_path(step).write_bytes(b"")


def test_each_thing_is_told_once(run: RunDirectory) -> None:
    follower = Follower(run)
    first = follower.poll()
    assert first.is_empty
    assert not first.restarted
    assert first.info["preset"] == run.config().preset

    run.append_metrics(point(1))
    run.append_event({"step": 1, "event": "alert", "message": "hm"})
    touch_sample(run, 0)
    news = follower.poll()
    assert news.metrics == [point(1)]
    assert [event["message"] for event in news.events] == ["hm"]
    assert news.samples == [0]
    assert follower.poll().is_empty

    run.append_metrics(point(2))
    run.append_metrics(point(3))
    touch_sample(run, 2)
    news = follower.poll()
    assert [each.step for each in news.metrics] == [2, 3]
    assert news.samples == [2]
    assert not news.restarted


def test_a_half_written_line_waits(run: RunDirectory) -> None:
    follower, path = Follower(run), run.path / "metrics.jsonl"
    run.append_metrics(point(1))
    with path.open("a") as file:
        file.write('{"step": 2, "loss/g": 0.')
    assert [each.step for each in follower.poll().metrics] == [1]
    with path.open("a") as file:
        file.write('25}\n{"step"')
    news = follower.poll()
    assert [(each.step, dict(each.values)) for each in news.metrics] == [(2, {"loss/g": 0.25})]
    assert not news.restarted
    with path.open("a") as file:  # a crash left it; whoever goes on closes the line
        file.write("\n")
    run.append_metrics(point(3))
    assert [each.step for each in follower.poll().metrics] == [3]


def test_forgotten_rows_begin_everything_anew(run: RunDirectory) -> None:
    follower = Follower(run)
    for step in range(1, 7):
        run.append_metrics(point(step))
        touch_sample(run, step)
    assert len(follower.poll().metrics) == 6
    run.forget_after(3)
    run.append_metrics(point(4, 0.9))
    run.append_event({"step": 3, "event": "start"})
    news = follower.poll()
    assert news.restarted
    assert [(each.step, each.values["loss/g"]) for each in news.metrics] == [(1, 0.5), (2, 0.5), (3, 0.5), (4, 0.9)]
    assert len(news.events) == 1
    assert news.samples == [1, 2, 3]
    assert follower.poll().is_empty


def test_a_rewritten_file_that_is_longer_is_seen(run: RunDirectory) -> None:
    """As long as before, or longer, and even with the same inode: what stood before the place read last is other."""
    follower, path = Follower(run), run.path / "metrics.jsonl"
    for step in range(1, 4):
        run.append_metrics(point(step))
    follower.poll()
    inode = path.stat().st_ino
    text = "".join(json.dumps({"step": step, "loss/g": 0.7}) + "\n" for step in range(1, 30))
    path.write_text(text)
    assert path.stat().st_ino == inode
    news = follower.poll()
    assert news.restarted
    assert len(news.metrics) == 29


def test_a_truncated_file_is_seen(run: RunDirectory) -> None:
    follower, path = Follower(run), run.path / "metrics.jsonl"
    run.append_metrics(point(1))
    size = path.stat().st_size
    run.append_metrics(point(2))
    follower.poll()
    os.truncate(path, size)
    news = follower.poll()
    assert news.restarted
    assert [each.step for each in news.metrics] == [1]


def test_samples_that_were_thinned_out_are_told(run: RunDirectory) -> None:
    follower = Follower(run)
    for step in range(4):
        touch_sample(run, step)
    follower.poll()
    run.sample_path(1).unlink()
    touch_sample(run, 4)
    news = follower.poll()
    assert (news.samples, news.dropped) == ([4], [1])
    old = (run.path / "samples").stat().st_mtime - 100
    os.utime(run.path / "samples", (old, old))  # nothing happened for long: the folder is not read each time
    assert follower.poll().is_empty
    assert follower.poll().is_empty


def test_a_run_that_is_gone_or_damaged_says_so(run: RunDirectory) -> None:
    follower = Follower(run)
    follower.poll()
    (run.path / "run.json").write_text("{")
    with pytest.raises(RunError):
        follower.poll()


def test_following_writes_nothing(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    trainer.run()
    run = run_of(trainer)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in run.path.rglob("*")}
    follower = Follower(run)
    follower.poll()
    follower.poll()
    assert before == {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in run.path.rglob("*")}


def test_a_real_training_is_followed_through_a_crash_and_a_resume(runs_dir: Path) -> None:
    """Polled at every event, the news add up to what the files say, and to what was trained in the end."""
    changes = {"training.steps": 20, "recording.checkpoint_every": 5, "recording.sample_every": 3}
    steps: list[int] = []
    samples: set[int] = set()
    restarts = 0

    def poll(_: object = None) -> None:
        nonlocal restarts
        news = follower.poll()
        if news.restarted:
            steps.clear()
            samples.clear()
            restarts += 1
        steps.extend(each.step for each in news.metrics)
        samples.update(news.samples)
        samples.difference_update(news.dropped)

    script = (7, Edit({"optimizer_g.lr": 0.1})), (13, Stop(save=False))
    trainer = make_trainer(runs_dir, changes, *script, dataset=MNIST5k().load(), watcher=Watcher(poll))
    run = run_of(trainer)
    follower = Follower(run)
    trainer.run()
    poll()
    assert steps == list(range(1, 14))
    assert restarts == 0

    resume_run(run, [Watcher(poll)]).run()
    poll()
    assert restarts >= 1
    assert steps == list(range(1, 21))
    assert sorted(samples) == run.sample_steps() == [0, 3, 6, 9, 10, 12, 15, 18, 20]
    assert follower.poll().info["status"] == "finished"


def test_the_size_of_a_run_by_kind(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    trainer.run()
    run = run_of(trainer)
    (run.path / "exports" / "grid.png").write_bytes(b"x" * 1500)
    size = size_of(run)
    assert size.checkpoints.count == 1
    assert size.checkpoints.bytes == run.checkpoints.size() == run.checkpoints.path(6).stat().st_size
    assert size.samples.count == len(run.sample_steps()) == 2
    assert size.exports.bytes == 1500
    assert size.total == sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
    assert str(size).startswith("1 checkpoint of ")
    assert "2 samples" in str(size)
    assert "exports 1.5 KB" in str(size)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 KB"),
        (43_200_000, "43 MB"),
        (999_700, "1.0 MB"),
        (7e15, "7000 TB"),
    ],
)
def test_bytes_in_words(size: float, words: str) -> None:
    assert in_words(size) == words
