"""Classes in both networks: what a label changes, and the projection against the paper's formula."""

import pytest
import torch
from torch import nn

from ganengine.components import alternatives
from ganengine.networks.conditional import ConditionalGenerator, ProjectionDiscriminator, embedding_width
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.generators.base import Generator
from ganengine.shapes import ImageShape

SHAPE = ImageShape(1, 28)
NARROW = {"mlp": {"widths": (9,)}, "dense-bn": {"widths": (9,)}, "dcgan": {"width": 2}, "resnet": {"width": 2}}
GENERATORS = sorted(alternatives(Generator))
DISCRIMINATORS = sorted(alternatives(Discriminator))


def generator(kind: str, num_classes: int) -> ConditionalGenerator:
    torch.manual_seed(0)
    G = alternatives(Generator)[kind](latent_dim=6, **NARROW[kind], initialisation="kaiming")
    built = G.build(SHAPE, num_classes)
    assert isinstance(built, ConditionalGenerator)
    return built


def discriminator(kind: str, num_classes: int, *, spectral_norm: bool = False) -> ProjectionDiscriminator:
    torch.manual_seed(0)
    D = alternatives(Discriminator)[kind](**NARROW[kind], initialisation="kaiming", spectral_norm=spectral_norm)
    built = D.build(SHAPE, num_classes)
    assert isinstance(built, ProjectionDiscriminator)
    return built


@pytest.mark.parametrize("kind", GENERATORS)
def test_the_same_latent_vector_gives_another_image_for_another_class(kind: str) -> None:
    G = generator(kind, 4).eval()
    z = torch.randn(1, 6).expand(4, 6)
    images = G(z, torch.arange(4))
    assert all((images[0] - other).abs().max() > 1e-3 for other in images[1:])
    torch.testing.assert_close(G(z, torch.zeros(4, dtype=torch.int64)), images[:1].expand_as(images))


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_the_same_image_is_judged_differently_for_another_class(kind: str) -> None:
    D = discriminator(kind, 4).eval()
    logits = D(torch.rand(1, 1, 28, 28).expand(4, 1, 28, 28), torch.arange(4))
    assert len({round(logit, 5) for logit in logits.tolist()}) == 4


@pytest.mark.parametrize("num_classes", [2, 10, 64])
def test_the_class_starts_as_the_one_hot_vector_joined_to_z(num_classes: int) -> None:
    seen: list[torch.Tensor] = []

    class Body(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(x)
            return x

    G = ConditionalGenerator(Body(), num_classes)
    z, labels = torch.randn(5, 3), torch.randint(0, num_classes, (5,))
    G(z, labels)
    expected = torch.cat([z, nn.functional.one_hot(labels, num_classes).float()], dim=1)
    torch.testing.assert_close(seen[0], expected)
    assert G.embedding is not None
    assert G.embedding.weight.requires_grad


def test_very_many_classes_start_as_random_directions_of_bounded_width() -> None:
    torch.manual_seed(0)
    G = ConditionalGenerator(nn.Identity(), 1000)
    assert G.embedding is not None
    assert embedding_width(1000) == G.embedding.embedding_dim == 64
    assert G.embedding.weight.std().item() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("spectral_norm", [False, True])
@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_the_logit_is_the_answer_plus_the_inner_product_of_class_and_features(kind: str, spectral_norm: bool) -> None:
    D = discriminator(kind, 3, spectral_norm=spectral_norm).eval()
    assert D.embedding is not None
    images, labels = torch.rand(4, 1, 28, 28), torch.tensor([2, 0, 1, 2])
    with torch.no_grad():
        h, logits = D.features(images), D(images, labels)
        for image, label in enumerate(labels.tolist()):
            inner = sum(a * b for a, b in zip(D.embedding.weight[label].tolist(), h[image].tolist(), strict=True))
            answer = float(h[image] @ D.answer.weight[0] + D.answer.bias[0])
            assert inner != 0.0
            assert logits[image].item() == pytest.approx(answer + inner, abs=1e-4, rel=1e-4)


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_every_class_that_occurs_teaches_both_embeddings(kind: str) -> None:
    G, D = generator("mlp", 4), discriminator(kind, 4)
    labels = torch.tensor([0, 1, 3])
    D(G(torch.randn(3, 6), labels), labels).sum().backward()
    for embedding in (G.embedding, D.embedding):
        assert embedding is not None
        gradient = embedding.weight.grad
        assert gradient is not None
        assert gradient[[0, 1, 3]].abs().sum(1).min() > 0.0
        assert not gradient[2].any()


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_without_classes_ignores_labels(kind: str) -> None:
    G = generator(kind, 0).eval()
    z = torch.randn(2, 6)
    assert torch.equal(G(z), G(z, torch.tensor([1, 0])))
    assert not any("embedding" in name for name in G.state_dict())


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_a_discriminator_without_classes_ignores_labels(kind: str) -> None:
    D = discriminator(kind, 0).eval()
    images = torch.rand(2, 1, 28, 28)
    assert torch.equal(D(images), D(images, torch.tensor([1, 0])))
    assert not any("embedding" in name for name in D.state_dict())


def test_a_network_of_classes_says_that_it_needs_labels() -> None:
    with pytest.raises(ValueError, match="labels"):
        generator("mlp", 3)(torch.randn(2, 6))
    with pytest.raises(ValueError, match="labels"):
        discriminator("mlp", 3)(torch.rand(2, 1, 28, 28))


@pytest.mark.parametrize("kind", GENERATORS)
def test_classes_cost_a_generator_the_embedding_and_the_first_layers_columns(kind: str) -> None:
    without, classes = generator(kind, 0), generator(kind, 3)
    first = next(module for module in without.modules() if isinstance(module, nn.Linear))
    more = sum(p.numel() for p in classes.parameters()) - sum(p.numel() for p in without.parameters())
    assert more == 3 * 3 + 3 * first.out_features


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_classes_cost_a_discriminator_one_vector_of_features_each(kind: str) -> None:
    without, classes = discriminator(kind, 0), discriminator(kind, 3)
    more = sum(p.numel() for p in classes.parameters()) - sum(p.numel() for p in without.parameters())
    assert more == 3 * without.answer.in_features
