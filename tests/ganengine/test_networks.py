"""Every architecture at every size: shapes, ranges, number of weights, initial weights, spectral norm."""

import math
from copy import deepcopy
from itertools import pairwise

import pytest
import torch
from torch import nn

from ganengine.components import alternatives
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.discriminators.dcgan import DCGANDiscriminator
from ganengine.networks.discriminators.mlp import MLPDiscriminator
from ganengine.networks.discriminators.resnet import ResNetDiscriminator
from ganengine.networks.generators.base import Generator
from ganengine.networks.generators.dcgan import DCGANGenerator
from ganengine.networks.generators.dense_bn import DenseBNGenerator
from ganengine.networks.generators.mlp import MLPGenerator
from ganengine.networks.generators.resnet import ResNetGenerator
from ganengine.networks.pyramid import pyramid
from ganengine.presets import find_preset
from ganengine.shapes import ImageShape

SHAPES = [ImageShape(channels, resolution) for resolution in (28, 32, 64, 128) for channels in (1, 3)]
NARROW = {"mlp": {"widths": (5, 7)}, "dense-bn": {"widths": (5, 7)}, "dcgan": {"width": 2}, "resnet": {"width": 2}}
BATCH = 4
NORMS = {"none": (), "batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d, "layer": nn.GroupNorm}
CONVOLUTIONAL = [DCGANGenerator, DCGANDiscriminator, ResNetGenerator, ResNetDiscriminator]


def weights_of(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def weight_of(module: nn.Module) -> torch.Tensor:
    parametrized = getattr(module, "parametrizations", None)
    return parametrized.weight.original if parametrized else module.weight  # type: ignore[return-value]


def images_like(shape: ImageShape, count: int = BATCH) -> torch.Tensor:
    return torch.rand(count, shape.channels, shape.resolution, shape.resolution) * 2 - 1


@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", sorted(alternatives(Generator)))
def test_generator_makes_images_of_the_datas_shape_within_range(kind: str, shape: ImageShape, num_classes: int) -> None:
    declared = alternatives(Generator)[kind](latent_dim=6, **NARROW.get(kind, {}))
    assert declared.problem_with(shape) is None
    labels = torch.tensor([0, 2, 1, 1]) if num_classes else None
    images = declared.build(shape, num_classes)(torch.randn(BATCH, 6) * 50, labels)
    assert images.shape == (BATCH, shape.channels, shape.resolution, shape.resolution)
    assert images.dtype == torch.float32
    assert images.abs().max() <= 1.0
    assert images.std() > 0.0


@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", sorted(alternatives(Discriminator)))
def test_discriminator_gives_one_logit_an_image(kind: str, shape: ImageShape, num_classes: int) -> None:
    declared = alternatives(Discriminator)[kind](**NARROW.get(kind, {}))
    assert declared.problem_with(shape) is None
    D = declared.build(shape, num_classes)
    images, labels = images_like(shape), torch.tensor([0, 2, 1, 1]) if num_classes else None
    assert D(images, labels).shape == (BATCH,)
    # No sigmoid at the end: scaled up last weights give answers outside of 0..1.
    last = [module for module in D.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        last.bias.fill_(400.0)
    assert (D(images, labels) > 1.0).all()


@pytest.mark.parametrize("norm", ["none", "layer", "instance"])
@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("kind", sorted(alternatives(Discriminator)))
def test_an_image_is_judged_by_itself_without_batch_norm(kind: str, num_classes: int, norm: str) -> None:
    if kind == "mlp" and norm == "instance":
        pytest.skip("dense layers have none")
    # Spectral norm moves on with each call in training mode.
    options = {**NARROW.get(kind, {}), "norm": norm, "spectral_norm": False, "initialisation": "kaiming"}
    D = alternatives(Discriminator)[kind](**options).build(ImageShape(1, 28), num_classes)
    images = images_like(ImageShape(1, 28))
    labels = torch.tensor([0, 2, 1, 1]) if num_classes else None
    logits = D(images, labels)
    assert len(logits.unique()) == BATCH
    order = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(
        D(images[order], None if labels is None else labels[order]), logits[order], rtol=1e-4, atol=1e-5
    )
    one = D(images[:1], None if labels is None else labels[:1])
    torch.testing.assert_close(one, logits[:1], rtol=1e-4, atol=1e-5)


def test_batch_norm_ties_the_images_of_a_batch_together() -> None:
    D = DCGANDiscriminator(width=2, norm="batch", spectral_norm=False).build(ImageShape(1, 28))
    images = images_like(ImageShape(1, 28))
    others = torch.cat([images[:1], images[1:] * 0.2])
    assert (D(images)[0] - D(others)[0]).abs() > 1e-6


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
        (DCGANGenerator(latent_dim=8, width=2, norm="none"), ImageShape(1, 28), 9 * 196 + 4 * 2 * 16 + 2 + 33),
        (DCGANGenerator(latent_dim=8, width=2, norm="layer"), ImageShape(1, 28), 9 * 196 + 8 + 128 + 2 + 4 + 33),
        (DCGANDiscriminator(width=2), ImageShape(3, 28), 3 * 2 * 16 + 2 + 2 * 4 * 16 + 4 + 4 * 49 + 1),
        (DCGANDiscriminator(width=2, dense=6), ImageShape(3, 28), 98 + 132 + (4 * 49 + 1) * 6 + 6 + 1),
        # The Keras tutorial's generator: dense layers, and scale and shift of each batch norm.
        (
            DenseBNGenerator(latent_dim=100),
            ImageShape(3, 64),
            101 * 256 + 257 * 512 + 513 * 1024 + 2 * (256 + 512 + 1024) + 1025 * 64 * 64 * 3,
        ),
        (MLPDiscriminator(widths=(512, 256)), ImageShape(3, 64), 12289 * 512 + 513 * 256 + 257),
    ],
)
def test_weights_of_a_small_network(declared: Generator | Discriminator, shape: ImageShape, expected: int) -> None:
    with torch.device("meta"):
        assert weights_of(declared.build(shape)) == expected


@pytest.mark.parametrize(
    "declared", [DCGANGenerator(width=32), DCGANDiscriminator(width=32, norm="batch")], ids=["generator", "D"]
)
def test_dcgan_starts_from_the_papers_distribution(declared: Generator | Discriminator) -> None:
    torch.manual_seed(0)
    network = declared.build(ImageShape(3, 64))
    checked = 0
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.weight.mean().item() == pytest.approx(1.0, abs=0.02)
            assert 0.01 < module.weight.std().item() < 0.03
        elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            weight = weight_of(module)
            few = weight.numel() < 5000
            assert weight.mean().item() == pytest.approx(0.0, abs=0.002 if few else 0.0005)
            assert weight.std().item() == pytest.approx(0.02, rel=0.1 if few else 0.02)
        else:
            continue
        checked += 1
        if module.bias is not None:
            assert not module.bias.any()
    assert checked >= 8


def test_each_initialisation_has_its_own_spread() -> None:
    torch.manual_seed(0)
    shape = ImageShape(1, 28)

    def first(scheme: str) -> torch.Tensor:
        D = MLPDiscriminator(widths=(300,), leaky_slope=0.2, initialisation=scheme).build(shape)  # type: ignore[arg-type]
        return D.features[1].weight.detach()  # type: ignore[index, union-attr, return-value]

    assert first("torch").abs().max().item() == pytest.approx(1 / math.sqrt(784), rel=1e-3)
    assert first("dcgan").std().item() == pytest.approx(0.02, rel=0.02)
    assert first("xavier").abs().max().item() == pytest.approx(math.sqrt(6 / (784 + 300)), rel=1e-3)
    assert first("kaiming").std().item() == pytest.approx(math.sqrt(2 / (1 + 0.2**2) / 784), rel=0.02)
    rows = first("orthogonal")
    torch.testing.assert_close(rows @ rows.T, torch.eye(300), atol=1e-4, rtol=0.0)


def test_kaiming_keeps_the_size_of_the_signal_through_many_layers() -> None:
    torch.manual_seed(0)
    declared = DCGANGenerator(width=16, norm="none", initialisation="kaiming", activation="relu")
    *layers, last, _ = list(declared.build(ImageShape(1, 128)).body)  # type: ignore[arg-type]
    assert isinstance(last, nn.ConvTranspose2d)
    h = torch.randn(8, 100)
    with torch.no_grad():
        for layer in layers:
            h = layer(h)  # type: ignore[operator]
    # After ReLU the mean square is half of the signal's variance of 2, if nothing is lost but at the maps' edges.
    assert 0.5 < h.square().mean().item() < 1.5


@pytest.mark.parametrize("scheme", ["torch", "dcgan", "xavier", "kaiming", "orthogonal"])
@pytest.mark.parametrize("kind", sorted(alternatives(Generator)))
def test_a_network_without_memory_takes_over_all_weights_and_draws_nothing(kind: str, scheme: str) -> None:
    options = {**NARROW[kind], "spectral_norm": True, "initialisation": scheme}
    declared = alternatives(Generator)[kind](latent_dim=6, **options)
    G = declared.build(ImageShape(3, 28), 3)
    before = torch.get_rng_state()
    with torch.device("meta"):
        hollow = declared.build(ImageShape(3, 28), 3)
    assert torch.equal(before, torch.get_rng_state())
    hollow.load_state_dict(deepcopy(G).state_dict(), assign=True)
    z, labels = torch.randn(2, 6), torch.tensor([0, 2])
    assert torch.equal(hollow.eval()(z, labels), G.eval()(z, labels))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (MLPDiscriminator(widths=(16, 12), spectral_norm=True), 4),
        (DCGANDiscriminator(width=4, spectral_norm=True), 4),
        (DCGANDiscriminator(width=4, dense=5, spectral_norm=True), 5),
        (ResNetDiscriminator(width=2, spectral_norm=True), 11),
        (MLPGenerator(latent_dim=5, widths=(9,), spectral_norm=True), 2),
        (DCGANGenerator(latent_dim=5, width=2, spectral_norm=True), 3),
    ],
    ids=["mlp", "dcgan", "dcgan with dense", "resnet", "mlp generator", "dcgan generator"],
)
def test_spectral_norm_holds_every_layers_largest_singular_value_at_one(
    declared: Generator | Discriminator, expected: int
) -> None:
    torch.manual_seed(1)
    network = declared.build(ImageShape(1, 28), 3)
    inputs = torch.randn(2, 5) if isinstance(declared, Generator) else images_like(ImageShape(1, 28), 2)
    layers = [module for module in network.modules() if hasattr(module, "parametrizations")]
    with torch.no_grad():
        for layer in layers:
            weight_of(layer).mul_(30.0)
        for _ in range(100):  # each forward is one step of the power iteration
            network(inputs, torch.tensor([0, 2]))
        network.eval()
        for layer in layers:
            weight: torch.Tensor = layer.weight  # type: ignore[assignment]
            matrix = weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight
            largest = torch.linalg.matrix_norm(matrix.flatten(1), ord=2)
            assert largest.item() == pytest.approx(1.0, abs=0.02)
    # In D the embedding of the classes is a part of the answer, and held, too; in G it is an input.
    assert len(layers) == expected


