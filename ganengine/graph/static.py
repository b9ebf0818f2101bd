"""A step recorded once as a CUDA graph and replayed: one launch in place of hundreds.

A replay reads and writes the very addresses that were recorded. So inputs are copied into buffers that stay where they
are, and the state's tensors must stay too.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Step = Callable[[], None]


def record_on_cuda(step: Step) -> Step:
    """Record what `step` puts on the GPU, without doing it. The same step must have run before, on other tensors."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    replay: Step = graph.replay
    return replay


class StaticStep:
    """Runs a step on buffers that never move."""

    def __init__(
        self, run: Callable[[Sequence[Tensor]], None], record: Callable[[Step], Step] = record_on_cuda
    ) -> None:
        """
        Args:
            run: takes one step with inputs; draws its random numbers from torch's global generator, whose state a
                CUDA graph moves on with each replay.
            record: from a step to what repeats it on the same addresses.
        """
        self._run = run
        self._record = record
        self._buffers: list[Tensor] = []
        self._replay: Step | None = None

    def __call__(self, inputs: Sequence[Tensor]) -> None:
        """Take one step with inputs of the same shapes each time."""
        if self._replay is None:
            self._buffers = [given.clone() for given in inputs]
            self._replay = self._record(lambda: self._run(self._buffers))
        else:
            for buffer, given in zip(self._buffers, inputs, strict=True):
                buffer.copy_(given, non_blocking=True)
        self._replay()
