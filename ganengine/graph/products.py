"""Products of matrices on the CPU, by oneDNN."""

import torch
from torch import Tensor

from ganengine.graph.onednn import product

_LARGE = 1 << 20  # weights of a layer


def multiply(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Tensor:
    """a [M, K] times b [K, N], plus bias [N]; as `torch.mm` and `torch.addmm` do."""
    if a.dtype != torch.float32:
        return torch.mm(a, b) if bias is None else torch.addmm(bias, a, b)
    weight = b.t()
    if a.is_contiguous() and weight.is_contiguous() and weight.numel() > max(_LARGE, a.numel()):
        # oneDNN rearranges its second matrix at each call: that had better be the batch than the weights.
        result = product(weight, a).t().contiguous()
        return result if bias is None else result + bias
    return product(a, weight, bias)
