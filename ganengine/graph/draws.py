"""Random numbers of a step, taken out of its graph.

A graph without random numbers of its own is a pure function, and whoever runs it draws from the very streams that the
eager step draws from, in the same order: so both modes see the same numbers.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor, fx

from ganengine.graph.errors import NotTraceable

_UNIFORM = ("rand", "rand_like", "uniform")
_NORMAL = ("randn", "randn_like", "normal_functional")
_WHOLE = ("randint", "randint_like", "random")


@dataclass(frozen=True)
class Draw:
    """Random numbers that one step takes from torch's global generator: uniform in [0, 1), normal, or whole ones.

    Attributes:
        kind: "uniform", "normal" or "whole".
        low, high: whole numbers are low ≤ n < high; both None: of the whole range of the type.
    """

    kind: str
    size: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: str
    low: int | None = None
    high: int | None = None

    def __call__(self, device: torch.device) -> Tensor:
        """The next ones."""
        numbers = torch.empty_strided(self.size, self.stride, dtype=getattr(torch, self.dtype), device=device)
        if self.kind == "uniform":
            return numbers.uniform_()
        if self.kind == "normal":
            return numbers.normal_()
        if self.low is None or self.high is None:
            return numbers.random_()
        return numbers.random_(self.low, self.high)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From what `to_json` gave."""
        return cls(**values | {"size": tuple(values["size"]), "stride": tuple(values["stride"])})


def hoist(graph_module: fx.GraphModule) -> list[tuple[Draw, Tensor]]:
    """Turn every random number of a functional graph into an input behind the others.

    Returns:
        What each new input must be given, in the order of drawing, with a fake tensor of its shape.

    Raises:
        NotTraceable: a random number that depends on another tensor's values.
    """
    graph = graph_module.graph
    last = [node for node in graph.nodes if node.op == "placeholder"][-1]
    found: list[tuple[Draw, Tensor]] = []
    for node in list(graph.nodes):
        if not _is_random(node):
            continue
        draw, example = _draw_of(node), node.meta["val"]
        with graph.inserting_after(last):
            last = graph.placeholder(f"draw_{len(found)}")
        last.meta = {"val": example}
        node.replace_all_uses_with(last)
        graph.erase_node(node)
        found.append((draw, example))
    graph.eliminate_dead_code()
    graph_module.recompile()
    return found


def _is_random(node: fx.Node) -> bool:
    target = node.target
    return isinstance(target, torch._ops.OpOverload) and torch.Tag.nondeterministic_seeded in target.tags


def _draw_of(node: fx.Node) -> Draw:
    target: Any = node.target
    name, overload = target._schema.name.removeprefix("aten::"), target._overloadname
    value = node.meta["val"]
    size, stride, dtype = tuple(value.shape), value.stride(), str(value.dtype).removeprefix("torch.")
    if node.kwargs.get("generator") is None:
        if name in _UNIFORM and (name != "uniform" or _plain(node, (0.0, 1.0))):
            return Draw("uniform", size, stride, dtype)
        if name in _NORMAL and (name != "normal_functional" or _plain(node, (0.0, 1.0))):
            return Draw("normal", size, stride, dtype)
        if name in _WHOLE:
            return Draw("whole", size, stride, dtype, *_bounds(node, name, overload))
    raise NotTraceable(f"the random numbers of {target} cannot be taken out of the graph")


def _plain(node: fx.Node, defaults: tuple[float, float]) -> bool:
    return (*node.args[1:3], *defaults[len(node.args) - 1 :])[:2] == defaults


def _bounds(node: fx.Node, name: str, overload: str) -> tuple[int | None, int | None]:
    numbers = [number for number in node.args if isinstance(number, int)]
    if name == "random" and not numbers:
        return None, None
    low, high = numbers if len(numbers) == 2 else (0, numbers[0])
    return low, high
