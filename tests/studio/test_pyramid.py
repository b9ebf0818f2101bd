import numpy as np
import pytest

from studio.views.pyramid import BYTES_AN_ENTRY, CAPACITY, Blocks, Pyramid
from studio.views.rows import RowTable
from studio.views.series import History
from studio.views.smoothing import ema

LITTLE = 64
BOUND = 5 * 2**20
"""Bytes that a column may take, at any length: `BYTES_AN_ENTRY * CAPACITY`, and a little for the rest."""


def grown(values: np.ndarray, capacity: int = LITTLE, portion: int | None = None) -> Pyramid:
    pyramid = Pyramid(capacity)
    for start in range(0, len(values), portion or len(values)):
        part = slice(start, start + (portion or len(values)))
        pyramid.extend(np.arange(len(values), dtype=float)[part], values[part])
    return pyramid


def agrees(blocks: Blocks, values: np.ndarray) -> None:
    """Each block tells what its values are."""
    start = int(blocks.places[0] - blocks.sizes[0]) + 1
    for end, low, high, mean, size in zip(
        blocks.places, blocks.low, blocks.high, blocks.mean, blocks.sizes, strict=True
    ):
        part = values[start : int(end) + 1]
        assert len(part) == size
        assert (low, high, mean) == pytest.approx((part.min(), part.max(), part.mean()))
        start = int(end) + 1
    assert start <= len(values)


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 127, 1000, 4097])
@pytest.mark.parametrize("portion", [1, 7, None])
def test_blocks_tell_what_their_values_are(count: int, portion: int | None) -> None:
    values = np.random.default_rng(count).normal(size=count)
    pyramid = grown(values, portion=portion)
    blocks = pyramid.finest()
    assert len(pyramid) == blocks.sizes.sum() == count
    agrees(blocks, values)
    for most in (1, 5, 40):
        agrees(pyramid.between(-1, count, most), values)


def test_a_short_column_is_exact() -> None:
    values = np.random.default_rng(0).normal(size=LITTLE - 1)
    blocks = grown(values).finest()
    assert blocks.mean.tolist() == values.tolist()
    assert blocks.outline()[1].tolist() == values.tolist()


def test_no_extreme_is_ever_lost() -> None:
    values = np.zeros(100_000)
    values[12_345], values[99_999] = 7.0, -7.0
    pyramid = grown(values)
    for most in (1, 10, 100):
        blocks = pyramid.between(0, 100_000, most)
        assert (blocks.high.max(), blocks.low.min()) == (7.0, -7.0)
        x, y = blocks.outline()
        assert (y.max(), y.min()) == (7.0, -7.0)
        assert abs(x[y.argmax()] - 12_345) <= blocks.sizes.max()


def test_the_mean_of_a_ramp() -> None:
    blocks = grown(np.arange(4096.0)).between(0, 4096, 16)
    np.testing.assert_allclose(blocks.mean, blocks.places - (blocks.sizes - 1) / 2)


@pytest.mark.parametrize("portion", [1, 13, 64])
def test_growing_bit_by_bit_equals_growing_at_once(portion: int) -> None:
    values = np.random.default_rng(2).normal(size=3001)
    bit_by_bit, at_once = grown(values, portion=portion).finest(), grown(values).finest()
    assert len(bit_by_bit) <= LITTLE + 12
    assert bit_by_bit.mean.sum() != 0
    agrees(bit_by_bit, values)
    agrees(at_once, values)


def test_a_view_has_few_blocks_and_one_more_to_each_side() -> None:
    pyramid = grown(np.random.default_rng(3).normal(size=60_000), CAPACITY)
    blocks = pyramid.between(20_000, 30_000, 500)
    assert 250 <= len(blocks) <= 502
    assert blocks.places[0] < 20_000 <= blocks.places[1]
    assert blocks.places[-2] <= 30_000 <= blocks.places[-1]
    assert len(pyramid.between(100, 110, 500)) == 12  # 99 to 110
    assert len(pyramid.between(70_000, 80_000, 500)) <= 20


