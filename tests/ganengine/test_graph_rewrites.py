"""What a graph is exchanged for on the CPU: the same mathematics."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.functional import conv2d, conv_transpose2d

from ganengine.graph.onednn import product
from ganengine.graph.rewrites import ForCPU, doubled_by_product


def randn(*size: int) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(sum(size)))


def last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("laid_out", [Tensor.contiguous, last])
@pytest.mark.parametrize(
    ("count", "inputs", "outputs", "height", "width"),
    [(1, 1, 1, 1, 1), (2, 3, 1, 7, 7), (4, 8, 3, 4, 4), (3, 5, 3, 2, 5), (2, 16, 4, 14, 14), (5, 2, 1, 1, 3)],
)
def test_doubling_is_a_transposed_convolution(
    count: int, inputs: int, outputs: int, height: int, width: int, laid_out: Callable[[Tensor], Tensor]
) -> None:
    x, weight = laid_out(randn(count, inputs, height, width)), laid_out(randn(inputs, outputs, 4, 4))
    expected = conv_transpose2d(x, weight, stride=2, padding=1)
    torch.testing.assert_close(doubled_by_product(x, weight), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize("rows", [1, 4, 33])
def test_the_product_is_a_matrix_product(rows: int, has_bias: bool) -> None:
    x, weight, bias = randn(rows, 20), randn(17, 20), randn(17)
    given = bias if has_bias else None
    expected = x.double() @ weight.double().t() + (bias.double() if has_bias else 0.0)
    for a in (x, x.t().contiguous().t(), randn(rows, 40)[:, ::2].copy_(x)):
        for b in (weight, weight.t().contiguous().t(), weight.flip(0).flip(0)):
            found = product(a, b, given)
            assert found.shape == (rows, 17)
            torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-5)


def test_the_product_can_be_traced() -> None:
    graph = make_fx(product, tracing_mode="fake")(randn(3, 4), randn(5, 4), randn(5))
    x, weight, bias = randn(3, 4), randn(5, 4), randn(5)
    torch.testing.assert_close(graph(x, weight, bias), x @ weight.t() + bias)


def exchanged(call: Callable[..., object], *inputs: Tensor) -> tuple[set[str], Callable[..., object]]:
    """Names of the operations that there are after the exchange, and the graph."""
    plain = make_fx(call, tracing_mode="fake")(*inputs)
    with torch.no_grad():
        graph = make_fx(ForCPU(plain).run, tracing_mode="fake")(*inputs)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return {str(node.target) for node in graph.graph.nodes if node.op == "call_function"}, graph


def of_all(value: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    """The value and its gradients."""
    return (value, *torch.autograd.grad(value.sin().sum(), inputs))


def needing_gradients(*inputs: Tensor) -> list[Tensor]:
    return [one.clone().requires_grad_() for one in inputs]


CASES: dict[str, tuple[Callable[..., Tensor], tuple[Tensor, ...], str]] = {
    "dense": (torch.nn.functional.linear, (randn(6, 9), randn(5, 9), randn(5)), "product"),
    "dense without bias": (torch.nn.functional.linear, (randn(6, 9), randn(5, 9)), "product"),
    "double precision": (torch.mm, (randn(6, 9).double(), randn(9, 5).double()), "mm"),
    "doubling to one channel": (
        lambda x, w, b: conv_transpose2d(x, w, b, 2, 1),
        (randn(3, 6, 7, 7), randn(6, 1, 4, 4), randn(1)),
        "product",
    ),
    "doubling to three channels": (
        lambda x, w: conv_transpose2d(x, w, None, 2, 1),
        (randn(3, 6, 7, 7), randn(6, 3, 4, 4)),
        "product",
    ),
    "doubling to many channels": (
        lambda x, w, b: conv_transpose2d(x, w, b, 2, 1),
        (randn(3, 6, 7, 7), randn(6, 5, 4, 4), randn(5)),
        "convolution",
    ),
    "halving from one channel": (
        lambda x, w, b: conv2d(x, w, b, 2, 1),
        (randn(3, 1, 14, 14), randn(6, 1, 4, 4), randn(6)),
        "convolution",
    ),
    "halving from three channels": (
        lambda x, w, b: conv2d(x, w, b, 2, 1),
        (randn(3, 3, 8, 12), randn(6, 3, 4, 4), randn(6)),
        "convolution",
    ),
    "kernel 3": (
        lambda x, w, b: conv2d(x, w, b, 1, 1),
        (randn(3, 3, 9, 9), randn(6, 3, 3, 3), randn(6)),
        "convolution",
    ),
    "kernel 1": (conv2d, (randn(3, 4, 5, 5), randn(6, 4, 1, 1)), "convolution"),
    "kernel 4, stride 2, no padding": (
        lambda x, w: conv2d(x, w, None, 2, 0),
        (randn(3, 1, 14, 14), randn(6, 1, 4, 4)),
        "convolution",
    ),
    "odd size, halved": (lambda x, w: conv2d(x, w, None, 2, 1), (randn(2, 1, 9, 9), randn(4, 1, 4, 4)), "convolution"),
    "in groups": (
        lambda x, w: conv2d(x, w, None, 2, 1, groups=2),
        (randn(2, 2, 8, 8), randn(4, 1, 4, 4)),
        "convolution",
    ),
    "with output padding": (
        lambda x, w: conv_transpose2d(x, w, None, 2, 1, output_padding=1),
        (randn(2, 4, 5, 5), randn(4, 1, 4, 4)),
        "convolution",
    ),
    "one dimension": (
        lambda x, w, b: torch.nn.functional.conv1d(x, w, b, 2, 1),
        (randn(2, 3, 8), randn(4, 3, 4), randn(4)),
        "convolution",
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("laid_out", [Tensor.contiguous, last])
def test_values_and_gradients_stay(name: str, laid_out: Callable[[Tensor], Tensor]) -> None:
    call, inputs, operation = CASES[name]
    inputs = tuple(laid_out(one) if one.dim() == 4 else one for one in inputs)

    def both(*given: Tensor) -> tuple[Tensor, ...]:
        leaves = needing_gradients(*given)
        return of_all(call(*leaves), *leaves)

    names, graph = exchanged(both, *inputs)
    assert any(operation in found for found in names)
    for found, expected in zip(graph(*inputs), both(*inputs), strict=True):  # type: ignore[call-overload]
        assert found.shape == expected.shape
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_gradients_of_gradients_stay() -> None:
    """As gradient penalties take them."""
    D = nn.Sequential(nn.Conv2d(3, 4, 4, 2, 1), nn.SiLU(), nn.Flatten(), nn.Linear(4 * 16, 1))
    weights = [weight.detach() for weight in D.parameters()]

    def penalised(images: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        leaves = needing_gradients(images, *given)
        names = [name for name, _ in D.named_parameters()]
        logits = torch.func.functional_call(D, dict(zip(names, leaves[1:], strict=True)), (leaves[0],))
        (gradient,) = torch.autograd.grad(logits.sum(), leaves[0], create_graph=True)
        return torch.autograd.grad(gradient.square().sum() + logits.sum(), leaves[1:])

    images = last(randn(3, 3, 8, 8))
    _, graph = exchanged(penalised, images, *weights)
    found: tuple[Tensor, ...] = graph(images, *weights)  # type: ignore[assignment]
    for one, other in zip(found, penalised(images, *weights), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
