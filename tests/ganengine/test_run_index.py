"""The list of all runs: what a row says, what a refresh finds, and two thousand of them."""

import json
import shutil
import threading
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest

from ganengine.errors import StorageError
from ganengine.events import MetricsEvent, RunStarted
from ganengine.launch import fork_run, new_run
from ganengine.plans import Group
from ganengine.runs.about import RunAbout, write_about
from ganengine.runs.directory import Parent, RunDirectory
from ganengine.runs.index import RunIndex, RunSummary, matches
from ganengine.runs.query import sorted_runs
from ganengine.runs.recorder import Recorder
from ganengine.runs.summary import BestValue, RunGroup
from ganengine.shapes import ImageShape
from tests.benchmarks.synthetic_runs import make_runs, name_of
from tests.ganengine.helpers import make_trainer, quick_config


def rows(root: Path) -> dict[str, RunSummary]:
    index = RunIndex(root)
    assert index.refresh(seconds=inf).is_complete
    return {run.name: run for run in index.runs}


def row(run: RunDirectory) -> RunSummary:
    return rows(run.path.parent)[run.name]


def created(root: Path, preset: str = "a run", **options: Any) -> RunDirectory:
    return RunDirectory.create(root, quick_config({"preset": preset}), **options)


def change_info(run: RunDirectory, **changes: Any) -> None:
    info = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    info |= changes
    kept = {key: value for key, value in info.items() if value is not ...}
    (run.path / "run.json").write_text(json.dumps(kept), encoding="utf-8")


# -- what a row says ---------------------------------------------------------------------------------------------------


def test_a_row_of_a_finished_training(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir, {"preset": "mine", "optimizer_d.kind": "sgd", "recording.sample_every": 3})
    trainer.run()
    found = row(trainer.directory)
    assert (found.number, found.name, found.path) == (1, "00001-mine", trainer.directory.path)
    assert (found.preset, found.data, found.optimizers) == ("mine", "mnist-5k", "Adam / SGD")
    assert (found.status, found.step, found.total_steps, found.is_active) == ("finished", 6, 6, False)
    assert found.seconds > 0
    assert found.created
    assert abs((datetime.now(UTC) - found.created).total_seconds()) < 600
    assert found.thumbnail == trainer.directory.sample_path(6)
    assert (found.best, found.parent, found.group, found.damage, found.message) == (None, None, None, "", "")
    assert found.called == "00001-mine"


def test_a_row_knows_the_parent_the_plan_and_what_the_person_says(runs_dir: Path) -> None:
    run = created(runs_dir, parent=Parent("00009-x", 400, "ab"), group=Group("g1", "Optimizers", "SGD", 1, 3))
    write_about(run, RunAbout("The one", ("good", "for the talk", "good"), "Look at\nthe sevens.", archived=True))
    found = row(run)
    assert found.parent == Parent("00009-x", 400, "ab")
    assert found.group == RunGroup("g1", "Optimizers", "SGD", 1, 3)
    assert (found.called, found.tags, found.archived) == ("The one", ("good", "for-the-talk"), True)
    assert found.notes == "Look at\nthe sevens."


def test_images_from_a_folder_are_named_after_it(runs_dir: Path) -> None:
    config = quick_config({"data.source": "folder", "data.path": "/home/somebody/my pictures/flowers.tar.gz"})
    run = RunDirectory.create(runs_dir, config, images_shape=ImageShape(3, 64))
    assert row(run).data == "flowers"
    assert run.info()["images_shape"] == [3, 64, 64]