@pytest.mark.parametrize("cut", [-1, 0, 10, 500, 999, 2000])
def test_what_comes_after_a_place_is_forgotten(cut: int) -> None:
    values = np.random.default_rng(4).normal(size=1000)
    pyramid = grown(values)
    pyramid.truncate_after(cut)
    blocks = pyramid.finest()
    kept = max(0, min(cut + 1, 1000))
    assert kept - pyramid.block < len(pyramid) <= kept
    assert (blocks.places <= cut).all()
    if len(pyramid):
        agrees(blocks, values)
    more = np.random.default_rng(5).normal(size=500)
    at = len(pyramid)
    pyramid.extend(np.arange(at, at + 500.0), more)
    agrees(pyramid.finest(), np.concatenate([values[:at], more]))


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.999])
def test_smoothing_single_values_is_exact(weight: float) -> None:
    values = np.random.default_rng(6).normal(size=5000)
    pyramid = grown(values, CAPACITY)
    x, y = pyramid.smoothed(float("-inf"), float("inf"), 10_000, weight)
    np.testing.assert_allclose(y, ema(values, weight), rtol=1e-9)
    x, y = pyramid.smoothed(4000, 4500, 1000, weight)
    np.testing.assert_allclose(y, ema(values, weight)[x.astype(int)], atol=1e-4)


@pytest.mark.parametrize("weight", [0.0, 0.9, 0.999])
def test_smoothing_blocks_is_near(weight: float) -> None:
    steps = np.arange(50_000.0)
    values = np.sin(steps / 4000)
    x, y = grown(values, 4096).smoothed(float("-inf"), float("inf"), 400, weight)
    assert 200 <= len(x) <= 420
    np.testing.assert_allclose(y, ema(values, weight)[x.astype(int)], atol=0.05)


def test_smoothing_a_constant_gives_it_back() -> None:
    _, y = grown(np.full(100_003, 0.7)).smoothed(float("-inf"), float("inf"), 30, 0.97)
    np.testing.assert_allclose(y, 0.7)


def test_ten_million_values_take_no_more_than_the_bound() -> None:
    pyramid = Pyramid()
    values = np.random.default_rng(0).random(100_000)
    for start in range(0, 10_000_000, 100_000):
        pyramid.extend(np.arange(start, start + 100_000.0), values)
        assert pyramid.nbytes <= BOUND
    assert len(pyramid) == 10_000_000
    assert len(pyramid.finest()) >= CAPACITY // 2 - 1
    assert BYTES_AN_ENTRY * CAPACITY < BOUND
    np.testing.assert_allclose(
        np.average(pyramid.finest().mean, weights=pyramid.finest().sizes), values.mean(), rtol=1e-9
    )


def test_rows_are_known_within_bounds() -> None:
    table = RowTable(64)
    steps = np.arange(0.0, 10_000.0, 10)
    for start in range(0, 1000, 3):
        part = steps[start : start + 3]
        table.extend({"step": part, "epoch": part / 100, "minute": part / 1000})
    assert len(table) == 1000
    assert table.span("epoch") == pytest.approx((0, 99.9))
    assert len(table.places("step")) <= 65
    np.testing.assert_allclose(table.convert(steps, "step", "minute"), steps / 1000)
    table.truncate_after(5000)
    assert 4500 < table.last_step <= 5000
    table.truncate_after(-1)
    assert (len(table), table.span("step")) == (0, None)


def test_a_history_of_any_length_is_read_where_the_pointer_is() -> None:
    history = History()
    steps = np.arange(0.0, 400_000.0)
    history.extend_columns(steps, steps / 100, {"loss/g": np.where(steps == 123_456, 9.0, 1.0)})
    step, epoch = history.nearest(200_000, "step", ["loss/g"]) or (0, 0.0)
    assert abs(step - 200_000) <= history.rows_at_once(["loss/g"]) == 8
    assert epoch == pytest.approx(step / 100)
    assert history.value_at("loss/g", step) == 1.0
    assert history.value_at("loss/g", 123_456) == 2.0
    blocks = history.outline("loss/g", "epoch", (1000.0, 1500.0), 300)
    assert blocks.high.max() == 9.0
    assert len(blocks) <= 302
    history.truncate_after(1000)
    history.extend_columns(steps[1001:1100], steps[1001:1100] / 100, {"loss/g": np.full(99, 3.0)})
    assert history.span() == (0, 1099)
    assert history.column("loss/g")[1][-1] == 3.0