@pytest.mark.parametrize("kind", sorted(alternatives(Discriminator)))
def test_without_spectral_norm_weights_are_free(kind: str) -> None:
    declared = alternatives(Discriminator)[kind](**NARROW.get(kind, {}), spectral_norm=False)
    assert not any(hasattr(module, "parametrizations") for module in declared.build(ImageShape(1, 28), 3).modules())


@pytest.mark.parametrize(
    ("resolution", "smallest"),
    [(28, 7), (32, 4), (48, 6), (56, 7), (64, 4), (96, 6), (112, 7), (128, 4)],
)
def test_every_usual_size_is_reached_by_doubling(resolution: int, smallest: int) -> None:
    side, channels = pyramid(ImageShape(1, resolution), 3)
    assert side == smallest
    assert side << (len(channels) - 1) == resolution
    assert channels[-1] == 3
    assert all(small in (large, 2 * large) for small, large in pairwise(channels))
    declared = DCGANGenerator(latent_dim=3, width=1)
    assert declared.build(ImageShape(1, resolution))(torch.randn(2, 3)).shape[-1] == resolution


@pytest.mark.parametrize("declared", [cls() for cls in CONVOLUTIONAL], ids=lambda declared: type(declared).__name__)
@pytest.mark.parametrize("resolution", [8, 30, 36, 256])
def test_a_resolution_that_does_not_fit_is_named_with_those_that_do(
    declared: Generator | Discriminator, resolution: int
) -> None:
    problem = declared.problem_with(ImageShape(1, resolution))
    assert problem
    for size in (28, 32, 48, 64, 96, 128, resolution):
        assert str(size) in problem
    assert MLPGenerator().problem_with(ImageShape(1, resolution)) is None


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_options_of_the_dense_networks_are_built(norm: str, dropout: float) -> None:
    options = {"norm": norm, "dropout": dropout, "widths": (5, 5)}
    shape = ImageShape(1, 28)
    for network in (MLPGenerator(**options).build(shape), MLPDiscriminator(**options).build(shape)):
        kinds = [type(module) for module in network.modules()]
        assert kinds.count(nn.BatchNorm1d) == (2 if norm == "batch" else 0)
        assert kinds.count(nn.LayerNorm) == (2 if norm == "layer" else 0)
        assert [module.p for module in network.modules() if isinstance(module, nn.Dropout)] == [dropout, dropout]


