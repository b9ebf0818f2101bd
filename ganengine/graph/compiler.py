"""From a graph to a shared library, by PyTorch's own ahead-of-time compiler."""

import shutil
from pathlib import Path

import torch
from torch import Tensor, fx

from ganengine.graph import onednn


def compile_graph(graph: fx.GraphModule, example: list[Tensor], library: Path) -> None:
    """Compile a functional graph for the device of its inputs.

    Args:
        example: tensors, fake or not, of the shapes of all inputs.

    Raises:
        Exception: there is no compiler, or it fails.
    """
    from torch._inductor import aot_compile

    if example[0].device.type == "cpu":
        onednn.teach_compiler()
    with torch.no_grad():
        made = aot_compile(graph, tuple(example), options=_OPTIONS)
    shutil.copyfile(str(made), library)


# Threads are counted at run time, so that one library serves any number. What the processor says of itself is believed:
# to compile a program for each of its abilities and try it takes ten seconds.
_OPTIONS = {"cpp.dynamic_threads": True, "cpp.vec_isa_ok": True}
