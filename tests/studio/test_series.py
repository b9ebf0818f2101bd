import time

import numpy as np
import pytest

from studio.views.series import History, MetricsRow
from studio.views.smoothing import ema


def row(step: int, **values: float) -> MetricsRow:
    named = {key.replace("_", "/", 1): value for key, value in values.items()}
    return MetricsRow(step, step / 10, step * 32, step / 100, named)


def slow_ema(values: np.ndarray, weight: float) -> np.ndarray:
    average, result = 0.0, []
    for count, value in enumerate(values, start=1):
        average = weight * average + (1 - weight) * value
        result.append(average / (1 - weight**count))
    return np.array(result)


def test_ema_of_a_constant_is_that_constant() -> None:
    np.testing.assert_allclose(ema(np.full(500, 0.7), 0.99), 0.7, rtol=1e-12)


def test_ema_by_hand() -> None:
    # m = 0.5, 0.25 + 1.5, 0.875 + 0 over 1 - 0.5**t
    np.testing.assert_allclose(ema(np.array([1.0, 3.0, 0.0]), 0.5), [1.0, 1.75 / 0.75, 0.875 / 0.875])


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 0.999])
def test_ema_equals_its_definition(weight: float) -> None:
    values = np.random.default_rng(0).normal(size=5000)
    np.testing.assert_allclose(ema(values, weight), slow_ema(values, weight), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("weight", [-0.1, 1.0, 2.0])
def test_ema_refuses_other_weights(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        ema(np.ones(3), weight)


def test_smoothing_piece_by_piece_equals_smoothing_at_once() -> None:
    values = np.random.default_rng(1).normal(size=700)
    history = History()
    for step, value in enumerate(values):
        history.append(step, step / 10, {"loss/g": float(value)})
        if step % 37 == 0:
            history.smoothed("loss/g", 0.95)
    np.testing.assert_allclose(history.smoothed("loss/g", 0.95)[1], slow_ema(values, 0.95), rtol=1e-9)
    np.testing.assert_allclose(history.smoothed("loss/g", 0.5)[1], slow_ema(values, 0.5), rtol=1e-9)


def test_a_column_is_a_view_and_not_a_copy() -> None:
    history = History()
    history.extend([row(step, loss_g=1.0) for step in range(10)])
    first, again = history.column("loss/g")[1], history.column("loss/g")[1]
    assert np.shares_memory(first, again)


def test_gaps_never_reach_a_plot() -> None:
    history = History()
    history.extend([row(1, loss_g=1.0), row(2, loss_g=float("nan")), row(3, loss_g=float("inf"))])
    history.extend([row(4, loss_g=2.0, prob_real=0.5), row(5)])
    x, y = history.column("loss/g")
    assert (x.tolist(), y.tolist()) == ([1, 4], [1.0, 2.0])
    assert np.isfinite(history.smoothed("loss/g", 0.9)[1]).all()
    assert history.column("prob/real", "epoch")[0].tolist() == [0.4]
    assert np.isnan(history.value_at("loss/g", 2))
    assert history.value_at("loss/g", 4) == 2.0
    assert len(history) == 5
    assert history.keys == ("loss/g", "prob/real")
    assert len(history.column("never/met")[0]) == 0


def test_going_back_rewinds() -> None:
    history = History()
    history.extend([row(step, loss_g=float(step)) for step in range(10)])
    history.smoothed("loss/g", 0.9)
    history.extend([row(4, loss_g=-1.0), row(5, loss_g=-2.0)])
    values = [0.0, 1.0, 2.0, 3.0, -1.0, -2.0]
    assert history.column("loss/g")[1].tolist() == values
    np.testing.assert_allclose(history.smoothed("loss/g", 0.9)[1], slow_ema(np.array(values), 0.9))
    history.truncate_after(2)
    assert history.column("loss/g")[0].tolist() == [0, 1, 2]
    assert history.span() == (0, 2)
    history.clear()
    assert (len(history), history.keys, history.span(), history.nearest(3)) == (0, (), None, None)


def test_rows_out_of_order_within_one_batch() -> None:
    history = History()
    history.extend([row(1, loss_g=1.0), row(2, loss_g=2.0), row(2, loss_g=3.0), row(3, loss_g=4.0)])
    assert history.column("loss/g")[1].tolist() == [1.0, 3.0, 4.0]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one value a step"):
        History().extend_columns(np.arange(3.0), np.arange(3.0), {"loss/g": np.zeros(2)})


def test_nearest_and_epoch() -> None:
    history = History()
    history.extend([row(10), row(20), row(40)])
    assert history.nearest(14) == (10, 1.0)
    assert history.nearest(31) == (40, 4.0)
    assert history.nearest(-5) == (10, 1.0)
    assert history.nearest(2.1, "epoch") == (20, 2.0)
    assert history.epoch_at(30) == 3.0


def test_200_000_points_are_smoothed_within_20_ms() -> None:
    steps = np.arange(200_000.0)
    history = History()
    history.extend_columns(steps, steps / 156, {"loss/g": np.random.default_rng(0).random(len(steps))})
    times = []
    for weight in (0.999, 0.99, 0.98, 0.97, 0.96):
        start = time.process_time()
        history.smoothed("loss/g", weight)
        times.append(time.process_time() - start)
    assert min(times) < 0.02
