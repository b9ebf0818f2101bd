"""Bringing values from the GPU to the host beside the training, which does not wait for them.

A copy is made on a stream of its own into pinned memory, and an event tells when it has arrived. What is told of them
keeps its order. On the CPU everything is there at once.
"""

from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Protocol

import torch
from torch import Tensor


class Event(Protocol):
    """As `torch.cuda.Event`."""

    def query(self) -> bool: ...
    def synchronize(self) -> None: ...


class HostCopy:
    """A tensor on its way to the host."""

    def __init__(self, tensor: Tensor, event: Event | None = None) -> None:
        """
        Args:
            tensor: where it arrives, in the host's memory.
            event: happens when it has arrived; None: it has.
        """
        self._tensor = tensor
        self._event = event

    @property
    def has_arrived(self) -> bool:
        """Whether `get` would not wait."""
        return self._event is None or self._event.query()

    def get(self) -> Tensor:
        """The tensor in the host's memory, once it has arrived."""
        if self._event is not None:
            self._event.synchronize()
        return self._tensor


def to_host(tensor: Tensor) -> HostCopy:
    """Begin to copy a tensor that nobody will change; one on the CPU is itself the copy."""
    tensor = tensor.detach()
    if tensor.device.type != "cuda":
        return HostCopy(tensor)
    side, event = _side_stream(tensor.device), torch.cuda.Event()  # type: ignore[no-untyped-call]
    arriving = torch.empty_like(tensor, device="cpu", pin_memory=True)
    side.wait_stream(torch.cuda.current_stream(tensor.device))
    with torch.cuda.stream(side):
        arriving.copy_(tensor, non_blocking=True)
        event.record(side)
    tensor.record_stream(side)  # its memory is not given to others before it was read
    return HostCopy(arriving, event)


@cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


class Arrivals:
    """What is to be done with each copy when it has arrived, in the order in which they were begun."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[HostCopy, Callable[[Tensor], None]]] = deque()

    def expect(self, copy: HostCopy, then: Callable[[Tensor], None]) -> None:
        """Call `then` with the tensor in one of the next `deliver`."""
        self._waiting.append((copy, then))

    def deliver(self, *, wait: bool = False) -> None:
        """Do what is due; with `wait`, for all that is on its way.

        What `then` raises comes through, and what came after it is forgotten.
        """
        while self._waiting and (wait or self._waiting[0][0].has_arrived):
            copy, then = self._waiting.popleft()
            try:
                then(copy.get())
            except BaseException:
                self._waiting.clear()
                raise