def test_a_run_in_training_is_told_from_one_that_was_killed(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.acquire()
    run.update_info({"status": "running"})
    run.append_metrics(MetricsEvent(70, 1.0, 280, 3.5, {"loss/g": 1.0}))
    index = RunIndex(runs_dir)
    index.refresh()
    (found,) = index.runs
    assert (found.status, found.is_active, found.step, found.seconds) == ("running", True, 70, 3.5)
    run.release()
    changes = index.refresh()
    assert [(run.status, run.is_active) for run in changes.changed] == [("stopped", False)]
    assert not index.refresh()


def test_a_run_that_is_being_prepared_anew_is_active(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.update_info({"status": "finished"})
    run.acquire()
    assert (row(run).status, row(run).is_active) == ("finished", True)
    run.release()


def test_looking_at_runs_leaves_them_as_they_are(runs_dir: Path) -> None:
    run = created(runs_dir)
    before = {path: path.stat().st_mtime_ns for path in [runs_dir, *runs_dir.rglob("*")]}
    row(run)
    assert not run.is_active()
    assert {path: path.stat().st_mtime_ns for path in [runs_dir, *runs_dir.rglob("*")]} == before


# -- the best value ----------------------------------------------------------------------------------------------------


def evaluated(step: int, **values: float) -> MetricsEvent:
    return MetricsEvent(step, 1.0, 4, 1.0, {f"eval/{name}": value for name, value in values.items()})


def started(run: RunDirectory, changes: dict[str, Any] | None = None) -> Recorder:
    recorder = Recorder(run)
    recorder.notify(RunStarted(run.path, quick_config(changes), 0, 100, "CPU"))
    return recorder


def test_the_best_value_so_far_is_written_as_evaluations_come(runs_dir: Path) -> None:
    run = created(runs_dir)
    recorder = started(run)
    assert run.info()["best"] is None
    seen = []
    for step, fid in ((10, 30.0), (20, 12.5), (30, 14.0), (40, float("nan"))):
        recorder.notify(evaluated(step, fid_own=fid, precision_own=0.9))
        seen.append((run.info()["best"]["value"], run.info()["best"]["step"]))
    recorder.notify(MetricsEvent(50, 1.0, 4, 1.0, {"loss/g": 0.1}))
    assert seen == [(30.0, 10), (12.5, 20), (12.5, 20), (12.5, 20)]
    assert row(run).best == BestValue("eval/fid_own", "FID (own classifier)", 12.5, 20, "lower")


def test_another_metric_may_decide_and_more_may_be_better(runs_dir: Path) -> None:
    run = created(runs_dir)
    recorder = started(run, {"evaluation.best_by": "precision"})
    for step, precision in ((10, 0.5), (20, 0.75), (30, 0.6)):
        recorder.notify(evaluated(step, fid_own=step, precision_own=precision))
    best = row(run).best
    assert best
    assert (best.key, best.value, best.step, best.better) == ("eval/precision_own", 0.75, 20, "higher")


def test_where_no_metric_decides_the_first_that_was_measured_is_shown(runs_dir: Path) -> None:
    run = created(runs_dir)
    recorder = started(run, {"evaluation.best_by": "none"})
    recorder.notify(evaluated(10, precision_own=0.9))
    recorder.notify(evaluated(20, precision_own=0.8, fid_own=40.0))
    recorder.notify(evaluated(30, precision_own=0.95))
    assert row(run).best == BestValue("eval/fid_own", "FID (own classifier)", 40.0, 20, "lower")


def test_going_on_from_an_earlier_step_forgets_a_later_best(runs_dir: Path) -> None:
    run = created(runs_dir)
    recorder = started(run)
    for step, fid in ((10, 30.0), (20, 12.5)):
        recorder.notify(evaluated(step, fid_own=fid))
    run.forget_after(10)
    started(run)
    best = row(run).best
    assert best
    assert (best.value, best.step) == (30.0, 10)


def test_a_full_disk_loses_no_best_value_and_doubles_no_line(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = created(runs_dir)
    recorder = started(run)
    real = RunDirectory.update_info
    monkeypatch.setattr(RunDirectory, "update_info", lambda *_: (_ for _ in ()).throw(full()))
    with pytest.raises(StorageError):
        recorder.notify(evaluated(10, fid_own=30.0))
    monkeypatch.setattr(RunDirectory, "update_info", real)
    recorder.notify(evaluated(20, fid_own=20.0))
    assert [point.step for point in run.metrics()] == [10, 20]
    assert run.info()["best"]["value"] == 20.0


def full() -> StorageError:
    return StorageError("it", Path("there"), OSError(28, "No space left on device"))


def test_a_fork_keeps_what_fits(runs_dir: Path) -> None:
    trainer = new_run(quick_config({"recording.checkpoint_every": 3, "preset": "mother"}), runs_dir)
    trainer.run()
    run = trainer.directory
    run.append_metrics(evaluated(2, fid_own=50.0))
    run.append_metrics(evaluated(5, fid_own=20.0))
    trainer = fork_run(run.checkpoints.path(3), runs_dir, changes={"optimizer_g.lr": 0.01})
    trainer.run()
    fork, mother = row(trainer.directory), row(run)
    assert fork.parent == Parent("00001-mother", 3, mother.id)
    assert mother.id
    assert mother.id != fork.id
    assert fork.best
    assert (fork.best.value, fork.best.step) == (50.0, 2)
    assert (fork.data, fork.optimizers, fork.preset) == ("mnist-5k", "Adam", "mother")


# -- runs of older versions, and edited ones ---------------------------------------------------------------------------


def test_what_an_old_run_json_does_not_say_is_read_from_the_settings(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.append_metrics(evaluated(10, fid_own=30.0))
    run.append_metrics(MetricsEvent(15, 1.0, 4, 1.0, {"loss/g": 0.1}))
    run.append_metrics(evaluated(20, fid_own=20.0))
    change_info(run, **dict.fromkeys(("data", "optimizers", "best", "settings", "id", "images_shape"), ...))
    found = row(run)
    assert (found.data, found.optimizers, found.damage, found.id) == ("mnist-5k", "Adam", "", "")
    assert found.best
    assert (found.best.value, found.best.step) == (20.0, 20)


def test_old_runs_are_looked_into_bit_by_bit(runs_dir: Path) -> None:
    for _ in range(3):
        change_info(created(runs_dir), data=..., settings=...)
    index, known = RunIndex(runs_dir), []
    for _ in range(4):
        changes = index.refresh(seconds=0)
        known.append(([run.data for run in index.runs], changes.is_complete))
    assert known == [
        (["", "", ""], False),
        (["mnist-5k", "", ""], False),
        (["mnist-5k", "mnist-5k", ""], False),
        (["mnist-5k", "mnist-5k", "mnist-5k"], True),
    ]
    assert [run.name for run in changes.changed] == ["00001-a-run"]


def test_settings_that_nobody_touched_are_not_parsed(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = created(runs_dir)
    looked_into: list[Path] = []
    monkeypatch.setattr(
        "ganengine.runs.verdict.settings_of", lambda folder, info: (looked_into.append(folder), ({}, ""))[1]
    )
    row(run)
    assert looked_into == []
    text = (run.path / "config.toml").read_text(encoding="utf-8")
    (run.path / "config.toml").write_text(text.replace("seed = 0", "seed = 1"), encoding="utf-8")
    row(run)
    assert looked_into == [run.path]


# -- what a refresh finds ----------------------------------------------------------------------------------------------


def test_a_refresh_tells_what_came_changed_and_went(runs_dir: Path) -> None:
    first, second = created(runs_dir, "one"), created(runs_dir, "two")
    (runs_dir / "comparisons").mkdir()
    (runs_dir / ".queue").mkdir()
    (runs_dir / ".queue" / "config.toml").touch()
    index = RunIndex(runs_dir)
    changes = index.refresh()
    assert {run.name for run in changes.added} == {"00001-one", "00002-two"}
    assert [run.name for run in index.runs] == ["00002-two", "00001-one"], "newest first"
    assert not index.refresh()

    write_about(first, RunAbout(tags=("good",)))
    created(runs_dir, "three")
    shutil.rmtree(second.path)
    before = index.runs
    changes = index.refresh()
    assert [(run.name, run.tags) for run in changes.changed] == [("00001-one", ("good",))]
    assert [run.name for run in changes.added] == ["00003-three"]
    assert changes.removed == ("00002-two",)
    assert [run.name for run in before] == ["00002-two", "00001-one"], "a snapshot stays as it was"
    assert [run.name for run in index.runs] == ["00003-three", "00001-one"]
    assert index.get("00002-two") is None
    assert index.get("00003-three") == index.runs[0]


def test_a_refresh_sees_a_new_sample_and_a_new_metric_of_a_live_run(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.acquire()
    run.update_info({"status": "running"})
    index = RunIndex(runs_dir)
    index.refresh()
    run.sample_path(10).write_bytes(b"png")
    (changed,) = index.refresh().changed
    assert changed.thumbnail == run.sample_path(10)
    run.append_metrics(MetricsEvent(12, 1.0, 48, 2.0, {"loss/g": 1.0}))
    (changed,) = index.refresh().changed
    assert (changed.step, changed.seconds) == (12, 2.0)
    run.sample_path(123_456_789).write_bytes(b"png")
    (changed,) = index.refresh().changed
    assert changed.thumbnail == run.sample_path(123_456_789), "more digits than eight"
    run.release()


def test_only_what_changed_is_read_again(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [created(runs_dir) for _ in range(3)]
    index = RunIndex(runs_dir)
    index.refresh()
    opened: list[str] = []
    real = Path.open

    def watched(path: Path, *args: Any, **options: Any) -> Any:
        opened.append(path.parent.name)
        return real(path, *args, **options)

    monkeypatch.setattr(Path, "open", watched)
    index.refresh()
    assert opened == []
    write_about(runs[1], RunAbout("x"))
    opened.clear()
    index.refresh()
    assert set(opened) == {"00002-a-run"}


def test_a_root_that_is_not_there_is_empty_and_may_come_and_go(tmp_path: Path) -> None:
    root = tmp_path / "later"
    index = RunIndex(root)
    assert not index.refresh()
    assert index.runs == ()
    created(root)
    assert index.refresh().added
    shutil.rmtree(root)
    assert index.refresh().removed == ("00001-a-run",)


def test_readers_never_see_half_a_refresh(runs_dir: Path) -> None:
    make_runs(runs_dir, 60, points=1, samples=1)
    index, stop, wrong = RunIndex(runs_dir), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            runs = index.runs
            if len(runs) not in {0, 60, 59}:
                wrong.append(len(runs))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(5):
        index.refresh(seconds=inf)
        hidden = (runs_dir / name_of(7)).rename(runs_dir / ".away")
        index.refresh()
        hidden.rename(runs_dir / name_of(7))
    stop.set()
    reader.join()
    assert wrong == []
    assert len(index) == 59


# -- two thousand ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many")
    make_runs(root, 2000, points=3, samples=2)
    return root


def test_two_thousand_runs_are_listed_found_and_sorted(two_thousand: Path) -> None:
    index = RunIndex(two_thousand)
    changes = index.refresh(seconds=inf)
    assert len(changes.added) == len(index) == 2000
    assert changes.is_complete
    assert [run.number for run in index.runs] == list(range(2000, 0, -1))
    assert not [run.name for run in index.runs if run.damage]
    assert not index.refresh()
    assert {run.status for run in index.runs} == {"finished", "stopped", "failed"}, "those that say running were killed"
    assert all(run.thumbnail and run.thumbnail.exists() for run in index.runs)

    tagged = [run for run in index.runs if matches(run, "tag:good")]
    assert tagged
    assert all(run.number % 20 == 0 for run in tagged)
    found = [run for run in index.runs if matches(run, "status:failed data:faces best<50 -tag:blurry")]
    assert found
    assert all(run.data == "faces" and run.best and run.best.value < 50 for run in found)
    best = sorted_runs(index.runs, "best")
    values = [run.best.value for run in best if run.best]
    assert values == sorted(values)
    assert len(values) == 1334
    assert all(run.best is None for run in best[1334:])


def test_one_change_among_two_thousand_is_one_change(two_thousand: Path) -> None:
    index = RunIndex(two_thousand)
    index.refresh(seconds=inf)
    write_about(two_thousand / name_of(1234), RunAbout(title="Found"))
    changes = index.refresh()
    assert [run.name for run in changes.changed] == [name_of(1234)]
    assert not changes.added
    assert [run.number for run in index.runs if matches(run, "found")] == [1234]
