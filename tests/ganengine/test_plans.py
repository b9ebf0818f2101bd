"""Plans: what is varied, how the variations are called, and that a bad value is seen before the first run."""

from pathlib import Path
from typing import Any

import pytest

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError
from ganengine.plans import Compare, Plan, Variation, parse_vary
from ganengine.presets import all_presets, find_preset, load_preset, save_preset
from ganengine.values import short_value, split_values

BASE = TrainConfig()
OPTIMIZERS = "optimizer_g.kind,optimizer_d.kind=sgd,rmsprop,adam"
FACES = """
preset = "faces"
[about]
title = "Faces"
[compare]
title = "Compare optimizers"
[[compare.variation]]
name = "SGD"
changes = {"optimizer_g.kind,optimizer_d.kind" = "sgd", optimizer_g.lr = 0.01, optimizer_d = {lr = 0.02, momentum=0.5}}
[[compare.variation]]
name = "Adam"
changes = { optimizer_g.kind = "adam", optimizer_d.kind = "adam", "optimizer_g.betas,optimizer_d.betas" = [0.5, 0.999] }
[optimizer_g]
kind = "adam"
lr = 0.0002
"""


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_STUDIO_PRESETS", str(tmp_path / "presets"))
    path = tmp_path / "presets" / "faces.toml"
    path.parent.mkdir()
    path.write_text(FACES, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "paths", "values"),
    [
        (OPTIMIZERS, ("optimizer_g.kind", "optimizer_d.kind"), ("sgd", "rmsprop", "adam")),
        ("optimizer_g.lr=1e-4, 0.01", ("optimizer_g.lr",), (1e-4, 0.01)),
        ("generator.widths=[128, 256],[64]", ("generator.widths",), ([128, 256], [64])),
        (" training.seed = 1,2 ", ("training.seed",), (1, 2)),
        ('preset="a,b",c', ("preset",), ("a,b", "c")),
        ("training.class_conditional=true,false", ("training.class_conditional",), (True, False)),
        ("training.seed=1", ("training.seed",), (1,)),
        ("x.y=1,true", ("x.y",), (1, True)),
    ],
)
def test_what_is_varied(text: str, paths: tuple[str, ...], values: tuple[Any, ...]) -> None:
    axis = parse_vary(text)
    assert axis.paths == paths
    assert axis.values == values
    assert [type(value) for value in axis.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    "text", ["", "optimizer_g.lr", "=1,2", "a.b,=1", "a.b=", "a.b=1,,2", "a.b,a.b=1", "a.b=1,1", "a.b=sgd, sgd"]
)
def test_what_cannot_be_varied(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_vary(text)


def test_both_optimizers_change_together_and_are_called_by_their_titles() -> None:
    plan = Plan.of_axes(BASE, [parse_vary(OPTIMIZERS)])
    assert plan.title == "SGD, RMSprop and Adam"
    assert [variation.name for variation in plan.variations] == ["SGD", "RMSprop", "Adam"]
    configs = plan.configs()
    assert [config.optimizer_g.kind for config in configs] == ["sgd", "rmsprop", "adam"]
    assert [config.optimizer_d.kind for config in configs] == ["sgd", "rmsprop", "adam"]
    assert configs[2] == BASE


def test_several_axes_give_all_combinations() -> None:
    plan = Plan.of_axes(BASE, [parse_vary("loss.kind=hinge,lsgan"), parse_vary("optimizer_g.lr=1e-4,0.01")])
    names = [variation.name for variation in plan.variations]
    assert [name.rpartition(", ")[2] for name in names] == ["lr 1e-4", "lr 0.01"] * 2
    assert len(set(names)) == 4
    found = [(config.loss.kind, config.optimizer_g.lr) for config in plan.configs()]
    assert found == [("hinge", 1e-4), ("hinge", 0.01), ("lsgan", 1e-4), ("lsgan", 0.01)]


def test_names_say_whose_setting_it_is_where_both_players_have_it() -> None:
    plan = Plan.of_axes(BASE, [parse_vary("optimizer_g.lr=0.1,0.2"), parse_vary("optimizer_d.lr=0.3,0.4")])
    assert [variation.name for variation in plan.variations][:2] == ["G lr 0.1, D lr 0.3", "G lr 0.1, D lr 0.4"]
    plan = Plan.of_axes(BASE, [parse_vary("optimizer_g.lr=0.1"), parse_vary("optimizer_d.lr=0.3,0.4")])
    assert [variation.name for variation in plan.variations] == ["lr 0.3", "lr 0.4"]
    assert [config.optimizer_g.lr for config in plan.configs()] == [0.1, 0.1]


def test_a_bad_value_names_the_setting_and_the_variation() -> None:
    plan = Plan.of_axes(BASE, [parse_vary("optimizer_g.kind=sgd,nonsense")])
    with pytest.raises(ConfigError, match="nonsense") as caught:
        plan.configs()
    assert caught.value.path == "optimizer_g.kind"
    with pytest.raises(ConfigError):
        plan.runs()
    with pytest.raises(ConfigError, match=r"did you mean optimizer_g\.lr") as caught:
        Plan.of_axes(BASE, [parse_vary("optimizer_g.lrr=1")]).configs()
    assert caught.value.path == "optimizer_g.lrr"


def test_what_makes_no_plan() -> None:
    with pytest.raises(ConfigError, match="twice"):
        Plan.of_axes(BASE, [parse_vary("training.seed=1,2"), parse_vary("training.seed=3")])
    many = parse_vary("training.seed=" + ",".join(map(str, range(30))))
    with pytest.raises(ConfigError, match="900 combinations"):
        Plan.of_axes(BASE, [many, parse_vary("training.steps=" + ",".join(map(str, range(1, 31))))])


def test_runs_of_a_plan_are_one_group_and_those_of_the_next_another() -> None:
    plan = Plan(BASE, (Variation("one", {"training.seed": 1}), Variation("two", {"training.seed": 2})), "Seeds")
    first, second = plan.runs()
    assert (first.config.training.seed, second.config.training.seed) == (1, 2)
    assert first.group.id == second.group.id != plan.runs()[0].group.id
    assert (second.group.name, second.group.variation, second.group.index, second.group.count) == ("Seeds", "two", 1, 2)


def test_a_presets_own_comparison(faces: Path) -> None:
    preset = find_preset("faces")
    assert preset.compare is not None
    plan = preset.compare.plan(preset.config)
    assert plan.title == "Compare optimizers"
    assert [variation.name for variation in plan.variations] == ["SGD", "Adam"]
    sgd, adam = plan.configs()
    assert (sgd.optimizer_g.kind, sgd.optimizer_d.kind) == ("sgd", "sgd")
    assert (sgd.optimizer_g.lr, sgd.optimizer_d.lr) == (0.01, 0.02)
    assert sgd.get("optimizer_d.momentum") == 0.5
    assert adam.optimizer_g.lr == 0.0002
    assert adam.get("optimizer_d.betas") == (0.5, 0.999)
    assert TrainConfig.load(faces) == preset.config.with_changes({"preset": "faces"})


def test_ones_own_preset_keeps_the_comparison(faces: Path) -> None:
    preset = load_preset(faces)
    saved = save_preset("mine", preset.config, compare=preset.compare)
    assert saved.compare == preset.compare
    again = Compare(title="Losses", vary=("loss.kind=hinge,lsgan",))
    assert save_preset("mine", preset.config, compare=again).compare == again
    assert save_preset("mine", preset.config).compare is None


@pytest.mark.parametrize(
    "table",
    [
        '[compare]\ntitle = "Nothing"',
        '[compare]\nvary = ["optimizer_g.kind"]',
        '[compare]\nvary = ["training.seed=1"]\n[[compare.variation]]\nname = "b"\nchanges = {}',
        '[compare]\ncolour = "red"',
    ],
)
def test_a_comparison_that_is_not_understood(table: str, faces: Path) -> None:
    faces.write_text(table, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_preset(faces)
    assert caught.value.path == "compare"


def test_two_variations_of_one_name() -> None:
    table = {"name": "same", "changes": {"training.seed": 1}}
    with pytest.raises(ConfigError, match="same"):
        Compare.model_validate({"variation": [table, table]}).plan(BASE)


def test_the_comparisons_of_our_presets_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_STUDIO_PRESETS", str(tmp_path))
    for preset in all_presets():
        if preset.compare:
            assert len(preset.compare.plan(preset.config).configs()) >= 2, preset.name


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-4, "1e-4"), (2.5e-4, "2.5e-4"), (0.01, "0.01"), (0.5, "0.5"), (1e9, "1e9"), (64, "64"), (True, "on"),
     ((0.5, 0.999), "[0.5, 0.999]"), ("adam", "adam"), (None, "–"), (0.0, "0"), (-3e-8, "-3e-8")],
)  # fmt: skip
def test_values_in_few_characters(value: object, text: str) -> None:
    assert short_value(value) == text


def test_commas_within_brackets_and_quotes_part_nothing() -> None:
    assert split_values("[1, 2], {a = 1, b = [3, 4]}, 'x, y', z") == ["[1, 2]", "{a = 1, b = [3, 4]}", "'x, y'", "z"]


def test_a_plan_repeated_over_seeds() -> None:
    plan = Plan.of_axes(BASE.with_changes({"training.seed": 7}), [parse_vary("loss.kind=hinge,lsgan")])
    repeated = plan.repeated(2)
    names = [variation.name for variation in repeated.variations]
    assert [name.partition(", ")[2] for name in names] == ["seed 7", "seed 8"] * 2
    found = [(config.loss.kind, config.training.seed) for config in repeated.configs()]
    assert found == [("hinge", 7), ("hinge", 8), ("lsgan", 7), ("lsgan", 8)]
    assert repeated.title == plan.title
    assert plan.repeated(1) == plan
    assert [variation.name for variation in Plan.of_one(BASE).repeated(2).variations] == ["seed 0", "seed 1"]
    with pytest.raises(ConfigError, match="varied already"):
        Plan.of_axes(BASE, [parse_vary("training.seed=1,2")]).repeated(2)
    with pytest.raises(ConfigError, match="600 runs"):
        plan.repeated(300)
