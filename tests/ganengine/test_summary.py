"""The model summary: the tutorial's numbers, every architecture's weights counted once, nothing drawn."""

from itertools import zip_longest
from typing import Any

import pytest
import torch
from torch import nn

from ganengine.components import alternatives
from ganengine.config import TrainConfig
from ganengine.errors import ConfigError
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.discriminators.mlp import MLPDiscriminator
from ganengine.networks.generators.base import Generator
from ganengine.presets import find_preset
from ganengine.shapes import ImageShape
from ganengine.summary import LayerRow, summarise

DIGITS = ImageShape(1, 28)
SMALL: dict[str, Any] = {"generator.latent_dim": 6}
NARROW = {"mlp": ("widths", [5, 7]), "dense-bn": ("widths", [5, 7]), "dcgan": ("width", 2), "resnet": ("width", 2)}


def config_of(generator: str, discriminator: str, **more: Any) -> TrainConfig:
    changes = {**SMALL, "generator.kind": generator, "discriminator.kind": discriminator}
    for section, kind in (("generator", generator), ("discriminator", discriminator)):
        name, value = NARROW[kind]
        changes[f"{section}.{name}"] = value
    return TrainConfig().with_changes(changes).with_changes(more)


def test_the_simple_preset_is_the_tutorials_table() -> None:
    summary = summarise(find_preset("mnist-simple").config, DIGITS)
    assert summary.generator.rows == (
        LayerRow("Dense 100 → 128", (128,), 12_928, 12_928),
        LayerRow("LeakyReLU 0.01", (128,), 0, 0),
        LayerRow("Dense 128 → 784", (784,), 101_136, 101_136),
        LayerRow("tanh", (784,), 0, 0),
        LayerRow("Reshape", (1, 28, 28), 0, 0),
    )
    assert summary.discriminator.rows == (
        LayerRow("Flatten", (784,), 0, 0),
        LayerRow("Dense 784 → 128", (128,), 100_480, 100_480),
        LayerRow("LeakyReLU 0.01", (128,), 0, 0),
        LayerRow("Dense 128 → 1", (1,), 129, 129),
    )
    assert (summary.generator.parameters, summary.generator.trainable) == (114_064, 114_064)
    assert (summary.discriminator.parameters, summary.discriminator.trainable) == (100_609, 100_609)
    assert (summary.parameters, summary.trainable) == (214_673, 214_673)
    assert summary.mebibytes == pytest.approx(214_673 * 4 / 2**20)


def test_the_text_shows_every_row_and_the_totals_in_columns() -> None:
    text = summarise(find_preset("mnist-simple").config, DIGITS).as_text()
    lines = text.splitlines()
    (dense,) = [line for line in lines if line.startswith("Dense 128 → 784")]
    assert dense.split()[-3:] == ["784", "101,136", "101,136"]
    (reshape,) = [line for line in lines if line.startswith("Reshape")]
    assert reshape.split() == ["Reshape", "28×28×1"]
    (header, _) = [line for line in lines if line.startswith("Layer")]
    assert header.split() == ["Layer", "Output", "Parameters", "Trainable"]
    for number in ("114,064", "100,609", "214,673"):
        assert text.count(f" {number} ") == 1
    # Numbers are aligned on the right.
    ends = {len(line) for line in lines if line.endswith(tuple("0123456789")) and " → " in line}
    assert ends == {len(header)}


@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("spectral_norm", [False, True])
@pytest.mark.parametrize(
    ("generator", "discriminator"),
    list(zip_longest(alternatives(Generator), alternatives(Discriminator), fillvalue="mlp")),
)
def test_every_weight_is_counted_once(
    generator: str, discriminator: str, spectral_norm: bool, num_classes: int
) -> None:
    held = {"generator.spectral_norm": spectral_norm, "discriminator.spectral_norm": spectral_norm}
    config = config_of(generator, discriminator, **held)
    summary = summarise(config, DIGITS, num_classes)
    for network, declared in ((summary.generator, config.generator), (summary.discriminator, config.discriminator)):
        built = declared.build(DIGITS, num_classes)
        assert network.parameters == network.trainable == sum(weight.numel() for weight in built.parameters())
        tensors = [*built.parameters(), *built.buffers()]
        assert network.mebibytes == pytest.approx(sum(tensor.nbytes for tensor in tensors) / 2**20)
        assert "Others" not in {row.name for row in network.rows}
    assert summary.generator.rows[-1].output in {(1, 28, 28)}


