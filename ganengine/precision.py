"""How the arithmetic is done: in which precision and memory layout, and whether the same bits come out each time."""

import os
from contextlib import ExitStack
from typing import Any, Literal

import torch
from torch import nn

from ganengine.fields import Section, setting

# cuBLAS reads this once, before its first product; without it no product is the same each time.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

_CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


class Compute(Section):
    """How the arithmetic is done. None of it changes what is computed, but for rounding, except the shared batch."""

    precision: Literal["float32", "tf32", "bf16"] = setting(
        "tf32",
        title="Precision",
        description="How exactly GPUs multiply. TF32 rounds what goes into matrix products and convolutions to 10 bits "
        "and changes nothing else, nor anything on the CPU. Mixed runs both networks in bfloat16 (7 bits), which "
        "needs the least memory and is the quickest on new GPUs; weights, losses and gradient penalties stay exact. "
        "On most CPUs it is slower.",
        labels={"float32": "Exact (float32)", "tf32": "TF32 on GPUs", "bf16": "Mixed (bfloat16)"},
    )
    channels_last: Literal["auto", "on", "off"] = setting(
        "auto",
        title="Channels last",
        description="Keep the channels of each pixel beside each other in memory, as the fast units of GPUs want "
        "convolutions, and CPUs too. Auto does so, but not on GPUs where the precision is exact. Without convolutions "
        "it has no effect.",
        labels={"auto": "Auto", "on": "On", "off": "Off"},
    )
    deterministic: bool = setting(
        False,
        title="Deterministic",
        description="The same bits each time: two runs with the same seed and settings on one machine agree exactly. "
        "Slower, for what would be chosen by timing (CPU threads, a compiled step, the quickest "
        "way to convolve) is then fixed. Otherwise two runs differ by rounding, which grows over many steps.",
    )
    share_fakes: bool = setting(
        False,
        title="Share fakes",
        description="The generator learns from the same generated images as the discriminator did just before, "
        "instead of new ones. Up to a third more steps a second, with a little less variety.",
    )

    def uses_channels_last(self, device: torch.device) -> bool:
        """Whether the weights of convolutions are laid out so on that device."""
        if self.channels_last == "auto":
            return device.type == "cpu" or self.precision != "float32"
        return self.channels_last == "on"

    @property
    def autocast(self) -> torch.dtype | None:
        """What the networks compute in where that is not the weights' own precision."""
        return torch.bfloat16 if self.precision == "bf16" else None


def laid_out(network: nn.Module, compute: Compute, device: torch.device) -> nn.Module:
    """The network with the weights of its convolutions in the wanted layout, which each hands on to what it makes."""
    if compute.uses_channels_last(device) and any(isinstance(part, _CONVOLUTIONS) for part in network.modules()):
        return network.to(memory_format=torch.channels_last)
    return network


def lay_out_like_weights(optimizer: torch.optim.Optimizer) -> None:
    """Give what an optimizer remembers its weights' layout: one kernel for all reads them side by side."""
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == weight.shape and value.stride() != weight.stride():
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def entered(compute: Compute, device: torch.device) -> ExitStack:
    """Set the switches that hold for the whole process; closing what is returned puts them back.

    On CUDA with `deterministic`, an operation that torch can only do in changing order raises RuntimeError.
    """
    undo = ExitStack()
    if device.type == "cuda":
        undo.callback(torch.set_float32_matmul_precision, torch.get_float32_matmul_precision())
        torch.set_float32_matmul_precision("highest" if compute.precision == "float32" else "high")
        _switch(undo, torch.backends.cudnn, "allow_tf32", compute.precision != "float32")
        _switch(undo, torch.backends.cudnn, "benchmark", not compute.deterministic)
        _switch(undo, torch.backends.cudnn, "deterministic", compute.deterministic)
    undo.callback(
        torch.use_deterministic_algorithms,
        torch.are_deterministic_algorithms_enabled(),
        warn_only=torch.is_deterministic_algorithms_warn_only_enabled(),
    )
    torch.use_deterministic_algorithms(compute.deterministic)
    # Nothing here reads memory that was not written; to fill it first would only take time.
    _switch(undo, torch.utils.deterministic, "fill_uninitialized_memory", False)
    return undo


def _switch(undo: ExitStack, owner: Any, name: str, value: bool) -> None:
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)
