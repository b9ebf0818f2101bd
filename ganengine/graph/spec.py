"""What a compiled step depends on, and so the name that it is kept under."""

import hashlib
import json
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from ganengine.config import TrainConfig
from ganengine.shapes import ImageShape

_SECTIONS = ("generator", "discriminator", "loss", "regularization", "augment", "optimizer_g", "optimizer_d", "compute")
_SOURCES = (
    *("step.py", "eager.py", "batch.py", "rules.py", "players.py", "precision.py", "data/dataset.py"),
    *("networks", "losses", "regularizers", "augment", "optimizers", "graph"),
)


@dataclass(frozen=True)
class StepSpec:
    """A step to compile.

    Attributes:
        config: the settings; what does not change the graph (data, lengths, rates …) is not part of the key.
        shape: of one image.
        num_classes: that the networks are told of; 0 where they are not.
        device: "cpu" or "cuda:N".
    """

    config: TrainConfig
    shape: ImageShape
    num_classes: int
    device: str

    def key(self) -> str:
        """The same for equal graphs on equal machines with equal software."""
        values = self.config.model_dump(mode="json")
        training, parts = values["training"], {name: values[name] for name in _SECTIONS}
        for optimizer in ("optimizer_g", "optimizer_d"):
            parts[optimizer] = {name: value for name, value in parts[optimizer].items() if name != "lr"}
        depends_on = [
            parts,
            {name: training[name] for name in ("batch_size", "d_steps")},
            training["ema_halflife_images"] > 0,
            [self.shape.channels, self.shape.resolution, self.num_classes],
            _machine(self.device),
            torch.__version__,
            _sources(),
        ]
        return hashlib.blake2b(json.dumps(depends_on, sort_keys=True).encode(), digest_size=16).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        shape = [self.shape.channels, self.shape.resolution]
        config = self.config.model_dump(mode="json")
        return {"config": config, "shape": shape, "num_classes": self.num_classes, "device": self.device}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "StepSpec":
        """From what `to_json` gave.

        Raises:
            ConfigError: the settings are not valid.
        """
        config = TrainConfig.parse(values["config"])
        return cls(config, ImageShape(*values["shape"]), values["num_classes"], values["device"])


def _machine(device: str) -> list[str]:
    """The code is made for this very processor: a home folder may be shared by several machines."""
    if device.startswith("cuda"):
        return [platform.node(), torch.cuda.get_device_name(device)]
    return [platform.node(), platform.machine(), torch.backends.cpu.get_cpu_capability()]


@cache
def _sources() -> str:
    """A hash of our own code that a graph is made from, so that a new version never runs an old one's graph."""
    root = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=16)
    for name in _SOURCES:
        place = root / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()