@pytest.mark.parametrize("norm", sorted(NORMS))
@pytest.mark.parametrize("cls", CONVOLUTIONAL)
def test_options_of_the_convolutional_networks_are_built(cls: type[Generator | Discriminator], norm: str) -> None:
    network = cls(width=2, norm=norm, dropout=0.25).build(ImageShape(1, 28))  # type: ignore[call-arg]
    found = {type(module) for module in network.modules()} & {nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm}
    assert found == ({NORMS[norm]} if norm != "none" else set())
    shares = [module.p for module in network.modules() if isinstance(module, nn.Dropout)]
    assert shares
    assert set(shares) == {0.25}


def test_the_dense_bn_generator_normalises_behind_the_activation_as_keras_does() -> None:
    G = DenseBNGenerator(widths=(5, 7)).build(ImageShape(1, 28))
    kinds = [type(module).__name__ for module in G.body]  # type: ignore[union-attr, arg-type]
    assert kinds[:3] == ["Linear", "LeakyReLU", "BatchNorm1d"]
    norms = [module for module in G.modules() if isinstance(module, nn.BatchNorm1d)]
    assert [norm.num_features for norm in norms] == [5, 7]
    assert norms[0].momentum == pytest.approx(0.2)
    assert norms[0].eps == 1e-3


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "elu", "silu", "gelu"])
def test_every_activation_is_built(activation: str) -> None:
    names = {"leaky_relu": nn.LeakyReLU, "relu": nn.ReLU, "elu": nn.ELU, "silu": nn.SiLU, "gelu": nn.GELU}
    G = MLPGenerator(activation=activation, leaky_slope=0.3).build(ImageShape(1, 28))  # type: ignore[arg-type]
    (found,) = [module for module in G.modules() if type(module) in names.values()]
    assert type(found) is names[activation]
    if isinstance(found, nn.LeakyReLU):
        assert found.negative_slope == 0.3


def test_networks_call_the_same_thing_by_the_same_name() -> None:
    for family in (Generator, Discriminator):
        for cls in alternatives(family).values():
            shared = {"activation", "leaky_slope", "dropout", "spectral_norm", "initialisation"}
            assert shared <= cls.model_fields.keys()
            assert ("width" in cls.model_fields) != ("widths" in cls.model_fields)
