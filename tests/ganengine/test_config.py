"""`TrainConfig`: one declaration of every setting, exact TOML, and messages that a person can act on."""

import math
from pathlib import Path
from typing import Any

import pytest

from ganengine.components import Component, alternatives
from ganengine.config import (
    TrainConfig,
    all_declarations,
    changed_paths,
    component_family,
    live_paths,
    section_declarations,
)
from ganengine.data.sources.base import DataSource
from ganengine.errors import ConfigError
from ganengine.optimizers.base import Optimizer

COMPONENTS = [name for name in TrainConfig.model_fields if component_family(name)]


def every_kind() -> list[tuple[str, str]]:
    return [(section, kind) for section in COMPONENTS for kind in alternatives(component_family(section))]  # type: ignore[type-var,arg-type]


def quoted(family: type[Component]) -> str:
    """All kinds as a message lists them."""
    return ", ".join(repr(name) for name in alternatives(family))


def tag_path(section: str) -> str:
    family = component_family(section)
    assert family
    return f"{section}.{family.tag}"


def test_every_family_has_a_choice() -> None:
    assert {"data", "generator", "discriminator", "loss", "optimizer_g", "optimizer_d"} <= set(COMPONENTS)
    assert {("optimizer_g", "sgd"), ("optimizer_d", "rmsprop"), ("generator", "dcgan")} <= set(every_kind())


@pytest.mark.parametrize(("section", "kind"), every_kind())
def test_toml_round_trip(section: str, kind: str) -> None:
    config = TrainConfig().with_changes({tag_path(section): kind})
    assert config.get(tag_path(section)) == kind
    again = TrainConfig.from_toml(config.to_toml())
    assert again == config
    assert again.to_toml() == config.to_toml()


def test_toml_round_trip_of_values_far_from_the_defaults() -> None:
    config = TrainConfig().with_changes(
        {
            "preset": 'a "quoted" name, ünïcode',
            "optimizer_g.lr": 1.2345678901234567e-7,
            "optimizer_g.betas": [0.0, 0.99],
            "generator.widths": [3, 5, 7],
            "training.seed": 2**31 - 1,
        }
    )
    again = TrainConfig.from_toml(config.to_toml())
    assert again == config
    assert again.optimizer_g.lr == 1.2345678901234567e-7


def test_the_toml_is_complete() -> None:
    text = TrainConfig().to_toml()
    for found in all_declarations(TrainConfig()):
        assert f"{found.name} = " in text


