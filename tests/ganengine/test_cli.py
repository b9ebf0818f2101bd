"""The command line: what it prints, the exit codes, and the run directories that it leaves."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganengine import __version__
from ganengine.cli import main
from ganengine.config import TrainConfig
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory, list_runs

SMALL = [
    *("--preset", "mnist-simple", "--device", "cpu"),
    *("--set", "generator.widths=[8]", "--set", "discriminator.widths=[8]", "--set", "training.batch_size=8"),
    *("--set", "recording.sample_count=4"),
]


class Cli:
    """Runs a command in this process.

    Attributes:
        out, err: what the last command printed.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str | Path) -> int:
        code = main([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        return code

    def train(self, *arguments: str) -> RunDirectory:
        """Train a very small network; the run directory is the one that was printed."""
        assert self("train", *SMALL, *arguments) == 0, self.err
        return RunDirectory.open(Path(self.out.splitlines()[-1]))

    def fails(self, *arguments: str | Path) -> str:
        """A command that the user got wrong; returns the one line that says so."""
        assert self(*arguments) == 2
        assert self.out == ""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


def contents(run: RunDirectory) -> dict[str, object]:
    latest = run.checkpoints.latest()
    assert latest is not None
    return load_checkpoint(latest)


def assert_equal(one: object, other: object, path: str = "") -> None:
    """Nested states are equal, bit for bit."""
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor), path
        assert torch.equal(one, other), path
    elif isinstance(one, dict):
        assert isinstance(other, dict), path
        assert one.keys() == other.keys(), path
        for key in one:
            assert_equal(one[key], other[key], f"{path}/{key}")
    else:
        assert one == other, path


# -- train -------------------------------------------------------------------------------------------------------------


def test_train_leaves_a_finished_run_and_prints_where(cli: Cli, runs_dir: Path) -> None:
    run = cli.train("--steps", "3")
    assert run.path == runs_dir / "00001-mnist-simple"
    assert cli.out == f"{run.path}\n"
    assert run.info()["status"] == "finished"
    assert run.checkpoints.steps() == [3]
    assert "3 steps on CPU" in cli.err
    assert "step 3 of 3 (100 %)" in cli.err
    assert "loss D" in cli.err


def test_set_takes_values_as_toml_writes_them_and_plain_words(cli: Cli) -> None:
    changes = [
        "optimizer_g.kind=sgd",
        "optimizer_g.nesterov=true",
        "optimizer_g.momentum=0.5",
        "generator.widths=[9, 7]",
    ]
    run = cli.train("--steps", "1", *(part for change in changes for part in ("--set", change)))
    values = tomllib.loads((run.path / "config.toml").read_text())
    assert values["optimizer_g"]["kind"] == "sgd"
    assert values["optimizer_g"]["nesterov"] is True
    assert values["optimizer_g"]["momentum"] == 0.5
    assert values["generator"]["widths"] == [9, 7]
    assert values["training"]["length_in"] == "steps"


def test_train_takes_a_file_of_settings(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TrainConfig().with_changes({"training.steps": 2, "generator.widths": [5]}).to_toml())
    assert cli("train", path, "--runs", tmp_path / "elsewhere", "--set", "training.batch_size=4") == 0
    (run,) = list_runs(tmp_path / "elsewhere")
    assert run.config().get("generator.widths") == (5,)
    assert run.config().training.batch_size == 4


def test_the_same_seed_gives_the_same_run_bit_for_bit(cli: Cli) -> None:
    arguments = ["--steps", "20", "--set", "discriminator.dropout=0.2", "--set", "training.seed=5"]
    one, other = contents(cli.train(*arguments)), contents(cli.train(*arguments))
    del one["seconds"], other["seconds"]
    assert_equal(one, other)
    assert not torch.equal(one["fixed_z"], contents(cli.train("--steps", "1"))["fixed_z"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--preset", "nothing"], "no preset 'nothing'; there are digits-best"),
        (["--set", "optimizer_g.lr=-1"], "optimizer_g.lr: must be more than 0"),
        (["--set", "optimizer_g.rate=1"], "optimizer_g.rate: there is no such setting"),
        (["--set", "optimizer_g.kind=best"], "optimizer_g.kind: must be one of"),
        (["--set", "optimizer_g.lr"], "must look like PATH=VALUE"),
        (["--set", "generator.width=0"], "generator.width: must be at least 1"),
        (["--steps", "0"], "training.steps: must be at least 1"),
        (["--steps", "many"], "--steps: must be a whole number, not 'many'"),
        (["--device", "cuda:99"], "training.device: there is no 'cuda:99' on this machine"),
        (["--set", "training.batch_size=60000"], "training.batch_size: must be at most 5000"),
        (["nowhere.toml"], "there is no file nowhere.toml"),
        (["mnist-simple"], "for a preset write --preset mnist-simple"),
        (["--preset", "mnist-simple", "a.toml"], "not allowed with argument"),
        (["--stepz=3"], "unrecognized arguments: --stepz=3"),
    ],
)
def test_wrong_input_is_one_line_and_nothing_is_written(
    cli: Cli, runs_dir: Path, arguments: list[str], complaint: str
) -> None:
    assert complaint in cli.fails("train", *arguments)
    assert list_runs(runs_dir) == []


def test_a_file_with_mistakes_is_named_with_all_of_them(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nsteps = 0\nbatch_size = 1\n")
    line = cli.fails("train", path)
    assert "mine.toml" in line
    assert "training.steps: must be at least 1" in line
    assert "training.batch_size: must be at least 2" in line
    path.write_text("[training")
    assert "mine.toml: this is not valid TOML" in cli.fails("train", path)


def test_a_training_that_blows_up_is_code_1_and_says_where(cli: Cli, runs_dir: Path) -> None:
    blown = ["--set", "optimizer_d.kind=sgd", "--set", "optimizer_d.lr=10", "--set", "optimizer_d.momentum=0.99"]
    wide = ["--set", "optimizer_g.kind=sgd", "--set", "optimizer_g.lr=10", "--set", "recording.log_every=1"]
    assert cli("train", *SMALL, *blown, *wide, "--steps", "5000") == 1
    (run,) = list_runs(runs_dir)
    assert cli.out == f"{run.path}\n"
    assert cli.err.splitlines()[-1].startswith("ganengine: The training blew up")
    assert run.info()["status"] == "failed"


def test_a_runs_folder_that_cannot_be_made_is_code_1(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert cli("train", *SMALL, "--steps", "1", "--runs", tmp_path / "file" / "runs") == 1
    assert cli.err.startswith("ganengine: Could not write a new run")


# -- resume and fork ---------------------------------------------------------------------------------------------------


def test_resume_is_exact(cli: Cli) -> None:
    cut, whole = cli.train("--steps", "10"), cli.train("--steps", "20")
    assert cli("resume", "1", "--steps", "20") == 0
    assert cli.out == f"{cut.path}\n"
    assert "from step 10 to 20" in cli.err
    one, other = contents(cut), contents(whole)
    for key in ("players", "batches", "rng", "generator", "fixed_z", "step", "images"):
        assert_equal(one[key], other[key], key)


@pytest.mark.parametrize("name", ["1", "00001", "00001-mnist-simple", "path"])
def test_a_run_has_several_names(cli: Cli, name: str) -> None:
    run = cli.train("--steps", "2")
    assert cli("resume", run.path if name == "path" else name, "--steps", "3") == 0
    assert run.checkpoints.steps()[-1] == 3


def test_resume_says_when_there_is_nothing_to_do(cli: Cli) -> None:
    run = cli.train("--steps", "3")
    assert "is already at step 3 of 3; give a larger --steps" in cli.fails("resume", "1")
    assert "is already at step 3, past step 2" in cli.fails("resume", "1", "--steps", "2")
    assert not run.is_active()
    assert run.info()["status"] == "finished"


def test_an_unknown_run_is_answered_with_those_there_are(cli: Cli) -> None:
    assert "There are no runs there yet" in cli.fails("resume", "7")
    cli.train("--steps", "1")
    for command in (["resume", "7"], ["fork", "7"], ["sample", "7", "--out", "a.png"]):
        line = cli.fails(*command)
        assert "There is no run '7'" in line
        assert "00001-mnist-simple" in line


def test_fork_begins_at_a_step_with_other_settings(cli: Cli) -> None:
    source = cli.train("--steps", "4", "--set", "recording.checkpoint_every=2")
    before = contents(source)
    assert cli("fork", "1", "--at", "2", "--set", "optimizer_g.lr=0.5", "--steps", "3") == 0
    fork = RunDirectory.open(Path(cli.out.splitlines()[-1]))
    assert fork.path != source.path
    assert fork.info()["parent"] == {"run": source.name, "step": 2}
    assert fork.config().get("optimizer_g.lr") == 0.5
    assert fork.checkpoints.steps() == [2, 3]
    assert_equal(contents(source), before)


def test_fork_says_what_is_wrong(cli: Cli, runs_dir: Path) -> None:
    run = cli.train("--steps", "4")
    assert "no checkpoint of step 3; there are those of step 4" in cli.fails("fork", "1", "--at", "3")
    assert "is already at step 4 of 4" in cli.fails("fork", "1")
    epochs = ["--set", "training.length_in=epochs", "--set", "training.epochs=0"]
    assert "training.epochs: must be at least 1" in cli.fails("fork", "1", *epochs)
    file = run.checkpoints.path(4)
    assert "--at goes with a run" in cli.fails("fork", file, "--at", "4")
    assert len(list_runs(runs_dir)) == 1


# -- sample ------------------------------------------------------------------------------------------------------------


def test_sample_makes_a_grid(cli: Cli, tmp_path: Path) -> None:
    cli.train("--steps", "1")
    out = tmp_path / "grid.png"
    assert cli("sample", "1", "--out", out, "--grid", "2x3", "--scale", "2", "--padding", "4", "--seed", "9") == 0
    assert cli.out == f"{out}\n"
    with Image.open(out) as picture:
        assert picture.size == (3 * (56 + 4) + 4, 2 * (56 + 4) + 4)
        assert picture.mode == "L"
        first = np.asarray(picture)
    captioned = tmp_path / "captioned.png"
    assert cli("sample", "1", "--out", captioned, "--grid", "2x3", "--scale", "2", "--padding", "4", "--seed", "9",
               "--caption", "Step 1") == 0  # fmt: skip
    with Image.open(captioned) as picture:
        assert np.array_equal(np.asarray(picture)[: first.shape[0]], first)
        assert picture.size[1] > first.shape[0]


def test_sample_makes_single_images_of_a_checkpoint_without_its_run(cli: Cli, tmp_path: Path) -> None:
    run = cli.train("--steps", "1")
    alone = tmp_path / "alone.pt"
    run.checkpoints.path(1).rename(alone)
    out = tmp_path / "new" / "images"
    assert cli("sample", alone, "--out", out, "--count", "3") == 0
    assert sorted(path.name for path in out.iterdir()) == [f"image-0000{index}.png" for index in range(3)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--out", "folder", "--grid", "2x2"], "need an --out that ends in .png"),
        (["--out", "a.png", "--grid", "2x2", "--count", "5"], "has room for 4 images, not for 5"),
        (["--out", "a.png", "--grid", "2"], "must be rows x columns"),
        (["--out", "a.png", "--count", "0"], "must be at least 1, not 0"),
        (["--out", "nowhere/a.png"], "there is no folder nowhere"),
        ([], "required: --out"),
    ],
)
def test_sample_says_what_is_wrong(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    cli.train("--steps", "1")
    assert complaint in cli.fails("sample", "1", *arguments)


def test_sample_refuses_what_is_no_checkpoint(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_text("hello")
    assert "a.pt is not a checkpoint" in cli.fails("sample", tmp_path / "a.pt", "--out", tmp_path / "a.png")
    assert "There is no file" in cli.fails("sample", tmp_path / "b.pt", "--out", tmp_path / "a.png")


# -- list, help and the rest -------------------------------------------------------------------------------------------


def test_list_finds_every_family_and_part(cli: Cli) -> None:
    assert cli("list") == 0
    contract = {"presets", "networks", "losses", "regularizers", "optimizers", "schedules", "datasets"}
    assert contract | {"runs"} <= set(cli.out.split())
    for what in cli.out.split():
        assert cli("list", what) == 0
    assert cli("list", "optimizers") == 0
    assert [line.split()[0] for line in cli.out.splitlines()] == sorted(
        line.split()[0] for line in cli.out.splitlines()
    )
    assert {"adam", "rmsprop", "sgd"} <= set(cli.out.split())
    assert cli("list", "networks") == 0
    assert [line.split()[0] for line in cli.out.splitlines() if "mlp" in line] == ["generator", "discriminator"]
    assert "there are lists of presets, runs" in cli.fails("list", "colours")


def test_list_runs_shows_damaged_ones_too(cli: Cli) -> None:
    cli.train("--steps", "2")
    broken = cli.train("--steps", "1")
    (broken.path / "run.json").write_text("{")
    assert cli("list", "runs") == 0
    first, second = cli.out.splitlines()
    assert first.split()[:5] == ["00001-mnist-simple", "finished", "step", "2", "of"]
    assert second.split() == ["00002-mnist-simple", "damaged"]


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["sample", "--help"], ["list", "--help"]])
def test_help_has_examples(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "examples:\n  ganengine" in capsys.readouterr().out


def test_version_and_no_command(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"GAN Studio {__version__}\n"
    assert "required: COMMAND" in cli.fails()
