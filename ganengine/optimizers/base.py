"""What every optimizer declaration offers."""

from collections.abc import Iterable
from typing import Any, ClassVar

import torch
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
        return self.kind == other.kind and self._state_names() == other._state_names()

    def _state_names(self) -> frozenset[str]:
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
