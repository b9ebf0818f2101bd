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


def test_everything_comes_back(settings: QSettings, tmp_path: Path) -> None:
    before = Settings(settings)
    before.theme = "dark"
    before.window_geometry = QByteArray(b"\x00\x01geometry\xff")
    before.window_state = QByteArray(b"\x00state")
    before.runs_dir = tmp_path / "my, runs"
    before.recent_run = tmp_path
    before.last_form = TOML
    before.last_preset = "digits"
    before.set_splitter_sizes("main", [320, 800, 400])

    after = reopened(settings)
    assert after.theme == "dark"
    assert after.window_geometry == QByteArray(b"\x00\x01geometry\xff")
    assert after.window_state == QByteArray(b"\x00state")
    assert after.runs_dir == tmp_path / "my, runs"
    assert after.recent_run == tmp_path
    assert after.last_form == TOML
    assert after.last_preset == "digits"
    assert after.splitter_sizes("main") == [320, 800, 400]
    assert after.splitter_sizes("other") == []


def test_first_start_has_usable_values(settings: QSettings) -> None:
    fresh = Settings(settings)
    assert fresh.theme == "system"
    assert fresh.window_geometry.isEmpty()
    assert fresh.window_state.isEmpty()
    assert fresh.recent_run is None
    assert (fresh.last_form, fresh.last_preset) == ("", "")
    assert fresh.runs_dir == default_runs_root()


def test_runs_dir_comes_from_the_environment(
    settings: QSettings, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings(settings).runs_dir == runs_dir
    monkeypatch.delenv("GAN_STUDIO_RUNS")
    assert Settings(settings).runs_dir.name == "GAN Studio"


GARBAGE = [42, 1.5, "", "nonsense", ["a", "b"], {"k": 1}, QByteArray(b"\xff\x00"), "\0", "x" * 2_000_000]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda value: repr(value)[:20])
def test_garbage_reads_as_absent(settings: QSettings, garbage: object) -> None:
    keys = "theme window/geometry window/state runs_dir recent_run form/toml form/preset splitters/main"
    for key in keys.split():
        settings.setValue(key, garbage)
    for read in (Settings(settings), reopened(settings)):
        assert read.theme == "system"
        assert isinstance(read.window_geometry, QByteArray)
        assert isinstance(read.window_state, QByteArray)
        assert read.runs_dir == default_runs_root()
        assert read.recent_run is None
        assert isinstance(read.last_form, str)
        assert isinstance(read.last_preset, str)
        assert read.splitter_sizes("main") == []


@pytest.mark.parametrize("sizes", ['[1, "2"]', "[-5, 10]", "[true, 3]", "[0, 0]", '{"a": 1}', "[1e3, 2]", "[1"])
def test_bad_splitter_sizes_are_left_out(settings: QSettings, sizes: str) -> None:
    settings.setValue("splitters/main", sizes)
    assert Settings(settings).splitter_sizes("main") == []


def test_run_that_is_gone_is_not_offered(settings: QSettings, tmp_path: Path) -> None:
    Settings(settings).recent_run = tmp_path / "deleted"
    assert reopened(settings).recent_run is None


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"\x00\xff[[%%]]=\n=")], ids=["binary"])
def test_damaged_file_is_like_none(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = tmp_path / "broken.ini"
    damage(path)
    read = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    assert read.theme == "system"
    assert read.runs_dir == default_runs_root()
