"""`ganengine data check`."""

from pathlib import Path

import pytest

from ganengine.cli import main
from tests.ganengine.pictures import encoded, noise, write_files, write_zip


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GAN_STUDIO_DATA", str(tmp_path / "root"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    files = {
        f"{name}/{number}.png": encoded(noise(number + ord(name), (70, 70))) for name in "AB" for number in range(4)
    }
    return write_files(tmp_path / "pictures", files | {"A/broken.png": b"text"})


def test_a_folder_with_a_broken_file_is_usable(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(pictures)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("pictures: 8 images of 64×64×3; 1 file left out\n")
    assert "A/broken.png: not an image: it is a text" in printed.out
    assert printed.err == "", "quick work tells nothing on the way"


@pytest.mark.parametrize("what", ["pictures", "./pictures", "pictures.zip", "inroot"])
def test_what_a_path_may_be(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    write_zip(tmp_path / "pictures.zip", {"a.png": encoded(noise(1)), "b.png": encoded(noise(2))})
    write_files(tmp_path / "root" / "inroot_small", {"a.png": encoded(noise(1))})
    assert main(["data", "check", what]) == 0
    counts = {"pictures.zip": "pictures: 2 images", "inroot": "inroot_small: 1 image "}
    assert capsys.readouterr().out.startswith(counts.get(what, "pictures: 8 images"))


def test_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", "mnist-5k", "--resolution", "32"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("MNIST digits (5,000): 5,000 images of 32×32×1\n")
    assert "10: 0 (500), 1 (500)" in out


def test_options(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(pictures), "--resolution", "48", "--channels", "grey", "--fit", "pad"]) == 0
    assert "8 images of 48×48×1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "There is no 'nowhere', neither here nor in"),
        (["nowhere"], "or one of the names"),
        (["pictures", "--resolution", "31"], "--resolution must be one of"),
        (["pictures", "--channels", "pink"], "--channels must be one of"),
        (["mnist-5k", "--fit", "crop"], "--fit does not go with mnist-5k"),
        (["empty"], "There are no pictures in"),
        (["text.zip"], "is not a zip archive"),
        ([], "required: PATH|NAME"),
    ],
)
def test_what_the_user_got_wrong_is_said_in_one_line(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_bytes(b"text")
    assert main(["data", "check", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["data", "check", "--help"])
    assert ended.value.code == 0
    assert "--resolution" in capsys.readouterr().out
