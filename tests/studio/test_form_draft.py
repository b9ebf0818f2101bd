"""The settings behind the form, without widgets."""

from itertools import permutations

import pytest

from ganengine.components import alternatives
from ganengine.config import TrainConfig, component_family
from ganengine.errors import ConfigError
from studio.form.draft import SECTIONS, Draft

KINDS = [
    (section, pair)
    for section in SECTIONS
    if (family := component_family(section))
    for pair in permutations(alternatives(family), 2)
]


@pytest.mark.parametrize(("section", "pair"), KINDS)
def test_a_kind_changes_as_with_changes_would(section: str, pair: tuple[str, str]) -> None:
    family = component_family(section)
    assert family is not None
    path = f"{section}.{family.tag}"
    before = TrainConfig().with_changes({path: pair[0]})
    numbers = {"lr": 3e-3, "latent_dim": 7, "weight_decay": 0.25, "dropout": 0.125}
    shared = {f"{section}.{name}": value for name, value in numbers.items() if hasattr(before.get(section), name)}
    before = before.with_changes(shared)

    draft = Draft(before)
    draft.choose(section, pair[1])

    assert draft.config() == before.with_changes({path: pair[1]})


def test_settings_of_the_other_kind_come_back_with_it() -> None:
    draft = Draft(TrainConfig().with_changes({"optimizer_g.betas": (0.1, 0.9)}))
    draft.choose("optimizer_g", "sgd")
    draft.set("optimizer_g.weight_decay", 0.5)
    draft.choose("optimizer_g", "adam")
    assert draft.config().get("optimizer_g.betas") == (0.1, 0.9)
    assert draft.config().get("optimizer_g.weight_decay") == 0.5


def test_every_problem_is_found_and_the_text_kept() -> None:
    draft = Draft(TrainConfig())
    draft.set("optimizer_g.lr", -1)
    draft.set("training.batch_size", "many")
    assert dict(draft.problems()).keys() == {"optimizer_g.lr", "training.batch_size"}
    assert draft.get("training.batch_size") == "many"
    with pytest.raises(ConfigError):
        draft.config()


def test_another_kind_is_compared_with_what_the_preset_would_have_there() -> None:
    preset = TrainConfig().with_changes({"optimizer_d.weight_decay": 0.25})
    draft = Draft(preset, preset)
    draft.choose("optimizer_d", "rmsprop")
    reference = draft.reference("optimizer_d")
    assert reference["kind"] == "adam"
    assert reference["weight_decay"] == 0.25
    assert reference["alpha"] == draft.get("optimizer_d.alpha")
