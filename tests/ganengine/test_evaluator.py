"""`Evaluator`: worse images get worse values, the same each time, and nothing else is disturbed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ganengine.data.dataset import ImageDataset
from ganengine.data.sources.mnist_5k import MNIST5k
from ganengine.errors import Cancelled, ConfigError, DatasetError
from ganengine.metrics.evaluator import Evaluator, labels_like
from ganengine.metrics.extractors.own import OwnClassifier, own_classifier
from tests.ganengine.metric_data import CPU, small, thousand_digits

STEPS = 40


@pytest.fixture
def digits() -> ImageDataset:
    """1,000 digits, 100 of each."""
    return thousand_digits()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    monkeypatch.setenv("GAN_STUDIO_CACHE", str(tmp_path))
    return tmp_path / "extractors"


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluator]:
    """One of the digits, with a classifier that is trained just enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_STUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield Evaluator(thousand_digits(), CPU, samples=500, extractor_steps=STEPS)


def test_values_get_worse_with_noise(evaluator: Evaluator, digits: ImageDataset) -> None:
    """And are good for real digits, and worst for no digits at all."""

    def noisy(amount: float) -> dict[str, float]:
        def make(count: int, generator: torch.Generator) -> Tensor:
            images = digits.images[torch.randint(0, digits.count, (count,), generator=generator)].float()
            noise = torch.randn(images.shape, generator=generator)
            return (images + amount * noise).clamp(0, 255).to(torch.uint8)

        return evaluator.evaluate(make)

    found = [noisy(amount) for amount in (0, 20, 50, 120)]
    fids = [values["eval/fid_own"] for values in found]
    kids = [values["eval/kid_own"] for values in found]
    assert fids == sorted(fids)
    assert kids == sorted(kids)
    assert fids[-1] > 20 * fids[0]
    assert abs(kids[0]) < 0.02
    assert found[0]["eval/precision_own"] > 0.9
    assert found[0]["eval/recall_own"] > 0.9
    assert found[0]["eval/class_coverage_own"] == 1
    assert found[-1]["eval/precision_own"] < 0.2


def test_one_digit_alone_covers_one_class_and_recalls_little(evaluator: Evaluator, digits: ImageDataset) -> None:
    ones = digits.images[digits.labels == 1]
    found = evaluator.evaluate(lambda count, _: ones.repeat(9, 1, 1, 1)[:count])
    assert found["eval/class_coverage_own"] == pytest.approx(0.1)
    assert found["eval/recall_own"] < 0.4
    assert found["eval/precision_own"] > 0.8


def test_what_an_untrained_generator_makes_is_no_class(evaluator: Evaluator) -> None:
    def grey(count: int, generator: torch.Generator) -> Tensor:
        return (127 + 5 * torch.randn(count, 1, 28, 28, generator=generator)).to(torch.uint8)

    found = evaluator.evaluate(grey)
    assert found["eval/confidence_own"] < 0.1
    assert found["eval/class_coverage_own"] <= 0.1


def test_a_seed_gives_the_same_values(digits: ImageDataset, folder: Path) -> None:
    def make(count: int, generator: torch.Generator) -> Tensor:
        return digits.images[torch.randint(0, digits.count, (count,), generator=generator)]

    first = Evaluator(digits, CPU, samples=300, extractor_steps=2)
    again = Evaluator(digits, CPU, samples=300, extractor_steps=2)
    other = Evaluator(digits, CPU, samples=300, extractor_steps=2, seed=1)
    assert first.evaluate(make) == first.evaluate(make) == again.evaluate(make)
    assert other.evaluate(make) != first.evaluate(make)


def test_images_are_made_in_portions_without_gradients(evaluator: Evaluator, digits: ImageDataset) -> None:
    asked: list[int] = []

    def make(count: int, generator: torch.Generator) -> Tensor:
        assert not torch.is_grad_enabled()
        asked.append(count)
        return digits.images[:count]

    evaluator.evaluate(make)
    assert sum(asked) == evaluator.samples == 500
    assert max(asked) <= 256


def test_portions_do_not_matter(evaluator: Evaluator, digits: ImageDataset) -> None:
    images = digits.images[:400]
    whole, parts = evaluator.measure([images]), evaluator.measure(torch.split(images, 33))
    assert whole == pytest.approx(parts, rel=1e-3, abs=1e-4)


