"""Damaged run directories: each is listed with the reason, and what can be read of it opens."""

import json
import shutil
from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.comparison import compare_runs
from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, RunError
from ganengine.events import MetricsEvent
from ganengine.launch import fork_run, new_run, resume_run
from ganengine.runs import damage
from ganengine.runs.directory import RunDirectory, find_run, list_runs
from ganengine.runs.index import RunIndex, RunSummary
from ganengine.sampler import Sampler
from tests.ganengine.helpers import quick_config

CHANGES = {"preset": "whole", "recording.checkpoint_every": 3, "recording.sample_every": 3, "training.batch_size": 16}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of six steps, to be copied and damaged."""
    trainer = new_run(quick_config(CHANGES), tmp_path_factory.mktemp("trained"))
    trainer.run()
    return trainer.directory.path


@pytest.fixture
def run(trained: Path, runs_dir: Path) -> RunDirectory:
    shutil.copytree(trained, runs_dir / trained.name)
    return RunDirectory.open(runs_dir / trained.name)


def listed(run: RunDirectory) -> RunSummary:
    index = RunIndex(run.path.parent)
    index.refresh(seconds=inf)
    (found,) = index.runs
    return found


def write(name: str, content: str | bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return damage


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def cut(name: str, bytes_left: int | None = None) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2 if bytes_left is None else bytes_left])

    return damage


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def zeros(name: str) -> Callable[[Path], None]:
    """What a file may hold after the power failed: its length, and nothing else."""

    def damage(folder: Path) -> None:
        (folder / name).write_bytes(bytes((folder / name).stat().st_size))

    return damage


def _cut_lines(path: Path, count: int) -> None:
    lines = path.read_text(encoding="utf-8").rstrip().splitlines(keepends=True)
    path.write_text("".join(lines[:-count]), encoding="utf-8")


def of_version(number: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        info["versions"]["gan-studio"] = number
        (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")
        replace("config.toml", "[training]", '[training]\ntime_travel = "on"')(folder)

    return damage


DAMAGE = {
    "no run.json": (remove("run.json"), "run.json is missing"),
    "empty run.json": (write("run.json", ""), "run.json is damaged: it is cut off"),
    "cut run.json": (cut("run.json"), "run.json is damaged: it is cut off"),
    "zeroed run.json": (zeros("run.json"), "run.json is damaged"),
    "binary run.json": (write("run.json", b"\xff\xfe\x00{"), "run.json is damaged"),
    "deep run.json": (write("run.json", "[" * 100_000), "run.json is damaged"),
    "a list as run.json": (write("run.json", "[1, 2]"), "run.json was not written by GAN Studio"),
    "foreign run.json": (write("run.json", '{"name": "web app"}'), "run.json was not written by GAN Studio"),
    "newer run.json": (replace("run.json", '"format": 1', '"format": 9'), "by a newer version of GAN Studio"),
    "no config.toml": (remove("config.toml"), "config.toml is missing"),
    "empty config.toml": (write("config.toml", ""), "config.toml is not a file of GAN Studio's settings"),
    "config.toml cut between two lines": (lambda folder: _cut_lines(folder / "config.toml", 3), "or not all of one"),
    "config.toml cut between two sections": (
        lambda folder: _cut_lines(folder / "config.toml", 30),
        "or not all of one",
    ),
    "cut config.toml": (cut("config.toml", 301), "config.toml"),
    "zeroed config.toml": (zeros("config.toml"), "config.toml is damaged"),
    "binary config.toml": (write("config.toml", b"\xff\xfe\x00"), "config.toml is damaged: it is not text"),
    "foreign config.toml": (write("config.toml", '[tool.poetry]\nname = "x"\n'), "is not a file of GAN Studio's"),
    "impossible config.toml": (
        replace("config.toml", "batch_size = 16", "batch_size = -1"),
        "cannot be used (training",
    ),
    "config.toml of a newer version": (
        of_version("99.1.0"),
        "newer version of GAN Studio (99.1.0) (training.time_travel",
    ),
    "config.toml of another version": (
        replace("config.toml", "[training]", "[training]\nwarp = 9"),
        "perhaps newer version of GAN Studio (training.warp: there is no such setting)",
    ),
    "cut metrics.jsonl": (cut("metrics.jsonl", -20), "The last line of metrics.jsonl is cut off"),
}


@pytest.mark.parametrize(("spoil", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_it_is_listed_as_damaged_with_the_reason(spoil: Callable[[Path], None], reason: str, run: RunDirectory) -> None:
    assert listed(run).damage == ""
    spoil(run.path)
    found = listed(run)
    assert reason in found.damage
    assert found.damage.endswith(".")
    assert "\n" not in found.damage
    assert found.damage in damage.damages(run.path)
    assert (found.number, found.name) == (1, "00001-whole")


@pytest.mark.parametrize("spoil", [spoil for spoil, _ in DAMAGE.values()], ids=DAMAGE)
def test_what_can_be_read_of_it_opens(spoil: Callable[[Path], None], run: RunDirectory) -> None:
    spoil(run.path)
    found = listed(run)
    assert found.step == 6
    assert found.thumbnail == run.sample_path(6)
    assert found.created
    (opened,) = list_runs(run.path.parent)
    assert find_run(run.path.parent, "1").path == opened.path == run.path
    assert RunDirectory.open(run.path).sample_steps() == [0, 3, 6]
    assert len(opened.metrics()) >= 2
    assert damage.readable_config(run.path) == quick_config(CHANGES)
    latest = opened.checkpoints.latest()
    assert latest
    assert Sampler.from_checkpoint(latest).step == 6
    assert opened.known_info()["step"] == 6


GOES_ON = ("no run.json", "foreign run.json", "no config.toml", "config.toml of a newer version", "cut metrics.jsonl")


@pytest.mark.parametrize("spoil", [DAMAGE[name][0] for name in GOES_ON], ids=GOES_ON)
def test_it_goes_on_and_can_be_forked(spoil: Callable[[Path], None], run: RunDirectory) -> None:
    spoil(run.path)
    resume_run(run, changes={"training.steps": 7}).run()
    assert run.info()["status"] == "finished"
    assert [point.step for point in run.metrics()][-1] == 7
    fork = fork_run(run.checkpoints.path(3), run.path.parent)
    fork.run()
    assert fork.directory.info()["parent"]["run"] == "00001-whole"


def test_a_run_json_that_was_lost_comes_back_with_what_the_other_files_tell(run: RunDirectory) -> None:
    fork = fork_run(run.checkpoints.path(3), run.path.parent).directory
    fork.release()
    (fork.path / "run.json").unlink()
    with pytest.raises(RunError, match=r"run\.json is missing"):
        fork.info()
    info = fork.known_info()
    assert (info["parent"], info["step"], info["status"]) == ({"run": "00001-whole", "step": 3}, 3, "stopped")
    assert (info["preset"], info["data"], info["optimizers"]) == ("whole", "mnist-5k", "Adam")
    fork.update_info({"status": "finished"})
    assert fork.info() == info | {"status": "finished"}
    index = RunIndex(run.path.parent)
    index.refresh()
    assert [(found.name, found.damage) for found in index.runs] == [("00002-whole", ""), ("00001-whole", "")]


def test_a_run_that_lost_everything_but_its_checkpoints_is_listed(run: RunDirectory) -> None:
    for name in ("run.json", "config.toml", "metrics.jsonl", "events.jsonl", "log.txt"):
        (run.path / name).unlink()
    shutil.rmtree(run.path / "samples")
    found = listed(run)
    assert "run.json is missing" in found.damage
    assert (found.thumbnail, found.created, found.data) == (None, None, "")
    assert damage.readable_config(run.path) == quick_config(CHANGES)
    assert run.known_info()["step"] == 6
    shutil.rmtree(run.path / "checkpoints")
    assert list_runs(run.path.parent) == [], "an empty folder is no run"


def test_settings_that_nothing_tells(run: RunDirectory) -> None:
    (run.path / "config.toml").unlink()
    shutil.rmtree(run.path / "checkpoints")
    with pytest.raises(ConfigError, match="cannot be read"):
        damage.readable_config(run.path)


def test_a_half_written_line_of_a_live_run_is_no_damage(run: RunDirectory) -> None:
    cut("metrics.jsonl", -20)(run.path)
    run.acquire()
    assert listed(run).damage == ""
    assert damage.damages(run.path) == []
    run.release()
    assert "cut off" in listed(run).damage
    resume_run(run).run()
    assert listed(run).damage == "", "what went on is whole again"


def test_every_damage_is_told(run: RunDirectory) -> None:
    remove("run.json")(run.path)
    remove("config.toml")(run.path)
    with (run.path / "metrics.jsonl").open("ab") as file:
        file.write(b'nonsense\n[1]\n{"step": 9}\n{"st')
    cut("checkpoints/step-00000003.pt")(run.path)
    cut("samples/step-00000003.png")(run.path)
    assert damage.damages(run.path) == [
        damage.NO_INFO,
        damage.NO_CONFIG,
        "metrics.jsonl has 2 lines that cannot be read and are passed over.",
        "step-00000003.pt is damaged: its end is missing.",
        "step-00000003.png cannot be shown: cut off.",
    ]


def test_a_sound_run_has_none(run: RunDirectory) -> None:
    assert damage.damages(run.path) == []


def test_settings_that_came_to_be_wrong_are_noticed_at_the_next_refresh(run: RunDirectory) -> None:
    index = RunIndex(run.path.parent)
    assert index.refresh().is_complete
    text = (run.path / "config.toml").read_text(encoding="utf-8")
    (run.path / "config.toml").write_text("nonsense", encoding="utf-8")
    (changed,) = index.refresh().changed
    assert "config.toml is damaged" in changed.damage
    (run.path / "config.toml").write_text(text, encoding="utf-8")
    (changed,) = index.refresh().changed
    assert changed.damage == ""


def test_values_of_a_wrong_kind_in_a_run_json_do_no_harm(run: RunDirectory) -> None:
    info = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    for value in (None, -1, "x", [1], {"run": 3}, 1e400, True):
        spoiled = dict.fromkeys(info, value) | {"status": "finished", "settings": info["settings"]}
        (run.path / "run.json").write_text(json.dumps(spoiled), encoding="utf-8")
        found = listed(run)
        assert (found.status, found.step) == ("finished", 6)
        assert found.parent is None
        assert found.group is None


def test_values_of_a_wrong_kind_in_the_history_do_no_harm(run: RunDirectory) -> None:
    points = run.metrics()
    with (run.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 7, "epoch": "x", "images": null, "seconds": [], "loss/g": "low", "loss/d": 1.5}\n')
        file.write('{"step": "eight", "loss/g": 1.0}\n{"step": 1e400}\n')
    with (run.path / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": "nine", "event": 3}\n{"event": "edit", "step": 2, "changes": []}\n')
    assert run.metrics() == [*points, MetricsEvent(7, 0.0, 0, 0.0, {"loss/d": 1.5})]
    assert listed(run).step == 6, "the last line tells none"
    resume_run(run, changes={"training.steps": 8}).run()
    assert [point.step for point in run.metrics()][-3:] == [6, 7, 8]
    assert compare_runs([run]).runs[0].step == 8


def test_an_about_json_of_a_wrong_kind_does_no_harm(run: RunDirectory) -> None:
    for text in ("", "[", "[]", '{"title": 3, "tags": "x", "notes": null, "archived": "yes"}', '{"tags": [1, "a b"]}'):
        (run.path / "about.json").write_text(text, encoding="utf-8")
        found = listed(run)
        assert (found.title, found.notes, found.archived, found.damage) == ("", "", False, "")
    assert found.tags == ("a-b",)


def test_a_folder_that_is_a_file_or_a_broken_link_is_passed_over(run: RunDirectory) -> None:
    (run.path.parent / "00002-file").write_text("no run", encoding="utf-8")
    (run.path.parent / "00003-link").symlink_to(run.path.parent / "nowhere")
    (run.path.parent / "00005-circle").symlink_to(run.path.parent / "00005-circle")
    (run.path.parent / "00004-x").mkdir()
    (run.path.parent / "00004-x" / "run.json").mkdir()
    assert listed(run).name == "00001-whole"
    assert len(list_runs(run.path.parent)) == 1


def test_damaged_runs_are_compared_as_far_as_they_can_be_read(run: RunDirectory) -> None:
    other = RunDirectory.create(run.path.parent, TrainConfig())
    (run.path / "run.json").unlink()
    comparison = compare_runs([run, other])
    assert comparison.runs[0].step == 6
    assert comparison.runs[0].sample_steps == (0, 3, 6)


def test_the_command_line_works_with_damaged_runs(run: RunDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    (run.path / "run.json").unlink()
    assert main(["list", "runs"]) == 0
    assert "00001-whole  damaged" in capsys.readouterr().out
    out = run.path.parent / "strip.png"
    assert main(["strip", "1", "--out", str(out)]) == 0
    assert main(["sample", "1", "--out", str(out)]) == 0
