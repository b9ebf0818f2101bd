"""What the networks of some settings consist of, layer by layer, without making any weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn

from ganengine.config import TrainConfig
from ganengine.errors import ConfigError
from ganengine.networks.names import name_of
from ganengine.networks.residual import ResidualBlock
from ganengine.shapes import ImageShape

_HEADER = ("Layer", "Output", "Parameters", "Trainable")


@dataclass(frozen=True)
class LayerRow:
    """One layer.

    Attributes:
        name: for people, e.g. ``Dense 100 → 128``.
        output: shape of what it gives for one image or latent vector: (width,) or (channels, height, width).
        parameters: numbers that it holds and that are learnt.
        trainable: how many of them the training changes.
    """

    name: str
    output: tuple[int, ...]
    parameters: int
    trainable: int

    @property
    def output_text(self) -> str:
        """The output's shape as images are written everywhere: height × width × channels."""
        return "×".join(map(str, (*self.output[1:], *self.output[:1])))


@dataclass(frozen=True)
class NetworkSummary:
    """One network.

    Attributes:
        title: ``Generator`` or ``Discriminator``.
        rows: its layers in the order in which they work.
        mebibytes: memory of its parameters and running values in MiB; not that of gradients, optimizer or images.
    """

    title: str
    rows: tuple[LayerRow, ...]
    mebibytes: float

    @property
    def parameters(self) -> int:
        """Of all layers."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """Of all layers."""
        return sum(row.trainable for row in self.rows)


@dataclass(frozen=True)
class Summary:
    """Both networks."""

    generator: NetworkSummary
    discriminator: NetworkSummary

    @property
    def networks(self) -> tuple[NetworkSummary, NetworkSummary]:
        """Generator and discriminator."""
        return self.generator, self.discriminator

    @property
    def parameters(self) -> int:
        """Of both networks."""
        return sum(network.parameters for network in self.networks)

    @property
    def trainable(self) -> int:
        """Of both networks."""
        return sum(network.trainable for network in self.networks)

    @property
    def mebibytes(self) -> float:
        """Of both networks."""
        return sum(network.mebibytes for network in self.networks)

    def as_text(self) -> str:
        """A table for a terminal."""
        sections = [(network.title, _cells(network)) for network in self.networks]
        total = _total("Both networks", self.parameters, self.trainable, self.mebibytes)
        table = [_HEADER, total, *chain.from_iterable(rows for _, rows in sections)]
        widths = [max(len(row[column]) for row in table) for column in range(len(_HEADER))]
        rule = "─" * (sum(widths) + 2 * len(widths) - 2)
        lines: list[str] = []
        for title, (*layers, sum_row) in sections:
            lines += [title, _line(_HEADER, widths), rule, *(_line(row, widths) for row in layers)]
            lines += [rule, _line(sum_row, widths), ""]
        return "\n".join([*lines, _line(total, widths)])


def summarise(config: TrainConfig, shape: ImageShape, num_classes: int = 0) -> Summary:
    """The networks that these settings build for images of that shape; it draws no random number.

    Raises:
        ConfigError: an architecture does not fit the shape.
    """
    for section in ("generator", "discriminator"):
        if problem := config.get(section).problem_with(shape):
            raise ConfigError(f"{section}.kind", problem)
    with torch.device("meta"):  # shapes without numbers
        G = config.generator.build(shape, num_classes)
        D = config.discriminator.build(shape, num_classes)
        z = torch.empty(1, config.generator.latent_dim)
        images = torch.empty(1, shape.channels, shape.resolution, shape.resolution)
        labels = torch.empty(1, dtype=torch.int64) if num_classes else None
        return Summary(_network("Generator", G, z, labels), _network("Discriminator", D, images, labels))


@torch.no_grad()
def _network(title: str, network: nn.Module, inputs: Tensor, labels: Tensor | None) -> NetworkSummary:
    rows: list[LayerRow] = []
    seen: set[nn.Parameter] = set()

    def row(name: str, output: tuple[int, ...], module: nn.Module) -> LayerRow:
        fresh = [parameter for parameter in module.parameters() if parameter not in seen]
        seen.update(fresh)
        trainable = sum(parameter.numel() for parameter in fresh if parameter.requires_grad)
        return LayerRow(name, output, sum(parameter.numel() for parameter in fresh), trainable)

    def watch(name: str, layer: nn.Module) -> None:
        layer.register_forward_hook(lambda module, _, output: rows.append(row(name, tuple(output.shape[1:]), module)))

    for prefix, layer in _layers(network):
        watch(prefix + name_of(layer), layer)
    network.eval()(inputs, labels)
    # Weights that belong to no layer of their own.
    if (rest := row("Others", (), network)).parameters:
        rows.append(rest)
    held = chain(network.parameters(), network.buffers())
    return NetworkSummary(title, tuple(rows), sum(tensor.nbytes for tensor in held) / 2**20)


def _layers(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The innermost modules that do something, and what comes before their names."""
    prefixes: dict[str, str] = {}
    blocks = 0
    for path, module in network.named_modules():
        parent, _, own = path.rpartition(".")
        inherited = prefixes.get(parent, "")
        if isinstance(module, ResidualBlock):
            blocks += 1
            inherited = f"Block {blocks}: "
        elif inherited and own == "shortcut":
            inherited = inherited.replace(":", ", shortcut:")
        prefixes[path] = inherited
        if _is_layer(module) and ".parametrizations" not in path:
            yield inherited, module


def _is_layer(module: nn.Module) -> bool:
    if isinstance(module, nn.Sequential | nn.ModuleList) or (isinstance(module, nn.Dropout) and module.p == 0):
        return False
    return all(name == "parametrizations" for name, _ in module.named_children())


def _cells(network: NetworkSummary) -> list[tuple[str, ...]]:
    rows = [(row.name, row.output_text, *_counts(row.parameters, row.trainable)) for row in network.rows]
    return [*rows, _total("Total", network.parameters, network.trainable, network.mebibytes)]


def _total(name: str, parameters: int, trainable: int, mebibytes: float) -> tuple[str, ...]:
    return (name, f"{mebibytes:.2f} MiB", *_counts(parameters, trainable))


def _counts(parameters: int, trainable: int) -> tuple[str, str]:
    return (f"{parameters:,}", f"{trainable:,}") if parameters else ("", "")


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    left, right = row[:2], row[2:]
    words = [cell.ljust(width) for cell, width in zip(left, widths, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(right, widths[2:], strict=True)]
    return "  ".join([*words, *numbers]).rstrip()
