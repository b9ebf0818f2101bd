"""The four works that all contestants do: the very same layers, batch, loss and optimizer. Needs nothing but Python."""

import json
import os
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Layer = tuple[Any, ...]


@dataclass(frozen=True)
class Work:
    """One training.

    Attributes:
        key: the letter that it goes by.
        title: in words.
        side, channels: of the images.
        batch, latent_dim: images an update, numbers a latent vector.
        lr, beta1, beta2: of both Adams.
        real_label: what D is told of real images.
        generator, discriminator: layers, from the latent vector to the image and from the image to the logit.
    """

    key: str
    title: str
    side: int
    channels: int
    batch: int
    lr: float
    beta1: float
    real_label: float
    generator: tuple[Layer, ...]
    discriminator: tuple[Layer, ...]
    latent_dim: int = 100
    beta2: float = 0.999

    @property
    def is_faces(self) -> bool:
        """Whether it learns from photographs, else from digits."""
        return self.channels == 3


def _mlp(key: str, title: str) -> Work:
    slope = ("leaky", 0.01)
    G = (("dense", 100, 128), slope, ("dense", 128, 784), ("tanh",), ("unflatten", 1, 28))
    D = (("flatten",), ("dense", 784, 128), slope, ("dense", 128, 1))
    return Work(key, title, 28, 1, 128, 1e-3, 0.5, 0.9, G, D)


def _dense(key: str, title: str) -> Work:
    slope, size = ("leaky", 0.2), 3 * 64 * 64
    G: list[Layer] = []
    for inputs, outputs in pairwise((100, 256, 512, 1024)):
        G += [("dense", inputs, outputs), slope, ("norm_dense", outputs, 1e-3, 0.2)]
    G += [("dense", 1024, size), ("tanh",), ("unflatten", 3, 64)]
    D = (("flatten",), ("dense", size, 512), slope, ("dense", 512, 256), slope, ("dense", 256, 1))
    return Work(key, title, 64, 3, 32, 2e-4, 0.5, 1.0, tuple(G), D)


def _dcgan(
    key: str, title: str, side: int, channels: int, widths: tuple[int, ...], batch: int, dropout: float, norm_d: bool
) -> Work:
    """`widths`: of the feature maps, from the smallest map to the largest."""
    smallest = side >> len(widths)
    G: list[Layer] = [("dense", 100, widths[0] * smallest**2), ("unflatten", widths[0], smallest)]
    G += [("norm", widths[0]), ("relu",)]
    for inputs, outputs in pairwise(widths):
        G += [("up", inputs, outputs, False), ("norm", outputs), ("relu",)]
    G += [("up", widths[-1], channels, True), ("tanh",)]
    D: list[Layer] = []
    for inputs, outputs in pairwise((channels, *reversed(widths))):
        D.append(("down", inputs, outputs))
        if norm_d and inputs != channels:
            D.append(("norm", outputs))
        D.append(("leaky", 0.2))
        if dropout:
            D.append(("dropout", dropout))
    D += [("flatten",), ("dense", widths[0] * smallest**2, 1)]
    return Work(key, title, side, channels, batch, 2e-4, 0.5, 1.0, tuple(G), tuple(D))


WORKS = {
    work.key: work
    for work in (
        _mlp("a", "mnist-simple's networks, 28×28, batch 128"),
        _dense("b", "faces-dense's networks, 64×64×3, batch 32"),
        _dcgan("c", "DCGAN 28×28, dropout 0.3 in D, batch 128", 28, 1, (128, 64), 128, 0.3, norm_d=False),
        _dcgan("d", "DCGAN 64×64×3, ngf = ndf = 64, batch 64", 64, 3, (512, 256, 128, 64), 64, 0.0, norm_d=True),
    )
}


def parameter_counts(work: Work) -> list[int]:
    """Weights that the generator and the discriminator learn."""
    return [sum(map(_parameters, layers)) for layers in (work.generator, work.discriminator)]


def _parameters(layer: Layer) -> int:
    match layer:
        case ("dense", inputs, outputs):
            return int(inputs * outputs + outputs)
        case ("up", inputs, outputs, bias):
            return int(16 * inputs * outputs + (outputs if bias else 0))
        case ("down", inputs, outputs):
            return int(16 * inputs * outputs + outputs)
        case ("norm" | "norm_dense", width, *_):
            return int(2 * width)
    return 0


def threads() -> int:
    """How many threads each contestant may compute with, as the program that started it says."""
    return int(os.environ["OMP_NUM_THREADS"])


def as_json(values: dict[str, Any]) -> str:
    """One line."""
    return json.dumps(values, separators=(",", ":"))
