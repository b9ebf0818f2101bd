"""The own classifier: trained once, kept, and disturbing nobody."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.errors import Cancelled
from ganengine.metrics.evaluator import Evaluator
from ganengine.metrics.extractors import own
from ganengine.metrics.extractors.nonsense import nonsense
from ganengine.metrics.extractors.own import OwnClassifier, own_classifier
from ganengine.metrics.extractors.training import train
from tests.ganengine.metric_data import CPU, small, thousand_digits


@pytest.fixture
def digits() -> ImageDataset:
    """1,000 digits, 100 of each."""
    return thousand_digits()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path))
    return tmp_path / "extractors"


class Trainings:
    """Counts how often a classifier was trained."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        real = train

        def counted(*arguments: object) -> object:
            self.count += 1
            return real(*arguments)  # type: ignore[arg-type]

        patch.setattr(own, "train", counted)


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Trainings:
    return Trainings(monkeypatch)


def extracted(dataset: ImageDataset, steps: int = 3) -> OwnClassifier:
    return own_classifier(dataset, CPU, steps=steps)


# -- the own classifier ------------------------------------------------------------------------------------------------


def test_the_same_data_give_the_same_classifier_whatever_the_global_random_numbers(
    folder: Path, trainings: Trainings
) -> None:
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(extracted(small()).identity)
        next(folder.iterdir()).unlink()
    assert trainings.count == 2
    assert found[0] == found[1]


def test_no_global_random_number_is_drawn(folder: Path, digits: ImageDataset) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()  # type: ignore[index]
    Evaluator(digits, CPU, samples=100, extractor_steps=2).evaluate(lambda count, _: digits.images[:count])
    after = torch.get_rng_state(), np.random.get_state()[1].tolist()  # type: ignore[index]
    assert torch.equal(before[0], after[0])
    assert before[1] == after[1]


def test_it_is_trained_once(folder: Path, trainings: Trainings) -> None:
    first = extracted(small())
    written = [path.stat().st_mtime_ns for path in folder.iterdir()]
    again = extracted(small())
    assert trainings.count == 1
    assert written == [path.stat().st_mtime_ns for path in folder.iterdir()]
    assert (again.identity, again.accuracy, again.about) == (first.identity, first.accuracy, first.about)
    images = small().images
    assert torch.equal(again.features(images).vectors, first.features(images).vectors)


def test_other_images_labels_or_lengths_have_their_own(folder: Path, trainings: Trainings) -> None:
    labels = torch.arange(30) % 3
    extracted(small())
    extracted(small(count=31))
    extracted(small(labels=labels))
    extracted(small(labels=labels.flip(0)))
    assert trainings.count == len(list(folder.iterdir())) == 4
    extracted(small(), steps=4)
    assert trainings.count == 5


def damaged(path: Path) -> Iterator[bytes]:
    whole = path.read_bytes()
    yield b""
    yield whole[: len(whole) // 2]
    yield whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]
    yield b"nothing of the kind"


def test_a_damaged_file_is_made_anew(folder: Path, trainings: Trainings) -> None:
    first = extracted(small())
    path = next(folder.iterdir())
    for number, content in enumerate(damaged(path), start=2):
        path.write_bytes(content)
        assert extracted(small()).identity == first.identity
        assert trainings.count == number
    extracted(small())
    assert trainings.count == number


def test_a_file_that_could_run_code_is_not_obeyed(folder: Path, trainings: Trainings) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(folder / "run"),)

    extracted(small())
    torch.save({"tensors": {}, "facts": {}, "digest": Evil()}, next(folder.iterdir()))
    extracted(small())
    assert trainings.count == 2
    assert not (folder / "run").exists()


def test_where_nothing_can_be_written_it_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainings: Trainings
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path / "file"))
    extracted(small())
    extracted(small())
    assert trainings.count == 2


def test_a_cancelled_training_leaves_nothing(folder: Path) -> None:
    def tell(what: str, done: int, total: int) -> None:
        assert what
        assert total == 30
        if done >= 10:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        own_classifier(small(), CPU, tell, steps=30)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(("channels", "resolution"), [(1, 4), (3, 8), (3, 33), (3, 96), (1, 128)])
def test_any_shape(folder: Path, channels: int, resolution: int) -> None:
    data = small(channels, resolution)
    found = extracted(data, steps=1).features(data.images)
    assert found.vectors.shape == (30, 128)
    assert found.vectors.isfinite().all()


def test_works_under_no_grad_and_leaves_no_gradients(folder: Path) -> None:
    with torch.no_grad():
        found = extracted(small(labels=torch.arange(30) % 3)).features(small().images)
    assert not found.vectors.requires_grad
    assert found.probabilities is not None
    assert found.probabilities.shape == (30, 4)  # the last: none of the three
    assert torch.allclose(found.probabilities.sum(1), torch.ones(30))


@pytest.mark.parametrize("labels", [None, torch.zeros(30, dtype=torch.int64)], ids=["none", "one class"])
def test_without_two_classes_it_learns_rotations(folder: Path, labels: Tensor | None) -> None:
    data = small(labels=labels)
    evaluator = Evaluator(data, CPU, samples=100, extractor_steps=2)
    assert isinstance(evaluator.extractor, OwnClassifier)
    assert evaluator.extractor.task.rotations
    assert list(evaluator.metrics) == ["eval/fid_own", "eval/kid_own", "eval/precision_own", "eval/recall_own"]
    assert set(evaluator.evaluate(lambda count, _: data.images[:count])) == set(evaluator.metrics)


def test_rotations_can_be_learnt(folder: Path, digits: ImageDataset) -> None:
    upright = (digits.labels == 7) | (digits.labels == 4)
    data = ImageDataset("4 and 7", digits.images[upright].contiguous())
    assert own_classifier(data, CPU, steps=30).accuracy > 0.6


def test_nonsense_is_of_the_same_shape_and_no_real_image(digits: ImageDataset) -> None:
    for shape in ((1, 28), (3, 5)):
        images = small(*shape, count=12).images
        others = nonsense(images, torch.Generator().manual_seed(0))
        assert others.shape == images.shape
        assert others.dtype == torch.uint8
        assert not any(torch.equal(one, other) for one, other in zip(images, others, strict=True))
