"""Means gathered on the device."""

import math

import torch

from ganengine.meter import Meter, not_finite

CPU = torch.device("cpu")


def filled(*pairs: tuple[float, float]) -> Meter:
    meter = Meter(CPU)
    for a, b in pairs:
        meter.add({"a": torch.tensor(a), "b": torch.tensor(b)})
    return meter


def test_means_by_name() -> None:
    meter = filled((1.0, 10.0), (3.0, 50.0))
    assert meter.count == 2
    assert meter.peek() == {"a": 2.0, "b": 30.0}
    assert meter.read() == {"a": 2.0, "b": 30.0}


def test_reading_starts_anew_and_peeking_does_not() -> None:
    meter = filled((1.0, 10.0))
    meter.peek()
    assert meter.count == 1
    meter.read()
    assert meter.count == 0
    assert meter.peek() == meter.read() == {}
    meter.add({"a": torch.tensor(7.0), "b": torch.tensor(8.0)})
    assert meter.read() == {"a": 7.0, "b": 8.0}


def test_other_keys_start_anew() -> None:
    meter = filled((1.0, 10.0))
    meter.add({"a": torch.tensor(3.0), "penalty/r1": torch.tensor(5.0)})
    assert meter.count == 1
    assert meter.read() == {"a": 3.0, "penalty/r1": 5.0}


def test_it_goes_on_from_its_state_which_does_not_change_with_it() -> None:
    meter = filled((1.0, 10.0))
    state = meter.state_dict()
    meter.add({"a": torch.tensor(100.0), "b": torch.tensor(100.0)})
    other = filled()
    other.load_state_dict(state)
    other.add({"a": torch.tensor(2.0), "b": torch.tensor(20.0)})
    assert other.read() == {"a": 1.5, "b": 15.0}


def test_not_finite_names_the_keys() -> None:
    assert not_finite({"a": 1.0, "b": math.nan, "c": math.inf, "d": -math.inf}) == ["b", "c", "d"]
    assert not_finite({}) == []