def test_the_real_images_features_are_kept(digits: ImageDataset, folder: Path) -> None:
    told: list[str] = []

    def evaluator(samples: int) -> list[str]:
        told.clear()
        Evaluator(digits, CPU, samples=samples, extractor_steps=2, tell=lambda what, *_: told.append(what))
        return sorted(set(told))

    real, training = "Measuring the real images", "Training the feature extractor"
    assert evaluator(300) == [real, training]
    assert evaluator(300) == []
    assert evaluator(200) == [real]
    own_classifier(digits, CPU, steps=3)
    assert evaluator(300) == [training]  # trained again to the same weights, whose features are still there


def test_features_of_other_weights_are_not_used(digits: ImageDataset, folder: Path) -> None:
    told: list[str] = []
    Evaluator(digits, CPU, samples=300, extractor_steps=2)
    Evaluator(digits, CPU, samples=300, extractor_steps=3, tell=lambda what, *_: told.append(what))
    assert "Measuring the real images" in told


def test_progress_is_told_and_an_evaluation_can_be_cancelled(digits: ImageDataset, folder: Path) -> None:
    told: list[tuple[int, int]] = []

    def tell(what: str, done: int, total: int) -> None:
        if what == "Measuring the made images":
            told.append((done, total))
            if len(told) == 3:
                raise Cancelled("enough")

    evaluator = Evaluator(digits, CPU, samples=600, extractor_steps=2, tell=tell)
    with pytest.raises(Cancelled):
        evaluator.evaluate(lambda count, _: digits.images[:count])
    assert told == [(0, 600), (256, 600), (512, 600)]


def test_too_few_images_are_refused(folder: Path) -> None:
    with pytest.raises(DatasetError, match="at least 10 real images; there are 9"):
        Evaluator(small(count=9), CPU)
    assert Evaluator(small(count=10), CPU, extractor_steps=1).measure([small(count=2).images])


def test_floats_are_refused(evaluator: Evaluator, digits: ImageDataset) -> None:
    with pytest.raises(ValueError, match="not uint8"):
        evaluator.measure([digits.images.float()])
    with pytest.raises(ValueError, match="two images"):
        evaluator.measure([])


def test_a_memory_mapped_file_will_do(folder: Path, tmp_path: Path) -> None:
    labels = torch.arange(30) % 3
    data = small(labels=labels)
    np.save(tmp_path / "images.npy", data.images.numpy())
    mapped = torch.from_numpy(np.load(tmp_path / "images.npy", mmap_mode="c"))
    one, other = (
        Evaluator(ImageDataset("mapped", images, labels, data.classes), CPU, extractor_steps=2)
        for images in (data.images, mapped)
    )
    assert one.measure([data.images]) == other.measure([data.images])


@pytest.mark.slow
def test_digits_are_told_apart_at_97_percent(folder: Path) -> None:
    data = MNIST5k().load()
    evaluator = Evaluator(data, CPU)
    assert isinstance(evaluator.extractor, OwnClassifier)
    assert evaluator.extractor.accuracy >= 0.97
    found = evaluator.evaluate(lambda count, g: data.images[torch.randint(0, data.count, (count,), generator=g)])
    assert found["eval/fid_own"] < 1
    assert found["eval/confidence_own"] > 0.9


@pytest.mark.cuda
def test_on_a_gpu_nearly_the_same_values(folder: Path, digits: ImageDataset) -> None:
    on_cpu = Evaluator(digits, CPU, samples=300, extractor_steps=STEPS)
    on_gpu = Evaluator(digits.to(torch.device("cuda")), torch.device("cuda"), samples=300, extractor_steps=STEPS)
    values = [each.measure([digits.images[:300] // 2]) for each in (on_cpu, on_gpu)]
    assert values[0] == pytest.approx(values[1], rel=0.02, abs=0.01)


def test_labels_are_drawn_as_they_are_in_the_data() -> None:
    data = small(labels=torch.tensor([0] * 24 + [2] * 6))
    drawn = labels_like(data, 1000, torch.Generator().manual_seed(0)).bincount(minlength=3)
    assert drawn[1] == 0
    assert 150 < drawn[2] < 250


def test_other_extractors_do_not_exist(digits: ImageDataset) -> None:
    with pytest.raises(ConfigError, match="must be own or inception"):
        Evaluator(digits, CPU, features="vgg")
