"""`ganengine summary`: the tutorial's numbers, and data read only where they are needed."""

from pathlib import Path

import pytest

from ganengine.cli import main
from ganengine.data.sources.mnist_5k import MNIST5k


def test_it_prints_the_simple_presets_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST5k, "load", lambda *_: pytest.fail("the shape is known without reading the data"))
    assert main(["summary", "--preset", "mnist-simple"]) == 0
    out = capsys.readouterr().out
    for number in ("114,064", "100,609", "214,673"):
        assert f" {number} " in out


def test_a_class_conditional_network_has_an_embedding_for_each_class(capsys: pytest.CaptureFixture[str]) -> None:
    plain = ["summary", "--preset", "mnist-simple"]
    assert main(plain) == 0
    without = capsys.readouterr().out
    assert main([*plain, "--set", "training.class_conditional=true"]) == 0
    out = capsys.readouterr().out
    assert "Class embedding 10 ×" in out
    assert "Class embedding" not in without


def test_a_file_of_settings_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[generator]\nkind = "mlp"\nlatent_dim = 7\nwidths = [5]\n')
    assert main(["summary", str(path)]) == 0
    assert "Dense 7 → 5 " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere.toml"], "there is no file nowhere.toml"),
        (["--preset", "nothing"], "there is no preset 'nothing'"),
        (["--set", "generator.kind=dense"], "generator.kind"),
        (["--set", "data.source=folder", "--set", "data.path="], "data.path: choose a folder"),
    ],
)
def test_wrong_input_is_one_line(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert why in captured.err
    assert len(captured.err.splitlines()) == 1
