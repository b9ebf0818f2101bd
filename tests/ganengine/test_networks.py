"""Every architecture at every size: shapes, ranges, number of weights, initial weights, spectral norm."""

import pytest
import torch
from torch import nn

from ganengine.components import alternatives
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.discriminators.dcgan import DCGANDiscriminator
from ganengine.networks.discriminators.mlp import MLPDiscriminator
from ganengine.networks.generators.base import Generator
from ganengine.networks.generators.dcgan import DCGANGenerator
from ganengine.networks.generators.mlp import MLPGenerator
from ganengine.presets import find_preset
from ganengine.shapes import ImageShape

SHAPES = [ImageShape(channels, resolution) for resolution in (28, 32, 64) for channels in (1, 3)]
NARROW = {"mlp": {"widths": (5, 7)}, "dcgan": {"width": 3}}
BATCH = 4


def weights_of(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", sorted(alternatives(Generator)))
def test_generator_makes_images_of_the_datas_shape_within_range(kind: str, shape: ImageShape) -> None:
    declared = alternatives(Generator)[kind](latent_dim=6, **NARROW.get(kind, {}))
    assert declared.problem_with(shape) is None
    images = declared.build(shape)(torch.randn(BATCH, 6) * 50)
    assert images.shape == (BATCH, shape.channels, shape.resolution, shape.resolution)
    assert images.dtype == torch.float32
    assert images.abs().max() <= 1.0
    assert images.std() > 0.0


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", sorted(alternatives(Discriminator)))
def test_discriminator_gives_one_logit_an_image(kind: str, shape: ImageShape) -> None:
    declared = alternatives(Discriminator)[kind](**NARROW.get(kind, {}))
    assert declared.problem_with(shape) is None
    D = declared.build(shape)
    images = torch.rand(BATCH, shape.channels, shape.resolution, shape.resolution) * 2 - 1
    assert D(images).shape == (BATCH,)
    # No sigmoid at the end: scaled up last weights give answers outside of 0..1.
    last = [module for module in D.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        last.bias.fill_(40.0)
    assert (D(images) > 1.0).all()


@pytest.mark.parametrize("kind", sorted(alternatives(Discriminator)))
def test_an_image_is_judged_by_itself_without_batch_norm(kind: str) -> None:
    D = alternatives(Discriminator)[kind](**NARROW.get(kind, {})).build(ImageShape(1, 28)).eval()
    images = torch.rand(BATCH, 1, 28, 28)
    torch.testing.assert_close(D(images)[:1], D(images[:1]), rtol=1e-4, atol=1e-6)


def test_the_simple_preset_has_the_tutorials_number_of_weights() -> None:
    config = find_preset("mnist-simple").config
    shape = ImageShape(1, 28)
    assert weights_of(config.generator.build(shape)) == 114_064
    assert weights_of(config.discriminator.build(shape)) == 100_609


@pytest.mark.parametrize(
    ("declared", "shape", "expected"),
    [
        # dense 8→4·7·7 (no bias lost), batch norms, two transposed convolutions; see the paper's figure 1.
        (DCGANGenerator(latent_dim=8, width=2), ImageShape(1, 28), 9 * 196 + 8 + 4 * 2 * 16 + 4 + 2 * 16 + 1),
        (DCGANGenerator(latent_dim=8, width=2, batch_norm=False), ImageShape(1, 28), 9 * 196 + 4 * 2 * 16 + 2 + 33),
        (DCGANDiscriminator(width=2), ImageShape(3, 28), 3 * 2 * 16 + 2 + 2 * 4 * 16 + 4 + 4 * 49 + 1),
    ],
)
def test_weights_of_a_small_dcgan(declared: Generator | Discriminator, shape: ImageShape, expected: int) -> None:
    assert weights_of(declared.build(shape)) == expected


@pytest.mark.parametrize("declared", [DCGANGenerator(width=32), DCGANDiscriminator(width=32, batch_norm=True)])
def test_dcgan_starts_from_the_papers_distribution(declared: Generator | Discriminator) -> None:
    torch.manual_seed(0)
    network = declared.build(ImageShape(3, 64))
    checked = 0
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.weight.mean().item() == pytest.approx(1.0, abs=0.02)
            assert 0.01 < module.weight.std().item() < 0.03
        elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            parametrized = getattr(module, "parametrizations", None)
            weight = parametrized.weight.original if parametrized else module.weight
            few = weight.numel() < 5000
            assert weight.mean().item() == pytest.approx(0.0, abs=0.002 if few else 0.0005)
            assert weight.std().item() == pytest.approx(0.02, rel=0.1 if few else 0.02)
        else:
            continue
        checked += 1
        if module.bias is not None:
            assert not module.bias.any()
    assert checked >= 8


@pytest.mark.parametrize(
    "declared",
    [MLPDiscriminator(widths=(16, 12), spectral_norm=True), DCGANDiscriminator(width=4, spectral_norm=True)],
    ids=["mlp", "dcgan"],
)
def test_spectral_norm_holds_every_layers_largest_singular_value_at_one(declared: Discriminator) -> None:
    torch.manual_seed(1)
    D = declared.build(ImageShape(1, 28))
    layers = [module for module in D.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    with torch.no_grad():
        for layer in layers:
            layer.parametrizations.weight.original.mul_(30.0)  # type: ignore[union-attr]
        images = torch.rand(2, 1, 28, 28)
        for _ in range(60):  # each forward is one step of the power iteration
            D(images)
        D.eval()
        for layer in layers:
            largest = torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2)
            assert largest.item() == pytest.approx(1.0, abs=0.02)
    assert len(layers) == 3


def test_without_spectral_norm_weights_are_free() -> None:
    D = DCGANDiscriminator(width=4, spectral_norm=False).build(ImageShape(1, 28))
    assert not any(hasattr(module, "parametrizations") for module in D.modules())


@pytest.mark.parametrize("declared", [DCGANGenerator(), DCGANDiscriminator()], ids=["generator", "discriminator"])
@pytest.mark.parametrize("resolution", [16, 30, 96])
def test_a_resolution_that_does_not_fit_is_named_with_those_that_do(
    declared: Generator | Discriminator, resolution: int
) -> None:
    problem = declared.problem_with(ImageShape(1, resolution))
    assert problem
    assert "28, 32, 64" in problem
    assert str(resolution) in problem
    assert MLPGenerator().problem_with(ImageShape(1, resolution)) is None


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_options_of_the_dense_networks_are_built(batch_norm: bool, dropout: float) -> None:
    options = {"batch_norm": batch_norm, "dropout": dropout, "widths": (5, 5)}
    shape = ImageShape(1, 28)
    for network in (MLPGenerator(**options).build(shape), MLPDiscriminator(**options).build(shape)):
        kinds = [type(module) for module in network.modules()]
        assert kinds.count(nn.BatchNorm1d) == (2 if batch_norm else 0)
        assert [module.p for module in network.modules() if isinstance(module, nn.Dropout)] == [dropout, dropout]


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "elu", "silu", "gelu"])
def test_every_activation_is_built(activation: str) -> None:
    names = {"leaky_relu": nn.LeakyReLU, "relu": nn.ReLU, "elu": nn.ELU, "silu": nn.SiLU, "gelu": nn.GELU}
    G = MLPGenerator(activation=activation, leaky_slope=0.3).build(ImageShape(1, 28))  # type: ignore[arg-type]
    (found,) = [module for module in G.modules() if type(module) in names.values()]
    assert type(found) is names[activation]
    if isinstance(found, nn.LeakyReLU):
        assert found.negative_slope == 0.3
