"""Walks: the arc in closed form, the stops, classes, variations, and the files."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganengine.errors import Cancelled
from ganengine.inspection.subject import Latent, Subject
from ganengine.inspection.variations import variations
from ganengine.inspection.walk_files import write_walk
from ganengine.inspection.walks import slerp, walk, walk_images
from tests.ganengine.inspected import conditional_checkpoint, plain_checkpoint


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("dim", [2, 3, 100])
def test_on_a_sphere_the_arc_has_its_radius_and_turns_at_constant_speed(dim: int) -> None:
    a, b = (5 * vector / vector.norm() for vector in draw(2, dim))
    points = slerp(a, b, torch.linspace(0, 1, 21)).double()
    assert torch.allclose(points.norm(dim=1), torch.full((21,), 5.0, dtype=torch.float64), atol=1e-5)
    unit = points / 5
    angles = 2 * torch.asin((unit[1:] - unit[:-1]).norm(dim=1) / 2)
    whole = math.acos(float(torch.dot(a, b)) / 25)
    assert torch.allclose(angles, torch.full((20,), whole / 20, dtype=torch.float64), atol=1e-5)


def test_is_whites_formula_between_vectors_of_one_length() -> None:
    a, b = (vector / vector.norm() for vector in draw(2, 8).double())
    omega = math.acos(float(a @ b))
    for t in (0.0, 0.2, 0.5, 0.9, 1.0):
        white = math.sin((1 - t) * omega) / math.sin(omega) * a + math.sin(t * omega) / math.sin(omega) * b
        assert torch.allclose(slerp(a, b, torch.tensor([t]))[0].double(), white, atol=1e-6)


def test_between_lengths_the_length_changes_evenly() -> None:
    a, b = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0])
    t = torch.linspace(0, 1, 5)
    assert torch.allclose(slerp(a, b, t).norm(dim=1), 1 + 2 * t, atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([3.0, 4.0, 0.0], [-3.0, -4.0, 0.0]),
        ([3.0, 4.0, 0.0], [3.0, 4.0, 0.0]),
        ([3.0, 4.0, 0.0], [6.0, 8.0, 0.0]),
        ([3.0, 4.0, 0.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    ],
    ids=["opposite", "equal", "same direction", "to nothing", "nothing at all"],
)
def test_ends_and_lengths_hold_where_there_is_no_single_arc(a: list[float], b: list[float]) -> None:
    start, end = torch.tensor(a), torch.tensor(b)
    points = slerp(start, end, torch.linspace(0, 1, 9))
    assert torch.allclose(points[0], start, atol=1e-5)
    assert torch.allclose(points[-1], end, atol=1e-5)
    expected = start.norm() + torch.linspace(0, 1, 9) * (end.norm() - start.norm())
    assert torch.allclose(points.norm(dim=1), expected, atol=1e-5)


def test_a_walk_begins_and_ends_exactly_at_its_stops_and_passes_those_between() -> None:
    stops = [Latent(z) for z in draw(3, 6)]
    way = walk(stops, 9)
    assert len(way) == 9
    for frame, stop in ((0, 0), (4, 1), (8, 2)):
        assert torch.equal(way.z[frame], stops[stop].z)
    assert way.weights is None


def test_a_closed_walk_returns_without_showing_the_first_stop_twice() -> None:
    stops = [Latent(z) for z in draw(2, 6)]
    way = walk(stops, 8, closed=True)
    assert len(way) == 8
    assert torch.equal(way.z[0], stops[0].z)
    assert torch.equal(way.z[4], stops[1].z)
    assert torch.allclose(way.z[7], way.z[1], atol=1e-5)  # back the way it came
    assert not torch.equal(way.z[7], stops[0].z)


def test_between_classes_the_mixture_goes_over_evenly() -> None:
    first, second = Latent(draw(4), 0), Latent(draw(4, seed=1), 2)
    weights = walk([first, second], 5, num_classes=3).weights
    assert weights is not None
    assert torch.allclose(weights[:, 0], torch.linspace(1, 0, 5))
    assert torch.equal(weights[:, 1], torch.zeros(5))
    assert torch.allclose(weights.sum(dim=1), torch.ones(5))


@pytest.mark.parametrize(("stops", "frames"), [(1, 5), (2, 1)])
def test_too_little_for_a_walk(stops: int, frames: int) -> None:
    with pytest.raises(ValueError, match="two stops"):
        walk([Latent(z) for z in draw(stops, 3)], frames)


def test_variations_stay_typical_and_reach_from_nothing_to_all() -> None:
    z = draw(512)
    assert torch.equal(variations(z, 0.0, 3, 1), z.expand(3, -1))
    assert abs(float(torch.nn.functional.cosine_similarity(variations(z, 1.0, 1, 1)[0], z, dim=0))) < 0.2
    for strength in (0.2, 0.6, 1.0):
        made = variations(z, strength, 64, 1)
        assert made.norm(dim=1).mean() == pytest.approx(float(z.norm()), rel=0.1)
        alike = torch.nn.functional.cosine_similarity(made, z[None]).mean()
        assert float(alike) == pytest.approx(math.sqrt(1 - strength**2), abs=0.1)
    with pytest.raises(ValueError, match="strength"):
        variations(z, 1.5, 1, 1)


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject.from_checkpoint(plain_checkpoint(tmp_path_factory.mktemp("runs")), "cpu")


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject.from_checkpoint(conditional_checkpoint(tmp_path_factory.mktemp("runs")), "cpu")


def test_the_images_of_a_walk_are_those_of_its_ends(subject: Subject, conditional: Subject) -> None:
    for each in (subject, conditional):
        stops = [each.latent(0), each.latent(each.fixed_count() - 1)]
        assert stops[0].label != stops[1].label or not each.classes
        images = list(walk_images(each, walk(stops, 70, len(each.classes))))
        assert len(images) == 70
        for frame, stop in ((0, 0), (-1, 1)):
            difference = images[frame].astype(int) - each.image(stops[stop])[0].astype(int)
            assert abs(difference).max() <= 1  # a mixture of one class is that class, but for rounding


def test_the_class_of_a_pure_mixture(conditional: Subject) -> None:
    z = draw(2, conditional.latent_dim)
    mixed = conditional.between_classes(z, torch.eye(3)[torch.tensor([1, 1])])
    assert abs(mixed.astype(int) - conditional.images(z, 1).astype(int)).max() <= 1
    assert not np.array_equal(mixed, conditional.images(z, 2))


def test_a_walk_as_a_strip_as_images_and_as_a_film(subject: Subject, tmp_path: Path) -> None:
    way = walk([subject.latent(0), subject.latent(1)], 4)
    told: list[tuple[int, int]] = []
    write_walk(tmp_path / "strip.png", subject, way, scale=2, tell=lambda _, done, total: told.append((done, total)))
    assert told[-1] == (4, 4)
    side = subject.sampler.shape.resolution * 2
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.size == (4 * (side + 2) + 2, side + 4)
        first = np.asarray(strip)[2 : 2 + side, 2 : 2 + side]
    image = subject.image(subject.latent(0))[0, :, :, 0]
    np.testing.assert_array_equal(first, image.repeat(2, 0).repeat(2, 1))
    write_walk(tmp_path / "images", subject, way, scale=1, invert=True)
    assert len(list((tmp_path / "images").glob("*.png"))) == 4
    with Image.open(tmp_path / "images" / "image-00000.png") as single:
        np.testing.assert_array_equal(np.asarray(single), 255 - image)
    write_walk(tmp_path / "walk.gif", subject, way, fps=10, scale=1)
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]


def test_a_film_that_is_given_up_leaves_nothing(subject: Subject, tmp_path: Path) -> None:
    def enough(what: str, done: int, total: int) -> None:
        if done == 2:
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        write_walk(tmp_path / "walk.gif", subject, walk([subject.latent(0), subject.latent(1)], 9), tell=enough)
    assert not list(tmp_path.glob("*walk*"))
