"""Dropout out of one random byte for each value."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.fx.experimental.proxy_tensor import make_fx

from ganengine.components import alternatives
from ganengine.networks.discriminators.base import Discriminator
from ganengine.networks.dropout import Dropout
from ganengine.networks.generators.base import Generator
from ganengine.shapes import ImageShape

VALUES = 1 << 18
# What is asked for, and how many of 256 bytes stand for it.
SHARES = [(0.3, 77), (0.5, 128), (0.25, 64), (0.1, 26), (1e-6, 1), (0.9999, 255)]


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(5)


def within_chance(share: float, expected: float, draws: int) -> bool:
    """Whether a share of so many draws lies within five standard deviations."""
    return abs(share - expected) < 5 * (expected * (1 - expected) / draws) ** 0.5


@pytest.mark.parametrize(("p", "bytes_dropped"), SHARES)
def test_the_share_of_zeros_and_the_scale_of_what_is_kept(p: float, bytes_dropped: int) -> None:
    share = bytes_dropped / 256
    y = Dropout(p)(torch.ones(VALUES))
    assert y.unique().tolist() == pytest.approx([0.0, 1 / (1 - share)], rel=1e-6)
    dropped = (y == 0).float().view(-1, 8)
    assert within_chance(dropped.mean().item(), share, VALUES)
    for place in dropped.mean(0).tolist():  # each of the eight bytes of a random number
        assert within_chance(place, share, VALUES // 8)


def test_neighbours_and_calls_are_independent() -> None:
    layer = Dropout(0.5)
    one, other = (layer(torch.ones(VALUES)) for _ in range(2))
    assert within_chance((one == other).float().mean().item(), 0.5, VALUES)
    for near, far in pairwise(one.view(-1, 8).T):
        assert within_chance((near == far).float().mean().item(), 0.5, VALUES // 8)


def test_the_seed_settles_the_mask() -> None:
    x = torch.randn(6, 5, 3)
    masks = []
    for _ in range(2):
        torch.manual_seed(9)
        masks.append(Dropout(0.4)(x))
    assert torch.equal(*masks)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 3), (2, 3, 5, 7), (0, 4)])
def test_any_shape_and_floating_type(shape: tuple[int, ...]) -> None:
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        y = Dropout(0.5)(torch.ones(shape, dtype=dtype))
        assert y.shape == shape
        assert y.dtype == dtype
        assert {*y.flatten().tolist()} <= {0.0, 2.0}


def test_a_picture_in_another_memory_format_keeps_it() -> None:
    x = torch.ones(2, 6, 5, 5).to(memory_format=torch.channels_last)
    y = Dropout(0.5)(x)
    assert y.is_contiguous(memory_format=torch.channels_last)


def test_the_gradient_is_the_mask_and_so_is_the_gradients_gradient() -> None:
    x = torch.randn(50, requires_grad=True)
    y = Dropout(0.3)(x)
    v = torch.randn(50, requires_grad=True)
    (gradient,) = torch.autograd.grad(y, x, v, create_graph=True)
    mask = y.detach() / x.detach()
    torch.testing.assert_close(gradient, mask * v)
    (of_the_gradient,) = torch.autograd.grad(gradient.square().sum(), v)
    torch.testing.assert_close(of_the_gradient, 2 * mask.square() * v)


def test_the_slope_of_a_network_with_dropout_can_be_penalised() -> None:
    layer = nn.Linear(5, 4, dtype=torch.float64)

    def slope(x: Tensor) -> Tensor:
        torch.manual_seed(3)
        y = Dropout(0.5)(layer(x).tanh()).square().sum()
        (gradient,) = torch.autograd.grad(y, x, create_graph=True)
        return gradient.square().sum()

    assert torch.autograd.gradcheck(slope, torch.randn(3, 5, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("layer", [Dropout(0.0), Dropout(0.5).eval()])
def test_nothing_is_drawn_where_nothing_is_dropped(layer: Dropout) -> None:
    x, before = torch.randn(10), torch.get_rng_state()
    assert layer(x) is x
    assert torch.equal(torch.get_rng_state(), before)


def test_it_has_no_state_and_the_share_may_be_changed() -> None:
    layer = Dropout(0.2)
    assert layer.state_dict() == {}
    assert "0.2" in repr(layer)
    layer.p = 0.0
    assert layer(torch.ones(100)).min() == 1


def test_one_random_operation_is_traced() -> None:
    layer = Dropout(0.3)

    def forward_and_backward(x: Tensor) -> Tensor:
        y = layer(x)
        return torch.autograd.grad(y.square().sum(), x)[0]

    x = torch.randn(3, 5, requires_grad=True)
    graph = make_fx(forward_and_backward, tracing_mode="fake")(x)
    calls = [node.target for node in graph.graph.nodes if node.op == "call_function"]
    random = [call for call in calls if torch.Tag.nondeterministic_seeded in call.tags]
    assert random == [torch.ops.aten.randint.low]
    torch.manual_seed(1)
    expected = forward_and_backward(x)
    torch.manual_seed(1)
    assert torch.equal(graph(x), expected)


@pytest.mark.parametrize("family", [Generator, Discriminator])
def test_every_network_uses_it(family: type[Generator] | type[Discriminator]) -> None:
    for kind, cls in alternatives(family).items():
        network = cls(dropout=0.5).build(ImageShape(1, 32))
        kinds = {type(module) for module in network.modules() if isinstance(module, nn.Dropout)}
        assert kinds == {Dropout}, kind


@pytest.mark.cuda
def test_a_gpu_drops_the_share_too() -> None:
    y = Dropout(0.25)(torch.ones(VALUES, device="cuda"))
    assert within_chance((y == 0).float().mean().item(), 0.25, VALUES)
