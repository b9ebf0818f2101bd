"""A new component is one new file: it is found, offered, validated and explained without a word elsewhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from ganengine.components import alternatives
from ganengine.config import TrainConfig, component_family
from ganengine.errors import ConfigError

NEW_LOSS = '''
"""Least squares."""

from typing import ClassVar, Literal

from torch import Tensor

from ganengine.fields import setting
from ganengine.losses.base import Loss


class Squares(Loss):
    """Squared distance to the label.

    More text.
    """

    title: ClassVar[str] = "Squares"
    kind: Literal["squares"] = "squares"
    target: float = setting(1.0, title="Target", description="What a real image is worth.", ge=0.5, le=2.0)

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Tensor, Tensor]:
        return (real_logits - self.target).square().mean(), fake_logits.square().mean()

    def generator(self, fake_logits: Tensor) -> Tensor:
        return (fake_logits - self.target).square().mean()
'''

USES_IT = """
import sys
import ganengine.losses
ganengine.losses.__path__.append(sys.argv[1])

from ganengine.components import alternatives
from ganengine.config import TrainConfig, all_declarations
from ganengine.errors import ConfigError
from ganengine.losses.base import Loss

assert list(alternatives(Loss)) == sorted(alternatives(Loss)), "alphabetical"
found = alternatives(Loss)["squares"]
assert (found.title, found.summary()) == ("Squares", "Squared distance to the label."), found.summary()

config = TrainConfig.from_toml('[loss]\\nkind = "squares"\\ntarget = 1.5')
assert config.loss.target == 1.5
assert TrainConfig.from_toml(config.to_toml()) == config
declared = {declaration.path: declaration for declaration in all_declarations(config)}
assert declared["loss.target"].maximum == 2.0
assert declared["loss.kind"].label_of("squares") == "Squares"
assert {"nonsaturating", "squares"} <= set(declared["loss.kind"].choices)
try:
    TrainConfig().with_changes({"loss.kind": "squares", "loss.target": 3.0})
except ConfigError as error:
    assert error.path == "loss.target" and "at most 2" in error.message, error
else:
    raise AssertionError("out of bounds was accepted")
print("found")
"""


def test_a_new_loss_is_one_new_file(tmp_path: Path) -> None:
    (tmp_path / "squares.py").write_text(NEW_LOSS, encoding="utf-8")
    command = [sys.executable, "-c", USES_IT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "found", done.stderr


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"optimizer_g\.kind: must be one of .*adam.*rmsprop.*sgd"):
        TrainConfig().with_changes({"optimizer_g.kind": "adan"})


def test_every_component_says_what_it_is() -> None:
    families = {family for name in TrainConfig.model_fields if (family := component_family(name))}
    for family in families:
        for name, component in alternatives(family).items():
            assert component.name() == name
            assert component.title
            assert component.summary().endswith("."), f"{name}: {component.summary()}"
