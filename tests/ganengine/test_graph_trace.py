"""The step as one graph, run without a compiler, beside the step as torch takes it."""

from typing import Any

import pytest

from ganengine.components import alternatives
from ganengine.losses.base import Loss
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.generators.base import Generator
from ganengine.optimizers.base import Optimizer
from ganengine.shapes import ImageShape
from tests.ganengine.graph_helpers import both_ways, narrow_config, worst

TOLERANCE = 1e-3  # of the way that a tensor went
SGD = {f"optimizer_{name}.{key}": value for name in "gd" for key, value in (("kind", "sgd"), ("lr", 0.02), ("momentum", 0.9))}
CONVOLUTIONS = {"generator.kind": "dcgan", "discriminator.kind": "dcgan"}
RESIDUAL = {"generator.kind": "resnet", "discriminator.kind": "resnet"}
GP = {"regularization.gp_weight": 10.0}
ALL_PENALTIES = {**GP, "regularization.r1_gamma": 1.0, "regularization.r2_gamma": 0.5}
SMALL, COLOUR = ImageShape(1, 28), ImageShape(3, 32)


def kinds(section: str, family: Any) -> dict[str, dict[str, Any]]:
    return {f"{section} {kind}": {f"{section}.kind": kind} for kind in alternatives(family)}


def check(changes: dict[str, Any], shape: ImageShape = SMALL, num_classes: int = 0) -> None:
    pair = both_ways(narrow_config({**SGD, **changes}), shape, num_classes)
    share, name = worst(pair)
    print(f"{share:.1e} {name}")
    assert share <= TOLERANCE, f"{name} is off by {share:.1e} of its way"

QUICK = {"mlp": {}, "conv": CONVOLUTIONS, "res": RESIDUAL}
@pytest.mark.parametrize("case", QUICK)
def test_it(case: str) -> None:
    check(QUICK[case])
