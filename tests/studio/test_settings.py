"""Settings come back in another process, and nonsense in the file does no harm."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from ganengine.places import default_runs_root
from studio.settings import Settings

TOML = '[optimizer_g]\nkind = "rmsprop"\nbetas = [0.5, 0.999]\nnote = "50 %, \\"ä\\"; x=1"\n'


def reopened(store: QSettings) -> Settings:
    """The settings as the next start of the program finds them."""
    store.sync()
    return Settings(QSettings(store.fileName(), QSettings.Format.IniFormat))


def test_everything_comes_back(settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_STUDIO_RUNS")
    before = Settings(settings)
    before.theme = "dark"
    before.window_geometry = QByteArray(b"\x00\x01geometry\xff")
    before.window_state = QByteArray(b"\x00state")
    before.runs_dir = tmp_path / "my, runs"
    before.last_form = TOML
    before.hidden_curves = ["loss/g", "prob/real"]

    after = reopened(settings)
    assert after.theme == "dark"
    assert after.window_geometry == QByteArray(b"\x00\x01geometry\xff")
    assert after.window_state == QByteArray(b"\x00state")
    assert after.runs_dir == tmp_path / "my, runs"
    assert after.last_form == TOML
    assert after.hidden_curves == ["loss/g", "prob/real"]


def test_first_start_has_usable_values(settings: QSettings) -> None:
    fresh = Settings(settings)
    assert fresh.theme == "system"
    assert fresh.window_geometry.isEmpty()
    assert fresh.window_state.isEmpty()
    assert fresh.last_form == ""
    assert fresh.runs_dir == default_runs_root()


def test_runs_dir_comes_from_the_environment(
    settings: QSettings, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings(settings).runs_dir = runs_dir / "chosen in the window"
    assert Settings(settings).runs_dir == runs_dir
    settings.remove("runs_dir")
    monkeypatch.delenv("GAN_STUDIO_RUNS")
    assert Settings(settings).runs_dir.name == "GAN Studio"


GARBAGE = [42, 1.5, "", "nonsense", ["a", "b"], {"k": 1}, QByteArray(b"\xff\x00"), "\0", "x" * 2_000_000]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda value: repr(value)[:20])
def test_garbage_reads_as_absent(settings: QSettings, garbage: object) -> None:
    keys = "theme window/geometry window/state runs_dir form/toml plots/hidden"
    for key in keys.split():
        settings.setValue(key, garbage)
    for read in (Settings(settings), reopened(settings)):
        assert read.theme == "system"
        assert isinstance(read.window_geometry, QByteArray)
        assert isinstance(read.window_state, QByteArray)
        assert read.runs_dir == default_runs_root()
        assert isinstance(read.last_form, str)
        assert all(isinstance(key, str) for key in read.hidden_curves)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"\x00\xff[[%%]]=\n=")], ids=["binary"])
def test_damaged_file_is_like_none(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = tmp_path / "broken.ini"
    damage(path)
    read = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    assert read.theme == "system"
    assert read.runs_dir == default_runs_root()