def test_layers_are_named_in_the_fields_words() -> None:
    config = config_of("dcgan", "dcgan", **{"discriminator.norm": "layer", "discriminator.dropout": 0.3})
    summary = summarise(config, ImageShape(3, 32), 10)
    names = [row.name for row in summary.generator.rows]
    assert names[:4] == ["Class embedding 10 × 10", "Dense 16 → 128", "Reshape", "Batch norm"]
    assert names[-2:] == ["Transposed convolution 4×4, stride 2, 2 → 3", "tanh"]
    names = [row.name for row in summary.discriminator.rows]
    assert names[0] == "Convolution 4×4, stride 2, 3 → 2, spectral norm"
    assert {"LeakyReLU 0.2", "Dropout 0.3", "Layer norm", "Flatten"} <= {*names}
    assert names[-2:] == ["Dense 128 → 1, spectral norm", "Class embedding 10 × 128, spectral norm"]
    rows = {row.name: row for row in summary.discriminator.rows}
    assert rows["Convolution 4×4, stride 2, 2 → 4, spectral norm"] == LayerRow(
        "Convolution 4×4, stride 2, 2 → 4, spectral norm", (4, 8, 8), 4 * 2 * 16 + 4, 4 * 2 * 16 + 4
    )


def test_blocks_of_a_resnet_are_told_apart() -> None:
    rows = summarise(config_of("resnet", "resnet"), DIGITS).generator.rows
    by_name = {row.name: row for row in rows}
    assert by_name["Block 1: Convolution 3×3, 8 → 4"].output == (4, 14, 14)
    assert by_name["Block 2, shortcut: Convolution 1×1, 4 → 2"].output == (2, 14, 14)
    assert by_name["Block 2, shortcut: Nearest upsampling ×2"].output == (2, 28, 28)


def test_dropout_is_shown_only_where_there_is_some() -> None:
    without = summarise(config_of("mlp", "mlp"), DIGITS)
    assert not any("Dropout" in row.name for row in without.discriminator.rows)


def test_a_summary_draws_no_random_number_and_makes_no_weights() -> None:
    before = torch.get_rng_state()
    summary = summarise(
        TrainConfig().with_changes(
            {"generator.widths": [16384] * 8, "discriminator.kind": "dcgan", "discriminator.width": 512}
        ),
        ImageShape(3, 128),
        1000,
    )
    assert torch.equal(before, torch.get_rng_state())
    assert summary.mebibytes > 8000  # more than tests should take


def test_frozen_and_homeless_weights_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    class Scaled(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner = inner.requires_grad_(False)
            self.scale = nn.Parameter(torch.ones(3))

        def forward(self, images: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
            return self.inner(images, labels) * self.scale.sum()

    build = MLPDiscriminator.build
    monkeypatch.setattr(MLPDiscriminator, "build", lambda self, *given: Scaled(build(self, *given)))
    summary = summarise(find_preset("mnist-simple").config, DIGITS)
    assert (summary.discriminator.parameters, summary.discriminator.trainable) == (100_612, 3)
    assert summary.discriminator.rows[-1] == LayerRow("Others", (), 3, 3)


def test_a_shape_that_does_not_fit_is_said() -> None:
    with pytest.raises(ConfigError) as caught:
        summarise(config_of("mlp", "dcgan"), ImageShape(1, 30))
    assert caught.value.path == "discriminator.kind"
