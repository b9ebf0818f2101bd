"""Each metric against values that were found another way."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from torch import Tensor

from ganengine.metrics.measures.base import Comparison, Features, all_metrics, by_key
from ganengine.metrics.settings import Evaluation

ROOT = Path(__file__).parents[2]
Array = NDArray[np.float64]


def value(name: str, real: Tensor, fake: Tensor) -> float:
    """A metric of feature vectors."""
    return all_metrics()[name].value(Comparison(Features(real), Features(fake)))


def gaussian(count: int, mean: Array, covariance: Array, seed: int) -> Tensor:
    """Vectors whose sample mean and (unbiased) sample covariance are exactly the given ones."""
    drawn = np.random.default_rng(seed).normal(size=(count, len(mean)))
    drawn -= drawn.mean(0)
    white = drawn @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn, rowvar=False))).T
    return torch.from_numpy(white @ np.linalg.cholesky(covariance).T + mean)


def cloud(count: int, seed: int, dimensions: int = 5) -> Tensor:
    return torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed))


# -- FID ---------------------------------------------------------------------------------------------------------------


def test_fid_of_gaussians_with_diagonal_covariances() -> None:
    one, other = np.array([4.0, 1.0, 0.25]), np.array([1.0, 9.0, 0.25])
    mean = np.array([1.0, -2.0, 0.5])
    expected = (mean**2).sum() + ((np.sqrt(one) - np.sqrt(other)) ** 2).sum()  # 5.25 + 1 + 4
    found = value("fid", gaussian(50, np.zeros(3), np.diag(one), 0), gaussian(70, mean, np.diag(other), 1))
    assert found == pytest.approx(expected, rel=1e-9)
    assert expected == 10.25


def test_fid_of_gaussians_that_are_not_aligned() -> None:
    one = np.array([[2.0, 0.6], [0.6, 1.0]])
    other = np.array([[1.0, -0.7], [-0.7, 3.0]])
    # In two dimensions tr(sqrt(M)) = sqrt(tr(M) + 2 sqrt(det(M))).
    product = one @ other
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    expected = 0.25 + np.trace(one) + np.trace(other) - 2 * root
    found = value("fid", gaussian(40, np.zeros(2), one, 0), gaussian(40, np.array([0.5, 0.0]), other, 1))
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("dimensions", [3, 40])
def test_fid_of_equal_sets_is_zero_even_of_fewer_images_than_dimensions(dimensions: int) -> None:
    features = cloud(30, 0, dimensions)
    assert value("fid", features, features) == pytest.approx(0, abs=1e-4)
    assert value("fid", features, features) >= 0


def test_fid_of_constant_features_is_the_distance_of_the_means_and_the_variance() -> None:
    real = gaussian(20, np.zeros(2), np.diag([1.0, 2.0]), 0)
    assert value("fid", real, torch.full((20, 2), 3.0)) == pytest.approx(18 + 3, rel=1e-6)


# -- KID ---------------------------------------------------------------------------------------------------------------


def mmd_by_hand(real: Array, fake: Array) -> float:
    """The unbiased squared maximum mean discrepancy under (x·y / d + 1)³, sum by sum."""

    def kernel(x: Array, y: Array) -> float:
        return float((x @ y / len(x) + 1) ** 3)

    m, n = len(real), len(fake)
    within_real = sum(kernel(real[i], real[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    within_fake = sum(kernel(fake[i], fake[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    between = sum(kernel(x, y) for x in real for y in fake) / (m * n)
    return within_real + within_fake - 2 * between


def test_kid_is_the_unbiased_mmd() -> None:
    real, fake = cloud(12, 0), cloud(12, 1) + 1
    expected = mmd_by_hand(real.double().numpy(), fake.double().numpy())
    assert value("kid", real, fake) == pytest.approx(expected, rel=1e-9)
    assert expected > 0.1


def test_kid_of_unequal_sets_is_a_mean_over_subsets_and_always_the_same() -> None:
    real, fake = cloud(60, 0), cloud(30, 1) + 0.5
    found = value("kid", real, fake)
    assert found == value("kid", real, fake)
    assert found == pytest.approx(mmd_by_hand(real.double().numpy(), fake.double().numpy()), rel=0.3)


def test_kid_of_many_images_is_about_that_of_all() -> None:
    real, fake = cloud(1500, 0), cloud(1500, 1) + 0.2
    products = [
        (one.double() @ other.double().T / 5 + 1) ** 3 for one, other in ((real, real), (fake, fake), (real, fake))
    ]
    within = sum((product.sum() - product.trace()) / (1500 * 1499) for product in products[:2])
    assert value("kid", real, fake) == pytest.approx(float(within - 2 * products[2].mean()), rel=0.1)


# -- precision and recall ----------------------------------------------------------------------------------------------


def share_inside(points: Array, balls: Array) -> float:
    """Share of points within the distance of some ball's centre to its third nearest neighbour, one by one."""
    radii = [sorted(float(np.linalg.norm(centre - other)) for other in balls)[3] for centre in balls]  # [0] is itself
    inside = [any(np.linalg.norm(p - c) <= r for c, r in zip(balls, radii, strict=True)) for p in points]
    return float(np.mean(inside))


