"""How much memory a training will need, told before it begins, and the largest batch that fits."""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ganengine.config import TrainConfig
from ganengine.data.dataset import to_unit_range
from ganengine.devices import GIB
from ganengine.footprint import held, states_a_weight
from ganengine.optimizers.base import Optimizer
from ganengine.players import sample
from ganengine.rules import Rules
from ganengine.shapes import ImageShape
from ganengine.step import training_step

MIB = 1024**2
COMFORTABLE = 0.85  # of what is free; the rest is for gaps between blocks and for other programs
CONTEXT = 512 * MIB  # what CUDA and its kernels take of a GPU before the first tensor, about
LIBRARIES = 96 * MIB  # workspaces of cuBLAS and cuDNN, about
_NUMBER = 4  # bytes; weights are float32
_PORTION = 256  # images that are made at once for a sample
_ORDER = 8  # bytes that each image's place in the order takes
_LARGEST = 65_536


@dataclass(frozen=True)
class MemoryEstimate:
    """What a training holds at the moment when it needs the most.

    Attributes:
        parts: name → bytes, the steady ones first.
    """

    parts: dict[str, int]

    @property
    def total(self) -> int:
        """Bytes of all of them."""
        return sum(self.parts.values())

    @property
    def of_tensors(self) -> int:
        """Bytes that torch itself hands out: without CUDA's own."""
        return self.total - self.parts.get("CUDA itself", 0)

    def __str__(self) -> str:
        """For people, the largest part first."""
        largest = sorted(self.parts.items(), key=lambda part: -part[1])
        named = [f"{name} {binary(size)}" for name, size in largest if size >= self.total / 50]
        return f"about {binary(self.total)} ({', '.join(named)})"

    def fits(self, free: int) -> bool:
        """Whether it goes well with so many free bytes."""
        return self.total <= COMFORTABLE * free


def binary(size: float) -> str:
    """A number of bytes of memory for people, e.g. "1.2 GiB"."""
    return f"{size / GIB:.1f} GiB" if size >= 0.95 * GIB else f"{max(1, round(size / MIB))} MiB"


def estimate(
    config: TrainConfig,
    shape: ImageShape,
    num_classes: int = 0,
    dataset_count: int = 0,
    device: torch.device | None = None,
) -> MemoryEstimate:
    """What these settings need; it computes shapes only, and draws no random number.

    Without evaluations, which make networks of their own, and without what a compiled step may keep besides.

    Args:
        num_classes: 0 where the networks are told of none.
        device: where the training will be; None: the CPU.
    """
    device = device or torch.device("cpu")
    # Meta tensors are quicker, but know nothing of a mixed precision.
    with FakeTensorMode() if config.compute.autocast else torch.device("meta"):
        G = config.generator.build(shape, num_classes)
        D = config.discriminator.build(shape, num_classes)
        activations = step_peak(G, D, config, shape, num_classes)
    weights_g, weights_d = (sum(weight.numel() for weight in network.parameters()) for network in (G, D))
    states_g, states_d = states_a_weight(config.optimizer_g), states_a_weight(config.optimizer_d)
    parts = {
        "images": dataset_count * (shape.size + _ORDER),
        "weights": _NUMBER * (held(G) + held(D)),
        "their average": _NUMBER * held(G) if config.training.ema_halflife_images else 0,
        "gradients": _NUMBER * (weights_g + weights_d),
        "optimizers": _NUMBER * (weights_g * states_g + weights_d * states_d),
        "activations": activations,
    }
    if device.type == "cuda":
        parts |= {"workspaces": LIBRARIES, "CUDA itself": CONTEXT}
    return MemoryEstimate(parts)


def largest_batch(
    config: TrainConfig,
    shape: ImageShape,
    num_classes: int,
    dataset_count: int,
    free: int,
    device: torch.device | None = None,
) -> int:
    """The largest power of two whose estimate leaves room in `free` bytes and that the data can fill; 0: none does."""

    def fits(exponent: int) -> bool:
        changed = config.with_changes({"training.batch_size": 2**exponent})
        return estimate(changed, shape, num_classes, dataset_count, device).fits(free)

    below, above = 0, min(_LARGEST, dataset_count or _LARGEST).bit_length()
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if fits(middle) else (below, middle)
    return 2**below if below else 0


def step_peak(G: nn.Module, D: nn.Module, config: TrainConfig, shape: ImageShape, num_classes: int) -> int:
    """Bytes that the busiest moment of a step, or of a sample, holds besides weights and their gradients.

    Args:
        G, D: where it is counted; on the device "meta", and in a `FakeTensorMode`, nothing is computed but shapes.
    """
    device = next(G.parameters()).device
    training, rules = config.training, Rules.of(config)
    update_g, update_d = _Update(G, config.optimizer_g), _Update(D, config.optimizer_d)
    latent_dim = config.generator.latent_dim

    def labels(count: int) -> Tensor | None:
        return torch.zeros(count, dtype=torch.int64, device=device) if num_classes else None

    def latents(count: int) -> Tensor:
        return torch.zeros(count, latent_dim, device=device)

    def step() -> None:
        batches, size = [], training.batch_size
        for _ in range(training.d_steps):
            pixels = torch.zeros(size, shape.channels, shape.resolution, shape.resolution, device=device)
            batches.append((rules.drawn(to_unit_range(pixels.to(torch.uint8))), labels(size)))
            del pixels
        z = [latents(size) for _ in range(training.d_steps + 1)]
        training_step(G, D, None, rules, update_g, update_d, batches, z, share_fakes=config.compute.share_fakes)

    with _Ledger([*G.parameters(), *G.buffers(), *D.parameters(), *D.buffers()]) as ledger:
        for weight in (*G.parameters(), *D.parameters()):
            weight.grad = torch.zeros_like(weight)
        gradients = ledger.live
        step()
        count = min(config.recording.sample_count, _PORTION)
        sample(G, latents(count), labels(count))
        peak: int = ledger.peak - gradients
        for weight in (*G.parameters(), *D.parameters()):
            weight.grad = None
    return peak


class _Update(torch.optim.Optimizer):
    """Stands in for an optimizer, whose state is counted elsewhere: only what its update needs for a moment."""

    def __init__(self, network: nn.Module, settings: Optimizer) -> None:
        super().__init__(network.parameters(), {})
        # Those that are not fused make two tensors for each weight on the way.
        self._tensors = 0 if settings.fused else 2

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        weights = self.param_groups[0]["params"]
        moment = [torch.zeros_like(weight) for weight in weights for _ in range(self._tensors)]
        del moment


class _Ledger(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the memory of all tensors that are made, and takes off what is freed.

    Attributes:
        live: bytes held now.
        peak: the most that was held at once.
    """

    def __init__(self, known: Sequence[Tensor]) -> None:
        """`known` tensors are not counted."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = 0
        self.peak = 0
        self._known = {id(tensor.untyped_storage()): None for tensor in known}
        self._kept = [tensor.untyped_storage() for tensor in known]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, Tensor):
                self._count(tensor.untyped_storage())
        self.peak = max(self.peak, self.live)
        return made

    def _count(self, storage: torch.UntypedStorage) -> None:
        mark = id(storage)  # a storage keeps its Python object as long as it lives
        if mark in self._known:
            return
        size = storage.nbytes()
        self._known[mark] = weakref.finalize(storage, self._freed, mark, size)  # type: ignore[assignment]
        self.live += size

    def _freed(self, mark: int, size: int) -> None:
        self._known.pop(mark, None)
        self.live -= size
