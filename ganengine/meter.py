"""Means of the plotted values, gathered on the training device."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ganengine.side_stream import HostCopy, to_host


@dataclass(frozen=True)
class Reading:
    """Means that are on their way to the host."""

    keys: tuple[str, ...]
    copy: HostCopy

    def named(self, arrived: Tensor) -> dict[str, float]:
        """Metric key → mean, of the copy that has arrived."""
        return dict(zip(self.keys, arrived.tolist(), strict=True))


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
        self.sums_of(tuple(values)).add_(torch.stack(list(values.values())))
        self.counted()

    def sums_of(self, keys: Sequence[str]) -> Tensor:
        """The sums themselves, float32 [len(keys)], for whoever adds to them by himself and says `counted`."""
        if tuple(keys) != self._keys:
            self._keys, self.count = tuple(keys), 0
            self._sums = torch.zeros(len(self._keys), device=self._device)
        return self._sums

    def counted(self) -> None:
        """One more step is in the sums."""
        self.count += 1

    def peek(self) -> dict[str, float]:
        """The means so far, without starting anew. This waits for the device."""
        if not self.count:
            return {}
        return dict(zip(self._keys, (self._sums / self.count).tolist(), strict=True))

    def read(self) -> dict[str, float]:
        """The means since the last reading, and start anew. This waits for the device."""
        reading = self.take()
        return reading.named(reading.copy.get())

    def take(self) -> "Reading":
        """The same, without waiting: the means are on their way to the host."""
        keys = self._keys if self.count else ()
        reading = Reading(keys, to_host(self._sums[: len(keys)] / max(self.count, 1)))
        self._sums.zero_()
        self.count = 0
        return reading

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
