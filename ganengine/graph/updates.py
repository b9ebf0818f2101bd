"""What stands in for torch's optimizers while a step is traced."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ganengine.optimizers.base import Optimizer

Figures = Callable[[int], Sequence[Tensor]]
"""Number of the update within the step → its figures, 0-d each."""


class TracedUpdates:
    """Takes steps as a torch optimizer does, out of plain tensor operations."""

    def __init__(
        self, settings: Optimizer, weights: Sequence[Tensor], memory: Sequence[dict[str, Tensor]], figures: Figures
    ) -> None:
        """
        Args:
            weights: leaves whose `grad` is set before each step.
            memory: for each weight what the optimizer remembers of it, by torch's names.
        """
        self._settings = settings
        self._weights = weights
        self._memory = memory
        self._figures = figures
        self._taken = 0

    @torch.no_grad()
    def step(self) -> None:
        """Update all weights in place from their gradients."""
        scalars = self._figures(self._taken)
        self._taken += 1
        for weight, memory in zip(self._weights, self._memory, strict=True):
            assert weight.grad is not None
            self._settings.update(weight, weight.grad, memory, scalars)
