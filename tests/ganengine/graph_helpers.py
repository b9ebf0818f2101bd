"""A step taken as a traced graph and as torch takes it, side by side; and a traced graph in place of a compiled one."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, fx

from ganengine.batch import Batch
from ganengine.components import alternatives
from ganengine.config import TrainConfig
from ganengine.data.dataset import ImageDataset
from ganengine.eager import eager_step
from ganengine.graph import program
from ganengine.graph.build import DESCRIPTION, LIBRARY, digest_of
from ganengine.graph.figures import Counters, figures
from ganengine.graph.slots import slots
from ganengine.graph.trace import TracedStep
from ganengine.meter import Meter
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.generators.base import Generator
from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.runs.checkpoints import load_checkpoint
from ganengine.runs.directory import RunDirectory
from ganengine.shapes import ImageShape
from ganengine.trainer import Trainer
from tests.ganengine.helpers import quick_config, random_digits

CPU = torch.device("cpu")
NARROW = {"width": 2, "widths": [6, 8]}


def narrow_config(changes: Mapping[str, Any] | None = None) -> TrainConfig:
    """A quick config with the smallest networks of the kinds that are asked for."""
    given = dict(changes or {})
    narrow = {}
    for section, family in (("generator", Generator), ("discriminator", Discriminator)):
        fields = alternatives(family)[given.get(f"{section}.kind", "mlp")].model_fields  # type: ignore[type-abstract]
        narrow |= {f"{section}.{name}": value for name, value in NARROW.items() if name in fields}
    return quick_config({**narrow, **given})


def random_batch(config: TrainConfig, shape: ImageShape, num_classes: int, step: int) -> Batch:
    """Inputs of a step, always the same for the same number."""
    generator = torch.Generator().manual_seed(100 + step)
    training, count = config.training, config.training.batch_size
    size = (count, shape.channels, shape.resolution, shape.resolution)
    batches = range(training.d_steps)
    images = [torch.randint(0, 256, size, generator=generator, dtype=torch.uint8) for _ in batches]
    labels = [torch.randint(num_classes, (count,), generator=generator) if num_classes else None for _ in batches]
    latents = range(training.d_steps + (not config.compute.share_fakes))
    z = [torch.randn(count, config.generator.latent_dim, generator=generator) for _ in latents]
    return Batch(images, labels, z, 0.1 + step / 100, training.d_steps * count * (step + 1))


@dataclass
class Pair:
    """A training after some eager steps, and its copy that went on as a graph; each with the sums of its metrics."""

    eager: Players
    graph: Players
    before: dict[str, Tensor]
    eager_sums: dict[str, float]
    graph_sums: dict[str, float]


def both_ways(config: TrainConfig, traced: TracedStep, shape: ImageShape, num_classes: int = 0, seed: int = 0) -> Pair:
    """One eager step, then three in both ways from copies, with the same inputs and random numbers."""
    steps = 3
    torch.manual_seed(seed)
    players, rules = Players.build(config, shape, CPU, num_classes), Rules.of(config)
    eager_step(config, rules, players, random_batch(config, shape, num_classes, 0), 1.0)
    before = {name: tensor.detach().clone() for name, tensor in slots(players).items()}
    eager, meter, graph = players, Meter(CPU), _Graph(config, traced, deepcopy(players))
    for step in range(1, steps + 1):
        batch, factor = random_batch(config, shape, num_classes, step), 1.0 / step
        drawn = torch.get_rng_state()
        meter.add(eager_step(config, rules, eager, batch, factor))
        after = torch.get_rng_state()
        torch.set_rng_state(drawn)
        graph.take(batch, factor)
        assert torch.equal(torch.get_rng_state(), after), "the graph draws as many random numbers as the eager step"
    return Pair(eager, graph.settled(), before, {k: v * steps for k, v in meter.peek().items()}, graph.values())


class _Graph:
    def __init__(self, config: TrainConfig, traced: TracedStep, players: Players) -> None:
        self._config, self._traced, self._players = config, traced, players
        self._run = runnable(traced.graph)
        state = slots(players)
        assert list(state) == traced.state
        self._sums = torch.zeros(len(traced.metrics))
        self._state = [*(tensor.detach() for tensor in state.values()), self._sums]
        self._counters = Counters.of(players)

    def take(self, batch: Batch, factor: float) -> None:
        numbers = figures(self._config, factor, self._counters, float(batch.ema_weight), int(batch.shown))
        self._run(*self._state, *batch.tensors(), torch.tensor(numbers), *(draw(CPU) for draw in self._traced.draws))

    def settled(self) -> Players:
        self._counters.give_back(self._players)
        return self._players

    def values(self) -> dict[str, float]:
        return dict(zip(self._traced.metrics, self._sums.tolist(), strict=True))


def worst(pair: Pair) -> tuple[float, str]:
    """How far the two are apart, as a share of the way that each tensor went, and where it is the most.

    A thousandth of its own size and a hundredth of the longest way of its kind count as well: what hardly moves, such
    as a bias before a normalisation, is moved by rounding alone.
    """
    expected, found = _doubles(slots(pair.eager)), _doubles(slots(pair.graph))
    assert list(expected) == list(found)
    before, whole = _doubles(pair.before), dict[str, float]()
    for name, value in expected.items():
        whole[_kind(name)] = max(whole.get(_kind(name), 0.0), float((value - before[name]).norm()))
    shares = []
    for name, value in expected.items():
        way = float((value - before[name]).norm()) + 1e-3 * float(value.norm()) + 1e-2 * whole[_kind(name)]
        shares.append((float((found[name] - value).norm()) / (way + 1e-12), name))
    for key, total in pair.eager_sums.items():
        shares.append((abs(pair.graph_sums[key] - total) / (abs(total) + 1e-2), key))
    return max(shares)


def _doubles(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().double() for name, tensor in tensors.items()}


def _kind(name: str) -> str:
    """``G`` of ``G.body.0.bias``, ``optimizer_g.exp_avg`` of ``optimizer_g.exp_avg.body.0.bias``."""
    parts = name.split(".")
    return ".".join(parts[: 1 + name.startswith("optimizer")])


def runnable(graph: fx.GraphModule) -> fx.GraphModule:
    """For PyTorch itself: a compiler has its own strides, and takes a view of any of them."""
    for node in graph.graph.find_nodes(op="call_function", target=torch.ops.aten.view.default):
        node.target = torch.ops.aten.reshape.default
    graph.recompile()
    return graph


def resumed(run: RunDirectory, dataset: ImageDataset | None = None) -> Trainer:
    """Goes on from the newest checkpoint, with data that no source has."""
    run.acquire()
    checkpoint = load_checkpoint(run.checkpoints.path(run.checkpoints.steps()[-1]))
    config = TrainConfig.parse(checkpoint["config"])
    return Trainer(config, dataset or random_digits(), run, checkpoint=checkpoint)


# -- a traced graph in place of a compiled one -------------------------------------------------------------------------


class TracedRunner:
    """Has the interface of PyTorch's runner of a compiled library.

    Attributes:
        steps: taken so far.
    """

    def __init__(self, traced: TracedStep) -> None:
        self._graph = runnable(traced.graph)
        self.steps = 0

    def run(self, inputs: list[Tensor]) -> list[Tensor]:
        self.steps += 1
        with torch.no_grad():
            self._graph(*inputs)
        return []


def made_folder(folder: Path, traced: TracedStep) -> Path:
    """A folder as the compiler's process leaves it, but for the library, which is none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIBRARY).write_bytes(b"a library")
    description = traced.description() | {"digest": digest_of(folder / LIBRARY)}
    (folder / DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
    return folder


def run_traced(patch: pytest.MonkeyPatch, runner: Any) -> None:
    """Let every library that is loaded be this runner."""
    patch.setattr(program, "_runner", lambda library, device: runner)
