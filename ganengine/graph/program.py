"""A compiled step, loaded and ready to run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganengine.graph.build import DESCRIPTION, LIBRARY
from ganengine.graph.draws import Draw
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.native import NativeLibrary


class StepProgram:
    """A step as one call into compiled code, which runs without holding Python's lock.

    Attributes:
        state: names of the tensors that it changes in place, see `ganengine.graph.slots`.
        metrics: keys of the sums that it adds to.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        """
        Raises:
            GraphUnusable: what is in the folder is not complete, or was made for something else.
        """
        try:
            description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            self.state: list[str] = description["state"]
            self.metrics: list[str] = description["metrics"]
            self._inputs: list[dict[str, Any]] = description["inputs"]
            self._draws = [Draw.from_json(values) for values in description["draws"]]
            self._runner = _runner(folder / LIBRARY, device)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise GraphUnusable(f"the compiled step in {folder} cannot be loaded: {error}") from error
        self._device = device
        self._bound: list[Tensor] = []

    def bind(self, state: dict[str, Tensor], sums: Tensor) -> None:
        """Work on these tensors from now on.

        Raises:
            GraphUnusable: they are not those that it was compiled for.
        """
        if list(state) != self.state:
            raise GraphUnusable("the compiled step belongs to other networks")
        bound = [*(tensor.detach() for tensor in state.values()), sums]
        self._check(bound)
        self._bound = bound

    def run(self, inputs: Sequence[Tensor]) -> None:
        """Take one step. `inputs` are a batch's tensors and the figures; the random numbers are drawn here."""
        draws = [draw(self._device) for draw in self._draws]
        self._runner.run([*self._bound, *inputs, *draws])

    def _check(self, tensors: Sequence[Tensor]) -> None:
        for tensor, expected in zip(tensors, self._inputs, strict=False):
            dtype = getattr(torch, expected["dtype"])
            same = list(tensor.shape) == expected["size"] and tensor.dtype == dtype
            if not same or list(tensor.stride()) != expected["stride"]:
                raise GraphUnusable("the compiled step belongs to tensors of another shape")


def _runner(library: Path, device: torch.device) -> Any:
    if device.type == "cpu":
        return NativeLibrary(library)
    from torch._C import _aoti

    runner: Any = _aoti
    # Single-threaded, it takes no events of its own, which a recording could not hold.
    return runner.AOTIModelContainerRunnerCuda(str(library), 1, str(device), "", True)
