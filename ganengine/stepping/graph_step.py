"""The step as one call into compiled code."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor

from ganengine.batch import Batch
from ganengine.batches import rng_state, set_rng_state
from ganengine.config import TrainConfig
from ganengine.eager import eager_step
from ganengine.graph.errors import GraphUnusable
from ganengine.graph.figures import Counters, figures
from ganengine.graph.program import StepProgram
from ganengine.graph.slots import slots
from ganengine.graph.static import StaticStep
from ganengine.meter import Meter
from ganengine.players import Players
from ganengine.rules import Rules

TOLERANCE = 0.02
"""How far graph and eager step may differ: the distance between their weights after a step, as a share of the way that
the weights went. Rounding alone makes about 1e-5; where gradients are nothing but rounding, Adam takes it for a way."""

_COARSE = 10  # times as far where the networks compute in bfloat16


class GraphStep:
    """A compiled step at work on a training's own tensors.

    While it is, the optimizers' counters are here; `settle` brings them up to date.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        """
        Raises:
            GraphUnusable: it cannot be loaded.
        """
        self._program = StepProgram(folder, device)
        self._device = device
        self._run: Callable[[Sequence[Tensor]], None] = self._program.run
        self._counters = Counters()
        self._players: Players | None = None

    def enter(self, players: Players, meter: Meter, *, records: bool = True) -> None:
        """Take over. The players must have taken a step, so that the optimizers have their memory.

        Args:
            records: on CUDA, record the step at the first and replay it from then on.

        Raises:
            GraphUnusable: it was made for other networks.
        """
        self._program.bind(slots(players), meter.sums_of(self._program.metrics))
        if records and self._device.type == "cuda":
            self._run = StaticStep(self._program.run)
        self._counters, self._players = Counters.of(players), players

    def take(self, config: TrainConfig, batch: Batch, factor: float) -> None:
        """One step; `factor` is the schedule's."""
        numbers = figures(config, factor, self._counters, float(batch.ema_weight), int(batch.shown))
        vector = torch.tensor(numbers, dtype=torch.float32).to(self._device, non_blocking=True)
        self._run([*batch.tensors(), vector])

    def settle(self) -> None:
        """Tell the optimizers how many steps they have taken."""
        if self._players is not None:
            self._counters.give_back(self._players)


def check_agreement(
    graph: GraphStep, config: TrainConfig, rules: Rules, players: Players, batch: Batch, factor: float
) -> None:
    """Take the same step both ways, on copies and with the same random numbers.

    Raises:
        GraphUnusable: they differ by more than rounding.
    """
    device = batch.images[0].device
    random_numbers = rng_state(device)
    eager, compiled = deepcopy(players), deepcopy(players)
    eager_meter, meter = Meter(device), Meter(device)
    before = {name: tensor.clone() for name, tensor in slots(players).items()}
    try:
        eager_meter.add(eager_step(config, rules, eager, batch, factor))
        set_rng_state(random_numbers, device)
        graph.enter(compiled, meter, records=False)
        graph.take(config, batch, factor)
        meter.counted()
    finally:
        set_rng_state(random_numbers, device)
    expected, found = slots(eager), slots(compiled)
    tolerance = TOLERANCE if config.compute.autocast is None else _COARSE * TOLERANCE
    for part in ("G.", "D.", "G_ema."):
        names = [name for name in expected if name.startswith(part) and expected[name].is_floating_point()]
        way = _norm([expected[name] - before[name] for name in names])
        apart = _norm([expected[name] - found[name] for name in names])
        size = _norm([expected[name] for name in names])
        if not apart <= tolerance * way + 1e-6 * size:
            share = apart / max(way, 1e-30)
            raise GraphUnusable(f"its weights of {part[:-1]} differ by {share:.1%} of the way they went")


def _norm(tensors: list[Tensor]) -> float:
    return float(torch.nn.utils.get_total_norm([tensor.detach() for tensor in tensors]))
