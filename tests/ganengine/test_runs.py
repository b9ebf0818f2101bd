"""Run directories: numbers, names, the lock, the truth about killed runs, and damaged files."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from ganengine.errors import RunError, StorageError
from ganengine.events import EditEvent, MetricsEvent
from ganengine.launch import resume_run
from ganengine.runs.directory import Parent, RunDirectory, find_run, list_runs
from ganengine.runs.files import append_json_line, end_last_line, read_json_lines
from ganengine.runs.recorder import Recorder
from tests.ganengine.helpers import make_trainer, quick_config

ROOT = Path(__file__).parents[2]


def names(root: Path) -> list[str]:
    return [run.name for run in list_runs(root)]


def created(root: Path, preset: str = "a run") -> RunDirectory:
    return RunDirectory.create(root, quick_config({"preset": preset}))


def metrics(step: int) -> MetricsEvent:
    return MetricsEvent(step, step / 10, step * 4, step * 0.5, {"loss/g": 0.25 * step})


def test_runs_are_numbered_and_named_after_their_preset(runs_dir: Path) -> None:
    assert created(runs_dir, "MNIST simple!").name == "00001-mnist-simple"
    assert created(runs_dir, "数字").name == "00002-run"
    assert created(runs_dir, "x" * 200).name == "00003-" + "x" * 40
    assert names(runs_dir) == ["00001-mnist-simple", "00002-run", "00003-" + "x" * 40]


def test_a_number_is_not_given_twice_after_a_gap(runs_dir: Path) -> None:
    (runs_dir / "00041-older").mkdir()
    (runs_dir / "notes").mkdir()
    (runs_dir / "00099-file").write_text("no run", encoding="utf-8")
    assert created(runs_dir).name.startswith("00042-")
    assert names(runs_dir) == ["00042-a-run"], "other folders are passed over"


def test_a_new_run_is_complete(runs_dir: Path) -> None:
    config = quick_config({"preset": "mine", "training.seed": 7})
    run = RunDirectory.create(runs_dir, config, Parent("00001-old", 500))
    run.acquire()
    assert RunDirectory.open(run.path).config() == config
    info = run.info()
    assert info["status"] == "queued"
    assert info["parent"] == {"run": "00001-old", "step": 500}
    assert (info["seed"], info["step"], info["preset"]) == (7, 500, "mine")
    assert set(info["versions"]) == {"python", "gan-studio", "torch"}
    assert {item.name for item in run.path.iterdir() if item.is_dir()} == {"samples", "checkpoints", "exports"}
    run.release()
    assert run.info()["status"] == "stopped", "without anybody to begin it"


CREATE = """
import sys
from pathlib import Path
from ganengine.config import TrainConfig
from ganengine.runs.directory import RunDirectory
print("ready", flush=True)
sys.stdin.readline()
for _ in range(15):
    RunDirectory.create(Path(sys.argv[1]), TrainConfig())
