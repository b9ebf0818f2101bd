"""Random numbers of a step, drawn outside of its graph."""

import json
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import functionalize
from torch.fx.experimental.proxy_tensor import make_fx

from ganengine.graph.draws import Draw, hoist
from ganengine.graph.errors import NotTraceable
from ganengine.networks.dropout import Dropout

CPU = torch.device("cpu")
LAST = torch.randn(3, 4, 5, 6).contiguous(memory_format=torch.channels_last)
PLAIN = torch.randn(3, 5)

CALLS: dict[str, tuple[Tensor, Callable[[Tensor], Tensor]]] = {
    "rand": (PLAIN, lambda x: x + torch.rand(3, 5)),
    "rand of another shape": (PLAIN, lambda x: x + torch.rand(3, 1, dtype=torch.float64)),
    "randn": (PLAIN, lambda x: x * torch.randn(5)),
    "rand_like": (PLAIN, lambda x: x + torch.rand_like(x)),
    "randn_like": (PLAIN, lambda x: x + torch.randn_like(x)),
    "rand_like, channels last": (LAST, lambda x: x + torch.rand_like(x)),
    "randn_like, channels last": (LAST, lambda x: x + torch.randn_like(x)),
    "randn_like, transposed": (PLAIN, lambda x: x.t() + torch.randn_like(x.t())),
    "randint below": (PLAIN, lambda x: x + torch.randint(7, (3, 5))),
    "randint between": (PLAIN, lambda x: x + torch.randint(-3, 4, (3, 5))),
    "randint_like": (PLAIN, lambda x: x + torch.randint_like(x, 3, 9)),
    "64 bits": (PLAIN, lambda x: x + torch.randint(-(2**63), 2**63 - 1, (4,)).view(torch.uint8)[:5]),
    "in place uniform": (PLAIN, lambda x: x + torch.empty(3, 5).uniform_()),
    "in place normal": (PLAIN, lambda x: x + torch.empty(3, 5).normal_()),
    "in place random": (PLAIN, lambda x: x + torch.empty(3, 5, dtype=torch.int64).random_(9)),
    "our dropout": (PLAIN, Dropout(0.4)),
    "our dropout, channels last": (LAST, Dropout(0.4)),
    "one after the other": (
        PLAIN,
        lambda x: (x + torch.rand(3, 5)) * torch.randn(5) + Dropout(0.3)(x) - torch.randint(9, (3, 1)) + torch.rand(5),
    ),
    "one that nobody uses": (PLAIN, lambda x: (torch.rand(100), x + torch.rand(3, 5))[1]),
}


def traced(call: Callable[[Tensor], Tensor], x: Tensor) -> torch.fx.GraphModule:
    return make_fx(functionalize(call, remove="mutations"), tracing_mode="fake")(x)


@pytest.mark.parametrize("name", CALLS)
def test_the_same_numbers_as_without_a_graph(name: str) -> None:
    x, call = CALLS[name]
    graph = traced(call, x)
    found = hoist(graph)
    draws = [draw for draw, _ in found]
    assert draws
    assert [Draw.from_json(json.loads(json.dumps(draw.to_json()))) for draw in draws] == draws
    for seed in range(3):
        torch.manual_seed(seed)
        expected = [call(x), call(x), torch.rand(1)]
        torch.manual_seed(seed)
        again = [graph(x, *(draw(CPU) for draw in draws)) for _ in range(2)] + [torch.rand(1)]
        for one, other in zip(again, expected, strict=True):
            assert torch.equal(one, other)
    assert not torch.equal(expected[0], expected[1])


@pytest.mark.parametrize("name", CALLS)
def test_they_are_laid_out_as_the_graph_expects(name: str) -> None:
    x, call = CALLS[name]
    for draw, example in hoist(traced(call, x)):
        given = draw(CPU)
        assert (given.shape, given.stride(), given.dtype) == (example.shape, example.stride(), example.dtype)


def test_a_graph_without_random_numbers_stays_as_it_is() -> None:
    graph = traced(lambda x: x * 2, PLAIN)
    assert hoist(graph) == []
    assert torch.equal(graph(PLAIN), PLAIN * 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x[torch.randperm(3)],
        lambda x: x * torch.bernoulli(x.sigmoid()),
        lambda x: x + torch.poisson(x.exp()),
        lambda x: x + torch.empty(3, 5).uniform_(-1.0, 1.0),
        lambda x: x + torch.empty(3, 5).normal_(0.0, 2.0),
        lambda x: x + torch.empty(3, 5).exponential_(),
        lambda x: torch.nn.functional.dropout(x, 0.5),
    ],
    ids=["randperm", "bernoulli", "poisson", "uniform", "normal", "exponential", "torch's dropout"],
)
def test_what_cannot_be_taken_out_is_refused(call: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(NotTraceable, match="cannot be taken out of the graph"):
        hoist(traced(call, PLAIN))
