"""oneDNN's matrix product, as an operation that PyTorch's compiler takes for weights that change.

By itself the compiler takes that product only for weights that are constants, since it may then pack them beforehand.
The kernel behind it needs no packing, and reads transposed matrices as they are.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor, library


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x [M, K] times the transpose of weight [N, K], plus bias [N]; float32 on the CPU."""
    _define()
    result: Tensor = torch.ops.gan_studio.product.default(x, weight, bias)
    return result


@cache
def _define() -> Any:
    operations: Any = library.Library("gan_studio", "DEF")  # type: ignore[no-untyped-call]
    operations.define("product(Tensor x, Tensor weight, Tensor? bias) -> Tensor")
    operations.impl("product", _multiply, "CPU")
    operations.impl("product", lambda x, weight, bias: x.new_empty(x.shape[0], weight.shape[0]), "Meta")
    return operations


def _multiply(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    result: Tensor = torch.ops.mkldnn._linear_pointwise.default(x, weight, bias, "none", [], "")
    return result


def teach_compiler() -> None:
    """Let the compiler know the operation, in this process."""
    from torch._inductor import ir, lowering, mkldnn_ir

    def lower(x: Any, weight: Any, bias: Any) -> Any:
        inputs = [ir.ExternKernel.realize_input(one) for one in (x, weight, bias) if one is not None]
        constants = [*([None] if bias is None else []), "none", [-1], ""]
        size = [x.get_size()[0], weight.get_size()[0]]
        layout = ir.FixedLayout(device=x.get_device(), dtype=x.get_dtype(), size=size)
        node = mkldnn_ir._create_output_node(  # type: ignore[no-untyped-call]
            mkldnn_ir.LinearUnary(layout, inputs, constants)
        )
        return ir.TensorBox.create(node)

    _define()
    lowering.register_lowering(torch.ops.gan_studio.product.default, type_promotion_kind=None)(lower)
