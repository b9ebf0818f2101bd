"""`ganengine evaluate`: a table, one JSON object, and one line where it cannot."""

import json
from pathlib import Path

import pytest
import torch

from ganengine.cli import main
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.metrics.extractors import own
from ganengine.runs.checkpoints import load_checkpoint, save_checkpoint
from ganengine.runs.directory import RunDirectory

TRAIN = [
    *("train", "--preset", "mnist-simple", "--device", "cpu", "--steps", "2"),
    *("--set", "generator.widths=[8]", "--set", "discriminator.widths=[8]", "--set", "recording.sample_count=4"),
]
TITLES = ["FID", "KID", "Precision", "Recall", "Class coverage", "Confidence"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a generator that has learned nothing."""
    root = tmp_path_factory.mktemp("runs")
    assert main([*TRAIN, "--runs", str(root)]) == 0
    return next(root.glob("*/checkpoints/*.pt"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of this file."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _quick(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A classifier that knows next to nothing, trained once."""
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(kept))
    monkeypatch.setattr(own, "STEPS", 2)


class Output:
    """What the last command printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def of(self, code: int, *arguments: str | Path) -> tuple[str, str]:
        """stdout and stderr of `evaluate` with these arguments, which must end with this exit code."""
        self._capsys.readouterr()
        found = main(["evaluate", *map(str, arguments), "--device", "cpu"])
        out, err = self._capsys.readouterr()
        assert found == code, err
        return out, err


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Output:
    return Output(capsys)


def test_prints_an_aligned_table(output: Output, checkpoint: Path) -> None:
    out, _ = output.of(0, checkpoint, "--samples", "100")
    head, *rows = out.splitlines()
    assert "step 2" in head
    assert "100 images" in head
    assert "own classifier" in head
    assert [row.partition(" (own classifier)")[0] for row in rows] == TITLES
    assert [row.split()[-3] for row in rows] == ["lower", "lower", "higher", "higher", "higher", "higher"]
    assert len({row.index("er is better") - len(row.split()[-3]) for row in rows}) == 1


def test_prints_one_json_object_that_is_the_same_each_time(output: Output, checkpoint: Path) -> None:
    run = checkpoint.parents[1]
    out, _ = output.of(0, run, "--samples", "100", "--json")
    assert len(out.splitlines()) == 1
    found = json.loads(out)
    assert found["samples"] == 100
    assert found["step"] == 2
    assert found["features"] == "own"
    assert Path(found["checkpoint"]) == checkpoint
    assert list(found["values"]) == [
        *("eval/fid_own", "eval/kid_own", "eval/precision_own", "eval/recall_own"),
        *("eval/class_coverage_own", "eval/confidence_own"),
    ]
    assert all(isinstance(value, float) for value in found["values"].values())
    assert json.loads(output.of(0, run.name, "--samples", "100", "--json", "--runs", run.parent)[0]) == found
    other = json.loads(output.of(0, run, "--samples", "100", "--json", "--seed", "1")[0])
    assert other["values"] != found["values"]


def test_nothing_in_the_run_changes(output: Output, checkpoint: Path) -> None:
    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in checkpoint.parents[1].rglob("*") if path.is_file()}

    before = state()
    output.of(0, checkpoint, "--samples", "100")
    assert state() == before
    assert RunDirectory.open(checkpoint.parents[1]).checkpoints.latest() == checkpoint


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--samples", "99"], "must be at least 100, not 99"),
        (["--samples", "50001"], "at most 50,000"),
        (["--features", "vgg"], "vgg"),
        (["--seed", "-1"], "must be at least 0"),
    ],
)
def test_arguments_that_make_no_sense(output: Output, checkpoint: Path, arguments: list[str], complaint: str) -> None:
    out, err = output.of(2, checkpoint, *arguments)
    assert out == ""
    assert complaint in err
    assert len(err.splitlines()) == 1


def test_inceptions_weights_are_asked_for(
    output: Output, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    err = output.of(2, checkpoint, "--features", "inception")[1]
    assert "weights-inception-2015-12-05-6726825d.pth" in err
    assert str(tmp_path / "data") in err


def test_a_run_that_does_not_exist(output: Output, runs_dir: Path) -> None:
    assert "There are no runs there yet" in output.of(2, "7", "--runs", runs_dir)[1]


def test_data_that_have_changed_since(
    output: Output, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = load_checkpoint(checkpoint)
    content["config"]["data"]["resolution"] = 32  # as where a folder's images were exchanged
    content["config"]["generator"] |= {"kind": "mlp"}
    save_checkpoint(tmp_path / "other.pt", content)
    err = output.of(2, tmp_path / "other.pt", "--samples", "100")[1]
    assert "32×32×1" in err
    assert "28×28×1" in err


def test_a_generator_that_knows_classes(
    output: Output, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([*TRAIN, "--set", "training.class_conditional=true", "--runs", str(runs_dir)]) == 0
    checkpoint = next(runs_dir.glob("*/checkpoints/*.pt"))
    found = json.loads(output.of(0, checkpoint, "--samples", "100", "--json")[0])
    assert len(found["values"]) == len(TITLES)

    data = MNIST5k().load()
    without = type(data)("digits", torch.clone(data.images))
    monkeypatch.setattr(MNIST5k, "load", lambda *_: without)
    assert "0 classes now, but this generator makes 10" in output.of(2, checkpoint)[1]
