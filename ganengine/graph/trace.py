"""The step of `ganengine.step`, traced into one functional graph."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx
from torch.func import functionalize
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.utils.stateless import _reparametrize_module

from ganengine.batch import Batch
from ganengine.config import TrainConfig
from ganengine.eager import eager_step, step_with
from ganengine.graph.draws import Draw, hoist
from ganengine.graph.errors import NotTraceable
from ganengine.graph.figures import FigureLayout
from ganengine.graph.rewrites import ForCPU
from ganengine.graph.slots import named_tensors, remembered, slots
from ganengine.graph.updates import Figures, TracedUpdates
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.shapes import ImageShape


@dataclass(frozen=True)
class TracedStep:
    """A graph with what is needed to run it.

    Attributes:
        graph: takes the state's tensors (changed in place), sums of the metrics (added to), those of a `Batch`, the
            figures (float32 [F], see `ganengine.graph.figures`), and the draws, one after the other; returns nothing.
        state: names of the state's tensors.
        metrics: keys of the sums.
        draws: the random numbers that each step takes.
        example: fake tensors of all inputs.
    """

    graph: fx.GraphModule
    state: list[str]
    metrics: list[str]
    draws: list[Draw]
    example: list[Tensor]

    def description(self) -> dict[str, Any]:
        """What must be known to run the compiled graph, as plain values."""
        inputs = [
            {"size": list(one.shape), "stride": list(one.stride()), "dtype": str(one.dtype).removeprefix("torch.")}
            for one in self.example
        ]
        draws = [draw.to_json() for draw in self.draws]
        return {"state": self.state, "metrics": self.metrics, "draws": draws, "inputs": inputs}


def trace(config: TrainConfig, shape: ImageShape, num_classes: int, device: torch.device) -> TracedStep:
    """Trace the step of these settings.

    It builds networks of its own, and takes an eager step with them first, so that the optimizers have their memory.

    Raises:
        NotTraceable: something in these settings cannot be part of a graph.
    """
    for part in (config.optimizer_g, config.optimizer_d):
        if not part.can_be_traced:
            raise NotTraceable(f"the optimizer {part.title} has no form that a graph can hold")
    players = Players.build(config, shape, device, num_classes)
    batch = example_batch(config, shape, num_classes, device)
    metrics = list(eager_step(config, Rules.of(config), players, batch, 1.0))
    state = slots(players)
    step = _FlatStep(config, players, list(state), batch)
    sums, figures = torch.zeros(len(metrics), device=device), torch.ones(FigureLayout.of(config).total, device=device)
    try:
        graph = _functional(step, [*(tensor.detach() for tensor in state.values()), sums, *batch.tensors(), figures])
    except RuntimeError as error:  # most likely something that looks at a tensor's values
        gist = str(error).strip().partition("\n")[0]
        raise NotTraceable(f"a step does something that a graph cannot hold ({gist})") from error
    draws = hoist(graph)
    example = [node.meta["val"] for node in graph.graph.nodes if node.op == "placeholder"]
    return TracedStep(graph, list(state), metrics, [draw for draw, _ in draws], example)


def example_batch(config: TrainConfig, shape: ImageShape, num_classes: int, device: torch.device) -> Batch:
    """Inputs of the right shapes and types; the values mean nothing."""
    training, count = config.training, config.training.batch_size
    size = (count, shape.channels, shape.resolution, shape.resolution)
    batches = range(training.d_steps)
    latents = range(training.d_steps + (not config.compute.share_fakes))
    return Batch(
        [torch.randint(0, 256, size, dtype=torch.uint8, device=device) for _ in batches],
        [torch.zeros(count, dtype=torch.int64, device=device) if num_classes else None for _ in batches],
        [torch.randn(count, config.generator.latent_dim, device=device) for _ in latents],
        ema_weight=1.0,
        shown=0,
    )


class _FlatStep:
    """The step as a function of nothing but tensors, which it changes in place."""

    def __init__(self, config: TrainConfig, players: Players, names: list[str], batch: Batch) -> None:
        self._config = config
        self._players = players
        self._names = names
        self._layout = FigureLayout.of(config)
        self._batches, self._has_labels = len(batch.images), batch.labels[0] is not None
        self._keys = {
            name: [(key, list(remembered(optimizer, weight))) for key, weight in network.named_parameters()]
            for name, network, optimizer in players.optimizers()
        }

    def __call__(self, *flat: Tensor) -> tuple[()]:
        given = list(flat)
        state = {name: given.pop(0) for name in self._names}
        sums = given.pop(0)
        images = [given.pop(0) for _ in range(self._batches)]
        labels = [given.pop(0) if self._has_labels else None for _ in images]
        figures = given.pop()
        batch = Batch(images, labels, given, self._layout.ema_weight(figures), self._layout.shown(figures))
        with ExitStack() as stack:
            for name, network in self._players.networks():
                mine = {key: state[f"{name}.{key}"] for key in named_tensors(network)}
                if name != "G_ema":
                    mine |= {key: mine[key].detach().requires_grad_() for key, _ in network.named_parameters()}
                stack.enter_context(_reparametrize_module(network, mine))
            values = self._taken(state, batch, figures)
        sums.add_(torch.stack(list(values.values())))
        return ()

    def _taken(self, state: dict[str, Tensor], batch: Batch, figures: Tensor) -> dict[str, Tensor]:
        config, layout = self._config, self._layout
        optimizer_g = self._updates("optimizer_g", state, lambda number: layout.update_of_g(figures))
        optimizer_d = self._updates("optimizer_d", state, lambda number: layout.update_of_d(figures, number))
        return step_with(config, Rules.of(config), self._players, batch, optimizer_g, optimizer_d)

    def _updates(self, name: str, state: dict[str, Tensor], figures: Figures) -> Any:
        network = self._players.G if name == "optimizer_g" else self._players.D
        memory = [{what: state[f"{name}.{what}.{key}"] for what in names} for key, names in self._keys[name]]
        return TracedUpdates(self._config.get(name), list(network.parameters()), memory, figures)


def _functional(step: _FlatStep, flat: list[Tensor]) -> fx.GraphModule:
    """First with autograd at work, which leaves a graph of plain operations; then without changes in between."""
    recorded = make_fx(step, tracing_mode="fake")(*flat)
    with torch.no_grad():
        graph = make_fx(functionalize(recorded, remove="mutations"), tracing_mode="fake")(*flat)
        if flat[0].device.type == "cpu":
            graph = make_fx(ForCPU(graph).run, tracing_mode="fake")(*flat)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph
