"""Presets: ours load and fit, the person's own are kept and read back."""

from pathlib import Path

import pytest

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError, StorageError
from ganengine.launch import new_run
from ganengine.places import user_presets_folder
from ganengine.presets import DEFAULT, Preset, all_presets, find_preset, load_preset, save_preset
from tests.ganengine.shared_data import shared_data

OURS = [preset for preset in all_presets() if not preset.mine]
DATA = {
    "fashion": "FashionMNIST",
    "notmnist": "notMNIST_10k.tar.gz",
    "letters": "notMNIST_10k.tar.gz",
    "faces": "faces_5k.tar",
}


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own presets"
    monkeypatch.setenv("GAN_STUDIO_PRESETS", str(folder))
    return folder


def test_ours_are_complete_and_the_default_is_first(mine: Path) -> None:
    presets = all_presets()
    assert presets[0].name == DEFAULT
    assert "mnist-simple" in [preset.name for preset in presets]
    for preset in presets:
        assert preset.config.preset == preset.name
        assert preset.about.title
        assert preset.about.note
        assert not preset.mine
        assert preset.about.source
        assert preset.about.try_next
    assert {"fashion-mnist-mlp", "mnist-dropout", "notmnist-dcgan", "faces-dense"} <= {
        preset.name for preset in presets
    }


@pytest.mark.parametrize("preset", OURS, ids=lambda preset: preset.name)
def test_each_of_ours_trains_on_its_data(
    preset: Preset, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if needed := DATA.get(preset.name.partition("-")[0]):
        monkeypatch.setenv("GAN_STUDIO_DATA", str(shared_data(needed).parent))
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "cache"))
    config = preset.config.with_changes({"training.length_in": "steps", "training.steps": 2})
    trainer = new_run(config, runs_dir)
    trainer.run()
    assert trainer.step == 2
    assert trainer.directory.sample_steps() == [0, 2]


def test_ones_own_preset_comes_back(mine: Path) -> None:
    config = TrainConfig().with_changes({"optimizer_g.lr": 0.003, "generator.widths": [7, 8]})
    saved = save_preset("My first one", config, title="First", note="Try it.")
    assert user_presets_folder() == mine
    assert saved == find_preset("My first one") == load_preset(mine / "My first one.toml", mine=True)
    assert saved.config == config.with_changes({"preset": "My first one"})
    assert (saved.about.title, saved.about.note, saved.mine) == ("First", "Try it.", True)
    assert all_presets()[-1] == saved
    changed = save_preset("My first one", config.with_changes({"training.seed": 5}))
    assert find_preset("My first one") == changed


@pytest.mark.parametrize("name", ["", "../outside", "a/b", ".hidden", "x" * 80, "new\nline", "mnist-simple"])
def test_a_name_that_cannot_be_used(name: str, mine: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        save_preset(name, TrainConfig())
    assert caught.value.path == "preset"
    assert not mine.exists() or list(mine.iterdir()) == []


def test_a_broken_preset_is_left_out_of_the_list_and_says_why_by_itself(mine: Path) -> None:
    mine.mkdir()
    broken = mine / "broken.toml"
    for text in ("= =", "[training]\nsteps = 0", "[about]\nauthor = 1"):
        broken.write_text(text, encoding="utf-8")
        assert "broken" not in [preset.name for preset in all_presets()]
        with pytest.raises(ConfigError):
            load_preset(broken)
    with pytest.raises(ConfigError, match="there is no preset 'broken'; there are"):
        find_preset("broken")


def test_any_config_file_is_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "from-a-run.toml"
    path.write_text(TrainConfig().to_toml(), encoding="utf-8")
    found = load_preset(path)
    assert (found.name, found.about.title, found.config.preset) == ("from-a-run", "from-a-run", "from-a-run")


def test_a_place_that_cannot_be_written(mine: Path) -> None:
    mine.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="Could not write the preset"):
        save_preset("mine", TrainConfig())
