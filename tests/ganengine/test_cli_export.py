"""`ganengine export` and `ganengine list formats`."""

from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.export.grid import compose_grid, load_sample
from ganengine.publish.base import formats
from ganengine.runs.directory import RunDirectory
from tests.ganengine.publishing import files_in, pixels, tiny_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return tiny_run(tmp_path_factory.mktemp("runs"))


def export(run: RunDirectory, *arguments: str | Path) -> int:
    return main(["export", "1", *map(str, arguments), "--runs", str(run.path.parent)])


@pytest.mark.parametrize("kind", sorted(set(formats()) - {"onnx"}))  # that one takes long, and has its own tests
def test_every_format(kind: str, run: RunDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / f"made{formats()[kind].suffix}"
    assert export(run, "--format", kind, "--out", out) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert files_in(tmp_path) == [out.name]
    assert out.is_dir() == (not formats()[kind].suffix)


def test_the_ending_names_the_format(run: RunDirectory, tmp_path: Path) -> None:
    assert export(run, "--out", tmp_path / "a.png", "--set", "padding=0", "--set", "scale=1") == 0
    assert (pixels(tmp_path / "a.png") == compose_grid(load_sample(run.sample_path(6)), 2, 3, padding=0)[..., 0]).all()
    assert export(run, "--out", tmp_path / "b.png", "--at", "3", "--set", "padding=0", "--set", "scale=1") == 0
    assert (pixels(tmp_path / "b.png") == compose_grid(load_sample(run.sample_path(3)), 2, 3, padding=0)[..., 0]).all()


def test_a_layout_of_ones_own(run: RunDirectory, tmp_path: Path) -> None:
    layout = ("--set", "padding=0", "--set", "scale=1")
    assert export(run, "--out", tmp_path / "a.png", "--set", "columns=3", *layout) == 0
    assert pixels(tmp_path / "a.png").shape == (2 * 28, 3 * 28)
    new = ("--set", "images=new", "--set", "rows=3", "--set", "columns=5")
    assert export(run, "--out", tmp_path / "b.png", *new, *layout) == 0
    assert pixels(tmp_path / "b.png").shape == (3 * 28, 5 * 28)


def test_a_checkpoint_file(run: RunDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(run.checkpoints.path(3))
    assert main(["export", checkpoint, "--out", str(tmp_path / "a.safetensors")]) == 0
    assert main(["export", checkpoint, "--out", str(tmp_path / "a.png"), "--at", "3"]) == 2
    assert "A step goes with a run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "a.png", "--set", "rowz=3"), "--set rowz: grid has no such setting; did you mean rows?"),
        (("--out", "a.png", "--set", "rows=many"), "--set rows: must be a whole number, not 'many'"),
        (("--out", "a.png", "--set", "colormap=pink"), "--set colormap: must be one of 'none', 'inverted'"),
        (("--out", "a.png", "--set", "rows=9", "--set", "columns=9"), "There are only 6"),
        (
            (
                "--out",
                "a.bmp",
            ),
            "--out a.bmp does not say the format; give --format, one of grid, images",
        ),
        (("--out", "a", "--format", "bmp"), "--format: there is no format 'bmp'"),
        (("--out", "no/a.png"), "--out no/a.png: there is no folder no"),
        (("--out", "a.onnx", "--at", "4"), "has no checkpoint of step 4; there are those of step 3, 6."),
        (("--out", "there.png"), "--out there.png is there already; name another, or add --overwrite"),
        (("--out", "full", "--format", "images"), "The folder full is not empty."),
        (("--out", "full", "--format", "grid", "--device", "cuda:9"), "training.device"),
    ],
)
def test_mistakes(
    arguments: tuple[str, ...],
    message: str,
    run: RunDirectory,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.png").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    assert export(run, *arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not said.out
    assert (tmp_path / "there.png").read_text() == "mine"
    assert files_in(tmp_path) == ["full", "there.png"]


def test_overwriting(run: RunDirectory, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("old")
    assert export(run, "--out", tmp_path / "a.png", "--overwrite") == 0
    assert pixels(tmp_path / "a.png").ndim == 2


def test_the_list_of_formats_names_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "formats"]) == 0
    said = capsys.readouterr().out
    for kind, cls in formats().items():
        assert f"\n{kind} " in f"\n{said}"
        assert all(f" {name}=" in said for name in cls.model_fields if name != "kind")
