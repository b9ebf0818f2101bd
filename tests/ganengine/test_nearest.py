"""The nearest real images against brute force, and what their distances mean."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.errors import Cancelled
from ganengine.inspection.memory import read_distance, yardstick
from ganengine.inspection.nearest import Neighbour, nearest, search
from ganengine.inspection.spaces import FeatureSpace, PixelSpace, Space, space_named
from ganengine.metrics.measures.base import Features


def noise(count: int, *, channels: int = 1, side: int = 6, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, side, side), generator=generator, dtype=torch.uint8)


def brute_force(queries: Tensor, images: Tensor) -> np.ndarray:
    """Root mean square differences [Q, N], 1 between black and white."""
    one, other = (each.flatten(1).numpy().astype(np.float64) for each in (queries, images))
    return np.sqrt(((one[:, None] - other[None]) ** 2).mean(axis=2)) / 255


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 5, 200])
def test_finds_what_brute_force_finds(channels: int, count: int) -> None:
    dataset, queries = ImageDataset("noise", noise(97, channels=channels)), noise(4, channels=channels, seed=1)
    found = search(PixelSpace(dataset.shape), queries, dataset, count)
    expected = brute_force(queries, dataset.images)
    order = expected.argsort(axis=1, kind="stable")[:, :count]
    np.testing.assert_array_equal(found.indices.numpy(), order)
    np.testing.assert_allclose(found.distances.numpy(), np.take_along_axis(expected, order, 1), rtol=1e-12)


def test_the_division_into_portions_changes_nothing() -> None:
    images = noise(50)
    images[7] = images[31] = images[3]  # equally near ones: the first comes first, wherever a portion ends
    dataset, queries = ImageDataset("noise", images), torch.cat([noise(3, seed=2), images[3:4]])
    space = PixelSpace(dataset.shape)
    whole = search(space, queries, dataset, 6)
    assert whole.indices[3, :3].tolist() == [3, 7, 31]
    for portion in (1, 36 * 7, 36 * 10, 36 * 49):
        parts = search(space, queries, dataset, 6, portion=portion)
        assert torch.equal(parts.indices, whole.indices)
        assert torch.equal(parts.distances, whole.distances)


def test_a_memory_mapped_data_set_is_never_read_as_a_whole() -> None:
    dataset = ImageDataset("noise", noise(40))
    looked: list[int] = []

    class Watching(PixelSpace):
        def vectors(self, images: Tensor) -> Tensor:
            looked.append(len(images))
            return super().vectors(images)

    search(Watching(dataset.shape), noise(1, seed=3), dataset, 1, portion=36 * 8)
    assert looked == [1, 8, 8, 8, 8, 8]


def test_a_copied_training_image_is_found_at_distance_0() -> None:
    dataset = ImageDataset("noise", noise(60))
    space = PixelSpace(dataset.shape)
    found = nearest(space, dataset.images[41].clone(), dataset, 3)
    assert found[0] == Neighbour(41, 0.0)
    assert found[1].distance > 0
    reading = read_distance(space, found[0], dataset, yardstick(space, dataset))
    assert reading.verdict == "copy"
    assert "training image 42" in reading.text


def test_a_mirrored_copy_is_found_where_the_training_mirrors() -> None:
    dataset = ImageDataset("noise", noise(60))
    space, query = PixelSpace(dataset.shape), dataset.images[9].flip(2)
    assert nearest(space, query, dataset, 1)[0].distance > 0
    found = nearest(space, query, dataset, 5, mirrored=True)
    assert found[0] == Neighbour(9, 0.0, mirrored=True)
    assert len({each.index for each in found}) == 5


def test_the_yardstick_is_the_distance_of_real_images_to_their_nearest_other_one() -> None:
    images = noise(40)
    images[5] = images[6]  # copies of each other are no yardstick
    dataset = ImageDataset("noise", images)
    measured = yardstick(PixelSpace(dataset.shape), dataset).distances.numpy()
    distances = brute_force(images, images)
    distances[distances == 0] = np.inf
    np.testing.assert_allclose(measured, np.sort(distances.min(axis=1)), rtol=1e-12)


def test_a_slightly_changed_training_image_is_suspicious_and_another_image_is_not() -> None:
    dataset = ImageDataset("noise", noise(80))
    space = PixelSpace(dataset.shape)
    measure = yardstick(space, dataset)
    near = (dataset.images[12].int() + 3).clamp(0, 255).to(torch.uint8)
    found = nearest(space, near, dataset, 1)[0]
    assert found.index == 12
    assert read_distance(space, found, dataset, measure).verdict == "near"
    other = nearest(space, noise(1, seed=9)[0], dataset, 1)[0]
    assert read_distance(space, other, dataset, measure).verdict == "apart"


def test_what_all_real_images_are_to_each_other_is_not_suspicious() -> None:
    """Among nearly equal images, one more of the kind is near to all of them, and no copy."""
    base = noise(1)[0].int()
    jitter = torch.randint(-4, 5, (60, 1, 6, 6), generator=torch.Generator().manual_seed(1))
    dataset = ImageDataset("alike", (base + jitter).clamp(0, 255).to(torch.uint8))
    space = PixelSpace(dataset.shape)
    one_more = (base + torch.randint(-4, 5, (1, 6, 6), generator=torch.Generator().manual_seed(2))).clamp(0, 255)
    found = nearest(space, one_more.to(torch.uint8), dataset, 1)[0]
    assert read_distance(space, found, dataset, yardstick(space, dataset)).verdict == "apart"


def test_the_search_can_be_given_up() -> None:
    dataset = ImageDataset("noise", noise(40))

    def enough(what: str, done: int, total: int) -> None:
        if done:
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        search(PixelSpace(dataset.shape), noise(1), dataset, 1, tell=enough, portion=36 * 10)


class Mean:
    """Stands in for a classifier: sees only how bright each half is."""

    name, identity, about, portion, title = "own", "mean", "means", 16, "means"

    def features(self, images: Tensor) -> Features:
        halves = images.float().flatten(1).unflatten(1, (2, -1)).mean(dim=2)
        return Features(halves)


def test_in_features_alike_is_what_looks_the_same_to_the_classifier() -> None:
    images = noise(50)
    images[20] = 200
    dataset = ImageDataset("noise", images)
    space: Space = FeatureSpace(Mean(), 2)  # type: ignore[arg-type]
    query = torch.full((1, 6, 6), 199, dtype=torch.uint8)
    query[0, 0, 0] = 235  # nothing like 200 pixel for pixel there, but as bright
    found = nearest(space, query, dataset, 1)[0]
    assert found.index == 20
    assert found.distance == pytest.approx(float((query.float().flatten().unflatten(0, (2, -1)).mean(1) - 200).norm()))


def test_the_own_classifier_as_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    from ganengine.metrics.extractors import own

    monkeypatch.setattr(own, "STEPS", 3)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (80, 1, 28, 28), generator=generator, dtype=torch.uint8)
    dataset = ImageDataset("noise", images, torch.arange(80) % 2, ("a", "b"))
    told: list[Any] = []
    space = space_named("features", dataset, torch.device("cpu"), lambda *progress: told.append(progress))
    assert told
    found = nearest(space, images[33], dataset, 1)[0]
    assert found.index == 33
    assert found.distance < 1e-2