def test_load_reads_a_file_and_names_one_that_is_missing_or_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TrainConfig().to_toml(), encoding="utf-8")
    assert TrainConfig.load(path) == TrainConfig()
    with pytest.raises(ConfigError, match=r"absent\.toml cannot be read"):
        TrainConfig.load(tmp_path / "absent.toml")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"mine\.toml cannot be read"):
        TrainConfig.load(path)
    with pytest.raises(ConfigError, match="not valid TOML"):
        TrainConfig.from_toml("a = = 1")


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        ({"optimizer_g": {"kind": "adam", "lr": -1.0}}, "optimizer_g.lr", "must be more than 0, not -1"),
        ({"optimizer_g": {"kind": "adam", "lr": 11}}, "optimizer_g.lr", "must be at most 10, not 11"),
        ({"optimizer_g": {"kind": "adam", "lr": "fast"}}, "optimizer_g.lr", "must be a number, not 'fast'"),
        ({"optimizer_d": {"kind": "adam", "lr": math.nan}}, "optimizer_d.lr", "must be a finite number"),
        ({"optimizer_d": {"kind": "adam", "lr": math.inf}}, "optimizer_d.lr", "must be a finite number"),
        ({"optimizer_d": {"kind": "adam", "betas": [0.5, math.nan]}}, "optimizer_d.betas", "must be a finite number"),
        ({"optimizer_d": {"kind": "adam", "betas": [0.5, 1.0]}}, "optimizer_d.betas", "must be less than 1, not 1"),
        ({"optimizer_g": {"kind": "adan"}}, "optimizer_g.kind", f"must be one of {quoted(Optimizer)}"),
        ({"optimizer_g": {"lr": 0.1}}, "optimizer_g.kind", "is missing"),
        ({"data": {"source": "mnist-6k"}}, "data.source", f"must be one of {quoted(DataSource)}"),
        ({"data": {"source": "mnist-5k", "resolution": 30}}, "data.resolution", "must be one of 28, 32 or 64, not 30"),
        ({"training": {"steps": 0}}, "training.steps", "must be at least 1, not 0"),
        ({"training": {"steps": 1.5}}, "training.steps", "must be a whole number, not 1.5"),
        ({"training": {"steps": "many"}}, "training.steps", "must be a whole number, not 'many'"),
        ({"training": {"steps": None}}, "training.steps", "must be a whole number"),
        ({"training": {"length_in": "days"}}, "training.length_in", "must be one of 'steps' or 'epochs', not 'days'"),
        (
            {"generator": {"kind": "mlp", "spectral_norm": "perhaps"}},
            "generator.spectral_norm",
            "must be true or false",
        ),
        ({"generator": {"kind": "mlp", "widths": []}}, "generator.widths", "needs at least 1"),
        ({"generator": {"kind": "mlp", "widths": [0]}}, "generator.widths", "must be at least 1, not 0"),
        ({"generator": {"kind": "mlp", "widths": [1] * 13}}, "generator.widths", "too many values, at most 12"),
        ({"loss": {"kind": "nonsaturating", "real_label": 0.5}}, "loss.real_label", "must be more than 0.5, not 0.5"),
    ],
)
def test_a_wrong_value_names_its_path_and_says_why(values: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig.parse(values)
    assert caught.value.path == path
    assert message in caught.value.message
    assert str(caught.value) == f"{path}: {caught.value.message}"
    assert "pydantic" not in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig.parse({"training": {"steps": 0, "seed": -1}, "loss": {"kind": "nonsense"}})
    assert {path for path, _ in caught.value.problems} == {"training.steps", "training.seed", "loss.kind"}
    assert (caught.value.path, caught.value.message) == caught.value.problems[0]


@pytest.mark.parametrize(
    ("unknown", "near"),
    [
        ("training.batchsize", "training.batch_size"),
        ("optimizer_g.learning_rate", None),
        ("optimiser_g.lr", "optimizer_g.lr"),
        ("optimizer_g.beta", "optimizer_g.betas"),
    ],
)
def test_an_unknown_setting_is_refused_and_a_near_one_suggested(unknown: str, near: str | None) -> None:
    with pytest.raises(ConfigError, match="there is no such setting") as caught:
        TrainConfig().with_changes({unknown: 1})
    assert caught.value.path == unknown
    if near:
        assert f"did you mean {near}?" in caught.value.message


def test_a_setting_of_another_kind_is_named_as_such() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig().with_changes({"generator.kind": "dcgan", "generator.widths": [3]})
    assert str(caught.value) == "generator.widths: does not exist for the kind that is chosen"


def test_a_change_inside_a_plain_value_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig().with_changes({"preset.name": "x"})
    assert caught.value.path == "preset.name"


def test_with_changes_keeps_what_the_new_kind_shares() -> None:
    before = TrainConfig().with_changes(
        {"optimizer_g.lr": 3e-3, "optimizer_g.weight_decay": 0.1, "optimizer_g.betas": [0.1, 0.2]}
    )
    after = before.with_changes({"optimizer_g.kind": "rmsprop"})
    assert after.get("optimizer_g.lr") == 3e-3
    assert after.get("optimizer_g.weight_decay") == 0.1
    assert not hasattr(after.optimizer_g, "betas")
    assert after.optimizer_d == before.optimizer_d


def test_with_changes_takes_the_new_kinds_own_default_for_what_was_not_touched() -> None:
    after = TrainConfig().with_changes({"optimizer_g.kind": "sgd"})
    assert after.optimizer_g == type(after.optimizer_g)()


@pytest.mark.parametrize("reverse", [False, True])
def test_with_changes_switches_the_kind_before_its_settings(reverse: bool) -> None:
    changes = [("optimizer_g.kind", "sgd"), ("optimizer_g.momentum", 0.9), ("optimizer_g.lr", 0.5)]
    after = TrainConfig().with_changes(dict(reversed(changes) if reverse else changes))
    assert after.get("optimizer_g.momentum") == 0.9
    assert after.get("optimizer_g.lr") == 0.5


def test_with_changes_to_an_unknown_kind_names_it() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig().with_changes({"optimizer_g.kind": "adan"})
    assert caught.value.path == "optimizer_g.kind"
    assert "'adan'" in caught.value.message or "adam" in caught.value.message


def test_live_paths_are_rates_lengths_and_intervals_only() -> None:
    live = live_paths(TrainConfig())
    assert {
        "optimizer_g.lr",
        "optimizer_d.lr",
        "training.steps",
        "training.epochs",
        "recording.sample_every",
        "recording.checkpoint_every",
        "recording.log_every",
    } <= live
    never = {"training.batch_size", "training.seed", "generator.kind", "optimizer_g.kind", "data.source", "loss.kind"}
    assert not never & live


def test_changed_paths() -> None:
    old = TrainConfig()
    assert changed_paths(old, TrainConfig()) == {}
    new = old.with_changes({"training.batch_size": 8, "optimizer_g.kind": "rmsprop"})
    found = changed_paths(old, new)
    assert found["training.batch_size"] == (64, 8)
    assert found["optimizer_g.kind"] == ("adam", "rmsprop")
    assert found["optimizer_g.betas"] == ((0.5, 0.999), None)
    assert found["optimizer_g.alpha"] == (None, 0.99)
    assert not any(path.startswith("optimizer_d") for path in found)


def test_nesterov_needs_a_momentum() -> None:
    with pytest.raises(ConfigError, match="needs a momentum above 0") as caught:
        TrainConfig().with_changes({"optimizer_d.kind": "sgd", "optimizer_d.nesterov": True})
    assert caught.value.path == "optimizer_d.nesterov"


def test_every_resolution_on_offer_fits_every_network_that_says_so() -> None:
    for resolution in (28, 32, 64):
        config = TrainConfig().with_changes(
            {"data.resolution": resolution, "generator.kind": "dcgan", "discriminator.kind": "dcgan"}
        )
        assert config.data.image_shape().resolution == resolution  # type: ignore[union-attr]


@pytest.mark.parametrize("section", ["generator", "discriminator"])
def test_networks_that_do_not_fit_the_data_are_refused(section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from ganengine.data.sources.mnist_5k import MNIST5k
    from ganengine.shapes import ImageShape

    monkeypatch.setattr(MNIST5k, "image_shape", lambda self: ImageShape(1, 30))
    with pytest.raises(ConfigError, match="the data have 30") as caught:
        TrainConfig().with_changes({f"{section}.kind": "dcgan"})
    assert caught.value.path == f"{section}.kind"


def test_every_declaration_of_every_kind_has_title_description_and_a_default_within_its_bounds() -> None:
    seen = 0
    for section in TrainConfig.model_fields:
        family = component_family(section)
        classes = list(alternatives(family).values()) if family else [type(getattr(TrainConfig(), section))]
        for cls in classes:
            if cls is str:
                continue
            for found in section_declarations(section, cls):
                seen += 1
                assert found.title.strip(), found.path
                assert found.description.strip().endswith("."), found.path
                assert "_" not in found.title, found.path
                if found.minimum is not None:
                    assert found.default >= found.minimum, found.path
                if found.maximum is not None:
                    assert found.default <= found.maximum, found.path
    assert seen > 50


def test_settings_that_depend_on_another_name_one_that_exists() -> None:
    for section, kind in every_kind():
        cls = alternatives(component_family(section))[kind]  # type: ignore[type-var,arg-type]
        found = {declaration.name: declaration for declaration in section_declarations(section, cls)}
        for declaration in found.values():
            if declaration.only_when:
                sibling, value = declaration.only_when
                assert value in found[sibling].choices


def test_a_config_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        TrainConfig().training.steps = 3  # type: ignore[misc]


def test_a_value_that_the_new_kind_refuses_is_not_taken_over() -> None:
    convolutions = TrainConfig().with_changes({"generator.kind": "dcgan", "generator.norm": "instance"})
    dense = convolutions.with_changes({"generator.kind": "mlp"})
    assert dense.generator.norm == TrainConfig().generator.norm  # type: ignore[attr-defined]


def test_clipping_and_gradient_penalty_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="gradient penalty") as caught:
        TrainConfig().with_changes({"loss.kind": "wasserstein", "regularization.gp_weight": 10.0})
    assert caught.value.path == "loss.clip"
    TrainConfig().with_changes({"loss.kind": "wasserstein", "loss.clip": 0.0, "regularization.gp_weight": 10.0})
