"""The small network whose last hidden layer serves as features."""

import math

import torch
from torch import Tensor, nn

from ganengine.shapes import ImageShape

DIMENSIONS = 128
_WIDTH = 16
_SMALL = 32  # larger images are reduced to between this and twice this by the first layer


class Classifier(nn.Module):
    """Three convolutions, one hidden layer, and one logit for each class; the last logit stands for no class."""

    def __init__(self, shape: ImageShape, num_classes: int) -> None:
        super().__init__()
        stride = max(1, shape.resolution // _SMALL)
        self.body = nn.Sequential(
            *_convolution(shape.channels, _WIDTH, 2 * stride + 1, stride),
            nn.MaxPool2d(2, ceil_mode=True),
            *_convolution(_WIDTH, 2 * _WIDTH, 3),
            nn.MaxPool2d(2, ceil_mode=True),
            *_convolution(2 * _WIDTH, 4 * _WIDTH, 3),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(4 * _WIDTH * 16, DIMENSIONS, bias=False),
            nn.BatchNorm1d(DIMENSIONS),
            nn.ReLU(),
        )
        self.head = nn.Linear(DIMENSIONS, num_classes + 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images [N, C, H, W] in -1..1 → features [N, 128] and logits [N, num_classes + 1]."""
        features = self.body(images)
        return features, self.head(features)


def new_classifier(shape: ImageShape, num_classes: int, generator: torch.Generator) -> Classifier:
    """One with weights drawn from `generator` alone."""
    network = empty_classifier(shape, num_classes).to_empty(device="cpu")
    for module in network.modules():
        match module:
            case nn.BatchNorm1d() | nn.BatchNorm2d():
                module.reset_parameters()  # draws nothing
            case nn.Conv2d() | nn.Linear():
                gain = math.sqrt(2.0 / module.weight[0].numel())  # He et al. 2015
                with torch.no_grad():
                    module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * gain)
                    if module.bias is not None:
                        module.bias.zero_()
    return network


def empty_classifier(shape: ImageShape, num_classes: int) -> Classifier:
    """One without weights, for those of a file; built so that no random number is drawn."""
    with torch.device("meta"):
        return Classifier(shape, num_classes)


def _convolution(channels: int, width: int, kernel: int, stride: int = 1) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
    )
