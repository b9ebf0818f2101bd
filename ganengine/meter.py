"""Means of the plotted values, gathered on the training device."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor


class Meter:
    """Sums values on the device and brings them to the host in one transfer.

    Attributes:
        count: steps summed since the last `read`.
    """

    def __init__(self, keys: Sequence[str], device: torch.device) -> None:
        self._keys = tuple(keys)
        self._sums = torch.zeros(len(self._keys), device=device)
        self.count = 0

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Add one step's 0-d tensors; every key must be there."""
        self._sums += torch.stack([values[key] for key in self._keys])
        self.count += 1

    def peek(self) -> dict[str, float]:
        """The means so far, without starting anew. This waits for the device."""
        if not self.count:
            return {}
        return dict(zip(self._keys, (self._sums / self.count).tolist(), strict=True))

    def read(self) -> dict[str, float]:
        """The means since the last reading, and start anew. This waits for the device."""
        means = self.peek()
        self._sums.zero_()
        self.count = 0
        return means

    def state_dict(self) -> dict[str, Any]:
        """The unread sums."""
        return {"sums": self._sums.clone(), "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with the sums of `state`."""
        self._sums.copy_(state["sums"])
        self.count = int(state["count"])


def not_finite(means: Mapping[str, float]) -> list[str]:
    """Keys whose value is infinite or not a number."""
    return [key for key, value in means.items() if not math.isfinite(value)]
