"""The residual networks: blocks against a plain computation, and the paper's widths."""

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, relu

from ganengine.networks.discriminators.resnet import ResNetDiscriminator
from ganengine.networks.generators.resnet import ResNetGenerator
from ganengine.networks.residual import (
    BlockStyle,
    ResidualBlock,
    SumPool,
    doubling_block,
    first_block,
    halving_block,
    level_block,
)
from ganengine.shapes import ImageShape

STYLE = BlockStyle("none", "relu", 0.0, 0.0)


def convolutions(block: ResidualBlock) -> tuple[list[nn.Conv2d], list[nn.Conv2d]]:
    residual = [layer for layer in block.residual if isinstance(layer, nn.Conv2d)]
    shortcut = [layer for layer in block.shortcut if isinstance(layer, nn.Conv2d)]
    return residual, shortcut


def x(channels: int = 3) -> torch.Tensor:
    return torch.randn(2, channels, 8, 8, generator=torch.Generator().manual_seed(0))


def test_a_doubling_block_is_the_papers() -> None:
    block = doubling_block(3, 5, STYLE)
    (one, two), (through,) = convolutions(block)
    h = one(interpolate(relu(x()), scale_factor=2, mode="nearest"))
    # The paper enlarges first and convolves the shortcut then; the other way round is the same and quicker.
    expected = two(relu(h)) + through(interpolate(x(), scale_factor=2, mode="nearest"))
    torch.testing.assert_close(block(x()), expected)
    assert expected.shape == (2, 5, 16, 16)


def test_a_halving_block_is_the_papers() -> None:
    block = halving_block(3, 5, STYLE)
    (one, two), (through,) = convolutions(block)
    expected = avg_pool2d(two(relu(one(relu(x())))) + through(x()), 2)
    torch.testing.assert_close(block(x()), expected)
    assert expected.shape == (2, 5, 4, 4)


def test_the_first_block_does_not_cut_off_the_image() -> None:
    block = first_block(3, 5, STYLE)
    (one, two), (through,) = convolutions(block)
    torch.testing.assert_close(block(x()), avg_pool2d(two(relu(one(x()))) + through(x()), 2))


def test_a_level_block_of_equal_channels_has_a_free_shortcut() -> None:
    block = level_block(3, 3, STYLE)
    (one, two), shortcut = convolutions(block)
    assert not shortcut
    torch.testing.assert_close(block(x()), x() + two(relu(one(relu(x())))))
    assert len(convolutions(level_block(3, 4, STYLE))[1]) == 1


def test_sum_pool_adds_up_all_places() -> None:
    torch.testing.assert_close(SumPool()(x()), x().flatten(2).sum(2))


def test_normalisation_comes_before_each_activation_and_not_on_the_image() -> None:
    style = BlockStyle("batch", "relu", 0.0, 0.0)
    kinds = [type(layer).__name__ for layer in halving_block(3, 5, style).residual]
    assert kinds[:2] == ["BatchNorm2d", "ReLU"]
    assert kinds.count("BatchNorm2d") == 2
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in first_block(3, 5, style).residual)


@pytest.mark.parametrize(
    ("resolution", "generator", "discriminator"),
    [
        # Tables 4 and 5 of the appendix, in units of the width.
        (64, [16, 8, 4, 2, 1], [1, 2, 4, 8, 16]),
        (128, [16, 16, 8, 4, 2, 1], [1, 2, 4, 8, 16, 16]),
        (28, [4, 2, 1], [1, 2, 4]),
    ],
)
def test_channels_of_the_blocks(resolution: int, generator: list[int], discriminator: list[int]) -> None:
    shape = ImageShape(3, resolution)
    with torch.device("meta"):
        G, D = ResNetGenerator(width=2).build(shape), ResNetDiscriminator(width=2, spectral_norm=False).build(shape)
    ups = [convolutions(block)[0] for block in G.modules() if isinstance(block, ResidualBlock)]
    downs = [convolutions(block)[0] for block in D.modules() if isinstance(block, ResidualBlock)]
    assert [ups[0][0].in_channels, *(pair[1].out_channels for pair in ups)] == [2 * factor for factor in generator]
    assert [pair[1].out_channels for pair in downs] == [2 * factor for factor in discriminator]
    assert D.answer.in_features == 2 * discriminator[-1]  # type: ignore[union-attr]


def test_weights_of_a_small_resnet() -> None:
    def block(inputs: int, hidden: int, outputs: int) -> int:
        return 9 * inputs * hidden + hidden + 9 * hidden * outputs + outputs + inputs * outputs + outputs

    shape = ImageShape(1, 28)
    G = ResNetGenerator(latent_dim=5, width=1, norm="none").build(shape)
    expected = 6 * 4 * 49 + block(4, 2, 2) + block(2, 1, 1) + 9 + 1
    assert sum(weight.numel() for weight in G.parameters()) == expected
    D = ResNetDiscriminator(width=1).build(shape)
    expected = block(1, 1, 1) + block(1, 1, 2) + block(2, 2, 4) + 4 + 1
    assert sum(weight.numel() for weight in D.parameters()) == expected


def test_gradients_reach_every_weight() -> None:
    torch.manual_seed(0)
    shape = ImageShape(1, 28)
    G, D = ResNetGenerator(latent_dim=5, width=4).build(shape, 3), ResNetDiscriminator(width=4).build(shape, 3)
    labels = torch.tensor([0, 1, 2, 0])
    D(G(torch.randn(4, 5), labels), labels).square().sum().backward()
    for name, weight in [*G.named_parameters(), *D.named_parameters()]:
        assert weight.grad is not None, name
        assert weight.grad.any(), name
