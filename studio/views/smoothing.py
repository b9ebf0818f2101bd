"""The exponential moving average behind the smoothed curves."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-18
"""A weight below this changes no bit of a float64 sum."""


def ema(values: Floats, weight: float, before: float = 0.0, count: int = 0) -> Floats:
    """Bias-corrected exponential moving average (Kingma & Ba 2015, section 3), without a Python loop.

    With ``m_t = weight * m_{t-1} + (1 - weight) * v_t`` and ``m_0 = 0`` the result is
    ``m_t / (1 - weight**t)``, so that the first value is itself and not pulled towards zero.

    Args:
        values: shape [n], finite.
        weight: in [0, 1); 0 gives the values back.
        before: the last result of an earlier call, to go on from there.
        count: how many values led to ``before``.

    Raises:
        ValueError: the weight is outside [0, 1).
    """
    if not 0.0 <= weight < 1.0:
        raise ValueError(f"the smoothing weight must be at least 0 and less than 1, not {weight}")
    if weight == 0.0 or len(values) == 0:
        return values.copy()
    average = _running_sum((1.0 - weight) * values, weight)
    powers = _powers(weight, len(values))
    head = len(powers)
    average[:head] += powers * (before * (1.0 - weight**count))
    average[:head] /= 1.0 - powers * weight**count
    return average


def _running_sum(values: Floats, weight: float) -> Floats:
    """``s_t = weight * s_{t-1} + v_t`` by doubling: sums over 1, 2, 4, ... values. Overwrites ``values``."""
    distance = 1
    while distance < len(values) and weight**distance > NEGLIGIBLE:
        values[distance:] += weight**distance * values[:-distance]
        distance *= 2
    return values


def _powers(weight: float, length: int) -> Floats:
    """``weight**1, weight**2, ...``, as far as they are worth keeping."""
    worth_keeping = int(np.log(NEGLIGIBLE) / np.log(weight)) + 1
    exponents = np.arange(1, min(length, worth_keeping) + 1, dtype=np.float64)
    powers: Floats = np.exp(exponents * np.log(weight))
    return powers
