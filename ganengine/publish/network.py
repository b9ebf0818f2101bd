"""A generator by itself, as it is published: plain weights, and what one must know to use it."""

import json
from copy import deepcopy
from importlib.metadata import version
from typing import TYPE_CHECKING

from torch import nn
from torch.nn.utils import parametrize

if TYPE_CHECKING:
    from ganengine.sampler import Sampler


def plain_network(G: nn.Module) -> nn.Module:
    """A copy in evaluation mode whose weights are what they come to: spectral norm is worked into them."""
    copy = deepcopy(G).cpu().eval().requires_grad_(False)
    for module in copy.modules():
        if parametrize.is_parametrized(module):
            for name in list(module.parametrizations):  # type: ignore[arg-type]
                parametrize.remove_parametrizations(module, name, leave_parametrized=True)
    return copy


def notes_on(sampler: "Sampler", run: str) -> dict[str, str]:
    """What goes with the weights, as texts: the settings, and how the network is called and answers."""
    shape = sampler.shape
    return {
        "made_by": f"GAN Studio {version('gan-studio')}",
        "run": run,
        "step": str(sampler.step),
        "config": sampler.config.to_toml(),
        "latent_dim": str(sampler.config.generator.latent_dim),
        "image_shape": json.dumps([shape.channels, shape.resolution, shape.resolution]),
        "image_range": "[-1, 1]",
        "latent_distribution": "standard normal",
        "classes": json.dumps(list(sampler.classes)),
    }