@pytest.mark.parametrize("shift", [0.0, 1.0, 2.0])
def test_precision_and_recall_are_the_shares_inside_the_balls(shift: float) -> None:
    real, fake = cloud(40, 0), cloud(30, 1) * 0.7 + shift
    real_array, fake_array = real.double().numpy(), fake.double().numpy()
    precision, recall = value("precision", real, fake), value("recall", real, fake)
    assert precision == pytest.approx(share_inside(fake_array, real_array), abs=1e-6)
    assert recall == pytest.approx(share_inside(real_array, fake_array), abs=1e-6)
    assert precision != recall


def test_precision_and_recall_do_not_depend_on_the_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = cloud(40, 0), cloud(30, 1)
    whole = [value(name, real, fake) for name in ("precision", "recall")]
    monkeypatch.setattr("ganengine.metrics.measures.precision._PORTION", 7)
    assert [value(name, real, fake) for name in ("precision", "recall")] == whole


def test_equal_sets_have_both_and_distant_sets_neither() -> None:
    real = cloud(40, 0)
    for name in ("precision", "recall"):
        assert value(name, real, real) == 1
        assert value(name, real, real + 100) == 0


def test_a_collapsed_generator_is_precise_and_recalls_little() -> None:
    real = cloud(100, 0)
    fake = real[:1] + 0.001 * cloud(100, 1)
    assert value("precision", real, fake) == 1
    assert value("recall", real, fake) <= 0.01


def test_the_distances_are_computed_once_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch_fidelity.metric_prc as library

    calls: list[int] = []
    original = library.prc_features_to_metric

    def counted(*features: Tensor, **options: object) -> object:
        calls.append(len(features))
        return original(*features, **options)

    monkeypatch.setattr(library, "prc_features_to_metric", counted)
    comparison = Comparison(Features(cloud(10, 0)), Features(cloud(10, 1)))
    for name in ("precision", "recall"):
        all_metrics()[name].value(comparison)
    assert len(calls) == 1


# -- classes -----------------------------------------------------------------------------------------------------------


def classified(*rows: list[float]) -> Features:
    """Probabilities of two classes, a third that the data lack, and none of them."""
    return Features(torch.zeros(len(rows), 2), torch.tensor(rows))


def of_classes(name: str, fake: Features, shares: list[float]) -> float:
    comparison = Comparison(fake, fake, torch.tensor(shares, dtype=torch.float64))
    return all_metrics()[name].value(comparison)


FIRST, SECOND, NOTHING = [0.95, 0.05, 0.0, 0.0], [0.2, 0.7, 0.0, 0.1], [0.02, 0.03, 0.0, 0.95]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([FIRST, FIRST, SECOND, SECOND], 1.0),
        ([FIRST, FIRST, FIRST, SECOND], 1.0),  # a quarter is just half of a half
        ([FIRST, FIRST, FIRST, FIRST, SECOND], 0.5),
        ([FIRST] * 4, 0.5),
        ([FIRST, NOTHING, NOTHING, NOTHING], 0.5),
        ([NOTHING] * 4, 0.0),
    ],
)
def test_coverage_counts_classes_made_at_least_half_as_often(rows: list[list[float]], expected: float) -> None:
    assert of_classes("class_coverage", classified(*rows), [0.5, 0.5, 0.0]) == expected


def test_coverage_goes_by_the_shares_in_the_data() -> None:
    mostly_first = classified(*[FIRST] * 9, SECOND)
    assert of_classes("class_coverage", mostly_first, [0.5, 0.5, 0.0]) == 0.5
    assert of_classes("class_coverage", mostly_first, [0.85, 0.15, 0.0]) == 1


def test_confidence_is_the_share_that_is_surely_of_some_class() -> None:
    just = [0.9, 0.1, 0.0, 0.0]
    assert of_classes("confidence", classified(FIRST, SECOND, NOTHING, just), [0.5, 0.5, 0.0]) == 0.5


# -- names and settings ------------------------------------------------------------------------------------------------


def test_keys_and_titles_name_the_extractor() -> None:
    assert list(all_metrics()) == ["fid", "kid", "precision", "recall", "class_coverage", "confidence"]
    known = by_key()
    assert known["eval/fid_own"][1] == "FID (own classifier)"
    assert known["eval/precision_inception"][1] == "Precision (Inception)"
    for metric, title in known.values():
        assert metric.better in {"lower", "higher"}
        assert metric.title in title
        assert metric.summary().endswith(".")


def test_names_are_known_without_torch() -> None:
    code = "import sys; from ganengine.metrics.measures.base import by_key; by_key(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_the_settings_choose_the_best_by_any_metric() -> None:
    assert Evaluation().best_key() == "eval/fid_own"
    assert Evaluation(best_by="recall", features="inception").best_key() == "eval/recall_inception"
    assert Evaluation(best_by="none").best_key() is None
    for name in all_metrics():
        assert Evaluation(best_by=name).best_by == name
    with pytest.raises(ValidationError):
        Evaluation(best_by="beauty")


def test_lower_fid_and_higher_recall_are_better() -> None:
    fid, recall = Evaluation(), Evaluation(best_by="recall")
    assert fid.improves(50.0, None)
    assert (fid.improves(1.0, 2.0), fid.improves(2.0, 1.0), fid.improves(1.0, 1.0)) == (True, False, False)
    assert (recall.improves(0.1, 0.2), recall.improves(0.2, 0.1)) == (False, True)
