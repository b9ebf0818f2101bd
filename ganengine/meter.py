"""Means of the plotted values, gathered on the training device."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class Meter:
    """Sums values on the device and brings them to the host in one transfer.

    Attributes:
        count: steps summed since the last `read`.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._keys: tuple[str, ...] = ()
        self._sums = torch.zeros(0, device=device)
        self.count = 0

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Add one step's 0-d tensors. Where it is told of other keys than before, it starts anew."""
        if tuple(values) != self._keys:
            self._keys, self.count = tuple(values), 0
            self._sums = torch.zeros(len(self._keys), device=self._device)
        self._sums += torch.stack(list(values.values()))
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
        return {"keys": list(self._keys), "sums": self._sums.clone(), "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with the sums of `state`."""
        self._keys = tuple(state["keys"])
        self._sums = state["sums"].to(self._device, copy=True)
        self.count = int(state["count"])


def not_finite(means: Mapping[str, float]) -> list[str]:
    """Keys whose value is infinite or not a number."""
    return [key for key, value in means.items() if not math.isfinite(value)]
