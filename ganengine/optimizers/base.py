"""What every optimizer declaration offers."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import Parameter

from ganengine.components import Component
from ganengine.optimizers.settings import lr_setting


class Optimizer(Component):
    """An update rule for one network's weights.

    Attributes:
        torch_class: what does the work.
        fused: whether torch has it as one kernel for the CPU and for CUDA, in every version that we allow.
    """

    family: ClassVar[str] = "ganengine.optimizers"
    torch_class: ClassVar[type[torch.optim.Optimizer]]
    fused: ClassVar[bool] = False
    kind: str
    lr: float = lr_setting(2e-4)

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        """The optimizer over `parameters`, fused into one kernel where torch can."""
        optimizer = self.torch_class(parameters, **self.arguments(), **self.implementation())
        if not self.fused:
            optimizer.register_load_state_dict_post_hook(_counters_to_host)
        return optimizer

    def arguments(self) -> dict[str, Any]:
        """The settings under the names that torch gives them."""
        return self.model_dump(exclude={"kind"})

    def implementation(self) -> dict[str, Any]:
        """Keyword arguments that change the speed and not the mathematics."""
        return {"fused": True} if self.fused else {}

    def can_go_on_from(self, other: "Optimizer") -> bool:
        """Whether it can take over the other's state: it must remember the same things for each weight."""
        return self.kind == other.kind and self.state_names() == other.state_names()

    @property
    def can_be_traced(self) -> bool:
        """Whether `scalars` and `update` are there, and written for the torch optimizer that this one builds."""
        lineage = [cls for cls in type(self).__mro__ if issubclass(cls, Optimizer)]
        owner = next(cls for cls in lineage if "update" in vars(cls))
        return owner is not Optimizer and owner.torch_class is self.torch_class

    def scalars(self, lr: float, counters: dict[str, float]) -> tuple[float, ...]:
        """What changes in this update's formula from step to step: step size, bias corrections and the like.

        Args:
            counters: the optimizer's 0-d state by torch's name as it was before this update, e.g. {"step": 12.0};
                moved on in place.

        Raises:
            NotImplementedError: it can only run as `torch_class` runs it; see `can_be_traced`.
        """
        raise NotImplementedError

    def update(self, weight: Tensor, gradient: Tensor, state: dict[str, Tensor], scalars: Sequence[Tensor]) -> None:
        """One update of `weight` and `state` in place, out of plain tensor operations that a compiler can fuse.

        It comes to what `torch_class` does (its `_single_tensor_*` function), up to float32 rounding.

        Args:
            weight: any shape; needs no gradient, or is given under `torch.no_grad()`.
            state: the weight's state by torch's name, as at least one step of `torch_class` left it, without counters.
            scalars: what `scalars` returned, as 0-d float32 tensors.

        Raises:
            NotImplementedError: it can only run as `torch_class` runs it; see `can_be_traced`.
        """
        raise NotImplementedError

    def state_names(self) -> frozenset[str]:
        """What it remembers for each weight, by torch's names."""
        weight = Parameter(torch.zeros(1))
        weight.grad = torch.zeros(1)
        optimizer = self.build([weight])
        optimizer.step()
        return frozenset(name for name, value in optimizer.state[weight].items() if value is not None)


def apply_settings(optimizer: torch.optim.Optimizer, settings: Optimizer) -> None:
    """Take over changed settings in the middle of a training."""
    for group in optimizer.param_groups:
        group.update(settings.arguments())


def _counters_to_host(optimizer: torch.optim.Optimizer) -> None:
    """Keep the counters where torch makes them, since it reads them at each step: on a GPU that would wait each time.

    Loading moves them to the weights' device (NAdam's `mu_product`), or leaves them where the file was read to.
    """
    for state in optimizer.state.values():
        for name in {"step", "mu_product"} & state.keys():
            state[name] = state[name].cpu()