"""


def test_two_processes_never_get_the_same_number(runs_dir: Path) -> None:
    command = [sys.executable, "-c", CREATE, str(runs_dir)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    workers = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
        assert worker.returncode == 0
    assert names(runs_dir) == [f"{number:05d}-custom" for number in range(1, 31)]


def test_two_threads_never_get_the_same_number(runs_dir: Path) -> None:
    threads = [threading.Thread(target=lambda: [created(runs_dir) for _ in range(8)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(runs_dir) == [f"{number:05d}-a-run" for number in range(1, 25)]


def test_runs_are_found_by_path_name_or_number(runs_dir: Path) -> None:
    first, second = created(runs_dir, "one"), created(runs_dir, "two")
    for name in (str(second.path), "00002-two", "2", "00002"):
        assert find_run(runs_dir, name).path == second.path
    assert find_run(Path("elsewhere"), str(first.path)).path == first.path
    for name in ("3", "two", "", "one-00001", "²"):
        with pytest.raises(RunError, match="There is no run"):
            find_run(runs_dir, name)


def test_two_runs_of_one_number_must_be_told_apart(runs_dir: Path) -> None:
    run = created(runs_dir, "one")
    run.path.with_name("00001-copy").mkdir()
    (run.path.with_name("00001-copy") / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="There are 2 runs called '1'"):
        find_run(runs_dir, "1")
    assert find_run(runs_dir, "00001-copy").name == "00001-copy"


def test_a_folder_that_is_no_run(runs_dir: Path) -> None:
    with pytest.raises(RunError, match=r"is not a run: it holds no run\.json"):
        RunDirectory.open(runs_dir)
    assert list_runs(runs_dir / "absent") == []


def test_a_runs_root_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match=r"Could not write a new run to .*file"):
        created(tmp_path / "file")
    with pytest.raises(StorageError, match="choose another runs folder"):
        created(tmp_path / "file" / "runs")


def test_only_one_training_has_a_run(runs_dir: Path) -> None:
    run = created(runs_dir)
    other = RunDirectory.open(run.path)
    assert not other.is_active()
    run.acquire()
    assert run.is_active()
    assert other.is_active()
    with pytest.raises(RunError, match="is being trained already"):
        other.acquire()
    with pytest.raises(RunError, match="is being trained already"):
        resume_run(other)
    run.release()
    assert not other.is_active()
    other.acquire()
    other.release()


def test_the_trainer_gives_its_run_free_however_it_ends(runs_dir: Path) -> None:
    trainer = make_trainer(runs_dir)
    assert trainer.directory.is_active()
    trainer.run()
    assert not trainer.directory.is_active()
    failing = make_trainer(runs_dir)
    failing._train_step = lambda: 1 / 0  # type: ignore[assignment, return-value]
    with pytest.raises(ZeroDivisionError):
        failing.run()
    assert not failing.directory.is_active()
    assert failing.directory.info()["status"] == "failed"


def test_asking_about_a_run_is_never_in_the_way_of_training_it(runs_dir: Path) -> None:
    """The run browser asks all the time whether a run is active, for which it takes the lock for a moment."""
    run = created(runs_dir)
    asking = FileLock(run.path / ".lock", thread_local=False)
    asking.acquire()
    answered = threading.Timer(0.1, asking.release)
    answered.start()
    run.acquire()
    run.release()
    answered.join()


HOLD = """
import sys
from pathlib import Path
from ganengine.runs.directory import RunDirectory
run = RunDirectory.open(Path(sys.argv[1]))
run.acquire()
run.update_info({"status": "running"})
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_killed_run_reads_as_stopped(runs_dir: Path) -> None:
    run = created(runs_dir)
    command = [sys.executable, "-c", HOLD, str(run.path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    assert run.is_active()
    assert run.info()["status"] == "running"
    with pytest.raises(RunError, match="in another program"):
        run.acquire()
    holder.kill()
    holder.communicate()
    assert not run.is_active()
    assert run.info()["status"] == "stopped"
    assert json.loads((run.path / "run.json").read_text(encoding="utf-8"))["status"] == "running"


@pytest.mark.parametrize("status", ["finished", "failed", "stopped"])
def test_other_states_are_told_as_they_are(status: str, runs_dir: Path) -> None:
    run = created(runs_dir)
    run.update_info({"status": status})
    assert run.info()["status"] == status


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_damaged_run_json_is_named_and_can_be_written_anew(text: str, runs_dir: Path) -> None:
    run = created(runs_dir)
    (run.path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=r"00001-a-run: run\.json (is damaged|was not written by GAN Studio)"):
        run.info()
    run.update_info({"status": "running"})
    assert run.info()["status"] == "stopped"


def test_the_history_is_read_back(runs_dir: Path) -> None:
    run = created(runs_dir)
    for step in (10, 20):
        run.append_metrics(metrics(step))
    assert run.metrics() == [metrics(10), metrics(20)]
    assert created(runs_dir).metrics() == []


def test_damaged_lines_of_the_history_are_passed_over(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.append_metrics(metrics(10))
    path = run.path / "metrics.jsonl"
    with path.open("ab") as file:
        file.write(b'nonsense\n[1, 2]\n{"loss/g": 1.0}\n{"step": "ten"}\n\xff\xfe\n\n{"step": 15, "epo')
    end_last_line(path)
    run.append_metrics(metrics(20))
    assert run.metrics() == [metrics(10), metrics(20)]


def test_a_line_that_a_crash_left_open_is_closed_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    end_last_line(path)
    assert not path.exists()
    path.write_text("", encoding="utf-8")
    end_last_line(path)
    append_json_line(path, {"a": 1})
    end_last_line(path)
    assert path.read_text(encoding="utf-8") == '{"a": 1}\n'


def test_forgetting_what_came_after_a_step(runs_dir: Path) -> None:
    run = created(runs_dir)
    for step in (10, 20, 30):
        run.append_metrics(metrics(step))
        run.append_event({"step": step, "event": "alert"})
        run.sample_path(step).write_bytes(b"png")
    run.forget_after(20)
    assert [event.step for event in run.metrics()] == [10, 20]
    assert [event["step"] for event in run.events()] == [10, 20]
    assert run.sample_steps() == [10, 20]


def test_clean_removes_half_written_files_only(runs_dir: Path) -> None:
    run = created(runs_dir)
    whole = {run.checkpoints.path(10), run.sample_path(10), run.path / "exports" / "a.png"}
    for path in whole:
        path.write_bytes(b"")
    run.checkpoints.keep(10)
    before = set(run.path.rglob("*"))
    for leftover in (".run.json.7.tmp", "checkpoints/.step-00000020.pt.4711.tmp", "samples/.step-00000020.png.1.tmp"):
        (run.path / leftover).write_bytes(b"half")
    run.clean()
    assert set(run.path.rglob("*")) == before


def test_an_edit_is_recorded_with_old_and_new(runs_dir: Path) -> None:
    run = created(runs_dir)
    config = quick_config()
    Recorder(run).notify(EditEvent(7, config, {"optimizer_g.lr": (0.1, 0.2)}, 500))
    (event,) = run.events()
    assert event["step"] == 7
    assert event["event"] == "edit"
    assert event["changes"] == {"optimizer_g.lr": [0.1, 0.2]}
    assert "T" in event["time"]
    assert "step 7: optimizer_g.lr: 0.1 → 0.2" in (run.path / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "write",
    [
        lambda run: run.append_metrics(metrics(1)),
        lambda run: run.append_event({"step": 1}),
        lambda run: run.update_info({"status": "running"}),
    ],
    ids=["metrics", "events", "info"],
)
def test_a_run_that_is_gone_is_a_storage_error(write: Callable[[RunDirectory], None], runs_dir: Path) -> None:
    run = created(runs_dir)
    run.path.rename(run.path.with_name("moved away"))
    with pytest.raises(StorageError, match="No such file"):
        write(run)


def test_lines_are_json_one_by_one(runs_dir: Path) -> None:
    run = created(runs_dir)
    run.append_metrics(metrics(10))
    raw = (run.path / "metrics.jsonl").read_text(encoding="utf-8")
    assert json.loads(raw) == {"step": 10, "epoch": 1.0, "images": 40, "seconds": 5.0, "loss/g": 2.5}
    assert raw.endswith("}\n")
    assert list(read_json_lines(run.path / "absent.jsonl")) == []
