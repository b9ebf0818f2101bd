"""What the peers that use PyTorch share: the networks as plain modules, and the data in two forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from works import Layer, Work, threads


def prepare() -> torch.device:
    """Thread count and device of this process."""
    torch.set_num_threads(threads())
    torch.manual_seed(0)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def versions() -> dict[str, str]:
    """For the table."""
    return {"torch": torch.__version__}


def wait_for_device() -> None:
    """All kernels are done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def network(layers: tuple[Layer, ...], *, sigmoid: bool = False) -> nn.Sequential:
    """The module; with `sigmoid`, it gives a probability instead of a logit."""
    modules = [_module(layer) for layer in layers]
    built = nn.Sequential(*modules, *([nn.Sigmoid()] if sigmoid else []))
    if any(layer[0] in {"up", "down"} for layer in layers):
        built.apply(_dcgan_weights)
    return built


def parameters(*networks: nn.Module) -> list[int]:
    """Weights that each learns."""
    return [sum(weight.numel() for weight in built.parameters()) for built in networks]


def _module(layer: Layer) -> nn.Module:  # noqa: PLR0911
    match layer:
        case ("dense", inputs, outputs):
            return nn.Linear(inputs, outputs)
        case ("up", inputs, outputs, bias):
            return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)
        case ("down", inputs, outputs):
            return nn.Conv2d(inputs, outputs, 4, 2, 1)
        case ("norm", width):
            return nn.BatchNorm2d(width)
        case ("norm_dense", width, eps, momentum):
            return nn.BatchNorm1d(width, eps, momentum)
        case ("leaky", slope):
            return nn.LeakyReLU(slope, inplace=True)
        case ("relu",):
            return nn.ReLU(inplace=True)
        case ("dropout", share):
            return nn.Dropout(share)
        case ("tanh",):
            return nn.Tanh()
        case ("flatten",):
            return nn.Flatten()
        case ("unflatten", channels, side):
            return nn.Unflatten(1, (channels, side, side))
    raise ValueError(layer)


def _dcgan_weights(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


class Digits(torch.utils.data.Dataset[tuple[Any, int]]):
    """As torchvision.datasets.MNIST: uint8 in memory, a picture object and its transforms for every image."""

    def __init__(self, images: np.ndarray, transform: Any) -> None:
        self.data = torch.from_numpy(images)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        from PIL import Image

        return self.transform(Image.fromarray(self.data[index].numpy())), 0


def tutorial_data(work: Work, images: Path) -> torch.utils.data.Dataset[tuple[Any, int]]:
    """As the tutorials read them: a folder of pictures, or digits in memory; transforms of torchvision either way."""
    from torchvision import datasets, transforms

    if work.is_faces:
        size = [transforms.Resize(work.side), transforms.CenterCrop(work.side)]
        middle = (0.5, 0.5, 0.5)
        steps = transforms.Compose([*size, transforms.ToTensor(), transforms.Normalize(middle, middle)])
        return datasets.ImageFolder(str(images / "folder"), transform=steps)
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    return Digits(np.load(images / "images.npy")[:, 0], steps)


class ResidentBatches:
    """Whole batches out of one float tensor, shuffled each epoch: the fastest that a framework can be fed with.

    Attributes:
        batch_size: images a batch.
    """

    def __init__(self, work: Work, images: Path, device: torch.device) -> None:
        self.batch_size = work.batch
        self.images = torch.from_numpy(np.load(images / "images.npy")).to(device).float().div_(127.5).sub_(1.0)

    def __len__(self) -> int:
        return len(self.images) // self.batch_size

    def __iter__(self) -> Iterator[Tensor]:
        order = torch.randperm(len(self.images), device=self.images.device)
        for chosen in order[: len(self) * self.batch_size].split(self.batch_size):
            yield self.images[chosen]
