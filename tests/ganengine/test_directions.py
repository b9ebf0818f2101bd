"""Principal directions: known where the generator is linear, and the same every time."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ganengine.inspection.directions import Directions, directions_of, first_layers, principal_directions
from ganengine.inspection.subject import Subject
from ganengine.networks.conditional import ConditionalGenerator
from tests.ganengine.inspected import conditional_checkpoint, plain_checkpoint

SCALES = (8.0, 4.0, 2.0, 1.0, 0.5)


def rotation(size: int, seed: int) -> Tensor:
    return torch.linalg.qr(torch.randn(size, size, generator=torch.Generator().manual_seed(seed)))[0]


def test_of_a_linear_generator_they_are_its_principal_axes() -> None:
    """y = U S Vᵀ z + b: the k-th direction is V's k-th column, and, for z is normal, one deviation has length 1."""
    U, V = rotation(30, 0)[:, :5], rotation(5, 1)
    weight = U @ torch.diag(torch.tensor(SCALES)) @ V.T
    found = principal_directions(lambda z: z @ weight.T + 3.0, 5, 4, samples=20_000)
    assert found.vectors.shape == (4, 5)
    alike = (found.vectors @ V[:, :4]).abs()
    assert torch.allclose(alike, torch.eye(4), atol=0.05)
    squares = torch.tensor(SCALES).square()
    assert torch.allclose(found.shares, (squares / squares.sum())[:4], atol=0.02)


def test_moving_along_one_changes_only_its_component() -> None:
    U, V = rotation(12, 2)[:, :3], rotation(3, 3)
    weight = U @ torch.diag(torch.tensor([5.0, 3.0, 1.0])) @ V.T
    found = principal_directions(lambda z: z @ weight.T, 3, 3, samples=20_000)
    moved = found.moved(torch.zeros(3), torch.tensor([0.0, 2.0, 0.0]))
    seen = (U.T @ (weight @ moved)).abs()
    assert seen[1] == pytest.approx(2 * 3.0, rel=0.05)
    assert float(seen[0]) < 0.3
    assert float(seen[2]) < 0.3


def test_no_more_than_there_can_be_and_each_sign_is_settled() -> None:
    found = principal_directions(lambda z: z[:, :2], 3, 6, samples=500)
    assert found.vectors.shape == (2, 3)
    largest = found.vectors.gather(1, found.vectors.abs().argmax(dim=1, keepdim=True))
    assert bool((largest > 0).all())
    assert float(found.shares.sum()) == pytest.approx(1.0, abs=1e-3)


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject.from_checkpoint(plain_checkpoint(tmp_path_factory.mktemp("runs")), "cpu")


def same(one: Directions, other: Directions) -> bool:
    return torch.equal(one.vectors, other.vectors) and torch.equal(one.shares, other.shares)


def test_they_are_the_same_every_time_and_draw_no_global_random_number(subject: Subject) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = directions_of(subject, None)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert same(first, directions_of(subject, None))


def test_each_class_has_its_own(tmp_path: Path) -> None:
    conditional = Subject.from_checkpoint(
        conditional_checkpoint(tmp_path, {"generator.widths": [16, 16], "discriminator.widths": [8]}), "cpu"
    )
    assert conditional.latent_dim == 4
    found = [directions_of(conditional, label, 3) for label in (0, 1)]
    assert found[0].vectors.shape == (3, 4)
    assert not same(*found)


def test_the_first_features_are_those_before_the_second_layer_with_weights() -> None:
    body = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.1), nn.Linear(6, 9), nn.Tanh())
    assert [type(layer) for layer in first_layers(ConditionalGenerator(body))] == [nn.Linear, nn.ReLU, nn.Dropout]
    assert len(first_layers(nn.Sequential(nn.Linear(4, 6), nn.Tanh()))) == 2
    with pytest.raises(ValueError, match="sequence"):
        first_layers(nn.Linear(4, 6))


@pytest.mark.parametrize("kind", ["dcgan", "dense-bn", "resnet"])
def test_every_architecture_has_first_layers(kind: str) -> None:
    from ganengine.shapes import ImageShape
    from tests.ganengine.helpers import quick_config

    small = {"dense-bn": {"generator.widths": [8, 8]}}.get(kind, {"generator.width": 4})
    config = quick_config({"generator.kind": kind, "generator.latent_dim": 5, **small})
    G = config.generator.build(ImageShape(1, 28)).eval()
    features = first_layers(G)(torch.randn(3, 5))
    assert len(features) == 3
    assert features.flatten(1).shape[1] >= 8
