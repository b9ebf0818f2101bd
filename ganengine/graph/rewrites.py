"""The same mathematics in the form that a processor is quick at; for graphs on the CPU.

Measured with oneDNN on AVX-512: it multiplies matrices of a few dozen rows up to twice as fast as MKL; convolutions in
channels-last order are up to twice as fast as in PyTorch's own; and a transposed convolution into one or three channels
(G's last layer, and the gradient at D's input) is five times as fast as a matrix product with a sum of shifted parts.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn.functional import pad

from ganengine.graph.products import multiply

_Gradients = tuple[Tensor | None, Tensor | None, Tensor | None]  # of the input, the weight and the bias
_FEW = 4  # channels up to which the product is quicker
_CONVOLUTION = torch.ops.aten.convolution.default
_BACKWARD = torch.ops.aten.convolution_backward.default
_DOUBLING = ([2, 2], [1, 1], [1, 1])  # stride, padding, dilation of DCGAN's layers, whose kernel is 4×4


class ForCPU(fx.Interpreter):
    """Runs a graph with its slow parts exchanged; tracing that run gives the quicker graph."""

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        """Run one node."""
        if not kwargs and (exchange := _EXCHANGES.get(target)) is not None:
            return exchange(*args)
        return super().call_function(target, args, kwargs)


def _addmm(bias: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return multiply(a, b, bias) if bias.dim() == 1 else torch.addmm(bias, a, b)


def _convolution(x: Tensor, weight: Tensor, bias: Tensor | None, *geometry: Any) -> Tensor:
    transposed = geometry[3]
    if transposed and _doubles(weight, geometry) and weight.shape[1] <= _FEW:
        doubled = doubled_by_product(x, weight)
        return doubled if bias is None else doubled + bias[:, None, None]
    if x.dim() == 4:
        x, weight = _channels_last(x), _channels_last(weight)
    convolved: Tensor = _CONVOLUTION(x, weight, bias, *geometry)
    return convolved


def _convolution_backward(
    gradient: Tensor, x: Tensor, weight: Tensor, bias_sizes: Any, *geometry_and_mask: Any
) -> _Gradients:
    *geometry, (of_input, of_weight, of_bias) = geometry_and_mask
    if x.dim() != 4:
        mask = [of_input, of_weight, of_bias]
        of_line: _Gradients = _BACKWARD(gradient, x, weight, bias_sizes, *geometry, mask)
        return of_line
    gradient, x, weight = _channels_last(gradient), _channels_last(x), _channels_last(weight)
    found: list[Tensor | None] = [None, None, None]
    # One after the other: asked for both at once, oneDNN is slower than for each where there are few channels.
    is_double = [2 * size for size in gradient.shape[2:]] == list(x.shape[2:])  # not where the size was odd
    if of_input and is_double and not geometry[3] and _doubles(weight, geometry) and weight.shape[1] <= _FEW:
        found[0] = doubled_by_product(gradient, weight)
    elif of_input:
        found[0] = _BACKWARD(gradient, x, weight, None, *geometry, [True, False, False])[0]
    if of_weight:
        found[1] = _BACKWARD(gradient, x, weight, None, *geometry, [False, True, False])[1]
    if of_bias:
        found[2] = gradient.sum((0, 2, 3))
    return found[0], found[1], found[2]


def doubled_by_product(x: Tensor, weight: Tensor) -> Tensor:
    """Transposed convolution with kernel 4, stride 2 and padding 1: [N, I, H, W] with [I, O, 4, 4] → [N, O, 2H, 2W].

    A pixel at the even row 2m is made of the rows 1 and 3 of the kernel, at the inputs m and m - 1; one at the odd row
    2m + 1 of the rows 2 and 0, at m and m + 1; and so for columns.
    """
    count, inputs, height, width = x.shape
    outputs = weight.shape[1]
    columns = multiply(_channels_last(x).permute(0, 2, 3, 1).reshape(-1, inputs), weight.reshape(inputs, -1))
    parts = pad(columns.view(count, height, width, outputs, 4, 4), (0, 0, 0, 0, 0, 0, 1, 1, 1, 1))
    places = (((1, 1), (3, 0)), ((2, 1), (0, 2)))  # (row of the kernel, where its inputs begin) of even and odd rows

    def part(row: tuple[int, int], column: tuple[int, int]) -> Tensor:
        return parts[:, row[1] : row[1] + height, column[1] : column[1] + width, :, row[0], column[0]]

    phases = [
        part(rows[0], columns_[0])
        + part(rows[0], columns_[1])
        + part(rows[1], columns_[0])
        + part(rows[1], columns_[1])
        for rows in places
        for columns_ in places
    ]
    grid = torch.stack(phases, -1).view(count, height, width, outputs, 2, 2)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(count, outputs, 2 * height, 2 * width)


def _doubles(weight: Tensor, geometry: Any) -> bool:
    stride, padding, dilation, _, output_padding, groups = geometry
    same = (list(stride), list(padding), list(dilation)) == _DOUBLING
    return same and tuple(weight.shape[2:]) == (4, 4) and not any(output_padding) and groups == 1


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


_EXCHANGES: dict[Any, Callable[..., Any]] = {
    torch.ops.aten.mm.default: multiply,
    torch.ops.aten.addmm.default: _addmm,
    _CONVOLUTION: _convolution,
    _BACKWARD: _convolution_backward,
    torch.ops.aten.view.default: torch.reshape,  # the order in memory may be another than when it was traced
}
