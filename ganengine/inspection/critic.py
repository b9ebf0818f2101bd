"""What the discriminator of a checkpoint thinks of single images."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganengine.config import TrainConfig
from ganengine.data.dataset import to_unit_range
from ganengine.errors import CheckpointError
from ganengine.shapes import ImageShape

Images = NDArray[np.uint8]
PORTION = 256
# Losses under which the sigmoid of D's answer is what D was trained to say: how probably the image is real.
_CALIBRATED = frozenset({"nonsaturating", "minimax"})


@dataclass(frozen=True)
class Score:
    """D's answer to one image.

    Attributes:
        logit: as the network gives it.
        probability: as the plots show it, D(x): 1 where D is sure of a real image, 0 of a generated one.
    """

    logit: float
    probability: float


class Critic:
    """The discriminator of one checkpoint, in evaluation mode. It draws no random number and changes nothing.

    It is shown the images as they are: without the noise and augmentations that it may have been trained with.

    Attributes:
        is_calibrated: whether `Score.probability` is a probability, and not only an order of images.
    """

    def __init__(self, D: nn.Module, config: TrainConfig, num_classes: int, device: torch.device) -> None:
        self._D = D.to(device).eval().requires_grad_(False)
        self._loss = config.loss
        self._num_classes = num_classes
        self._device = device
        self.is_calibrated = config.loss.kind in _CALIBRATED

    @classmethod
    def from_content(
        cls,
        path: Path,
        content: dict[str, Any],
        config: TrainConfig,
        shape: ImageShape,
        num_classes: int,
        device: torch.device,
    ) -> Self:
        """The discriminator in the content of a checkpoint; `path` is for messages.

        Raises:
            CheckpointError: it cannot be used.
        """
        if problem := config.discriminator.problem_with(shape):
            raise CheckpointError(f"{path.name} holds a discriminator that {problem}.")
        with torch.device("meta"):  # no weight is initialised, for that would draw random numbers
            D = config.discriminator.build(shape, num_classes)
        try:
            D.load_state_dict(content["players"]["D"], assign=True)
        except (AttributeError, KeyError, TypeError, RuntimeError) as error:
            raise CheckpointError(
                f"The weights in {path.name} belong to another architecture than its settings say."
            ) from error
        assert not any(tensor.is_meta for tensor in chain(D.parameters(), D.buffers())), "a buffer that is not saved"
        return cls(D, config, num_classes, device)

    @torch.no_grad()
    def logits(self, images: Images | Tensor, labels: Tensor | None = None) -> Tensor:
        """D's answers float32 [N], on the CPU, in portions.

        Args:
            images: an array uint8 [N, H, W, C] as it is shown, or a tensor uint8 [N, C, H, W] as data sets hold it.
            labels: int64 [N], for a D that knows classes.

        Raises:
            ValueError: D knows classes and was given none.
        """
        given = (
            images if isinstance(images, Tensor) else torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2)
        )
        if self._num_classes and labels is None:
            raise ValueError("this discriminator needs the class of each image")
        known = labels if self._num_classes else None
        parts = [
            self._D(
                to_unit_range(given[first : first + PORTION].to(self._device)),
                None if known is None else known[first : first + PORTION].to(self._device),
            ).cpu()
            for first in range(0, len(given), PORTION)
        ]
        return torch.cat([torch.empty(0), *parts])

    def scores(self, images: Images | Tensor, labels: Tensor | None = None) -> list[Score]:
        """D's answer to each image; as `logits`."""
        logits = self.logits(images, labels)
        pairs = zip(logits.tolist(), self._loss.probability(logits).tolist(), strict=True)
        return [Score(logit, probability) for logit, probability in pairs]


@dataclass(frozen=True)
class Scale:
    """D's answers to some real and some generated images: what a single one can be held against.

    Attributes:
        real, fake: logits [N], in any order.
    """

    real: Tensor
    fake: Tensor

    def standing(self, score: Score) -> tuple[float, float]:
        """The shares of real, and of generated images, that D finds less real than this one; half of equals count."""
        return _share_below(self.real, score.logit), _share_below(self.fake, score.logit)


def _share_below(logits: Tensor, logit: float) -> float:
    if not len(logits):
        return 0.5
    below, equal = (logits < logit).sum(), (logits == logit).sum()
    return float((below + equal / 2) / len(logits))


def explain(score: Score, standing: tuple[float, float] | None, *, calibrated: bool) -> str:
    """D's answer in plain words.

    Args:
        standing: see `Scale`; None while it is not known.
        calibrated: whether the probability is one.
    """
    if calibrated:
        first = f"D is {_percent(score.probability)} sure that it is real."
    else:
        first = f"D's answer is {score.logit:.2f}; the higher, the more real it looks to D."
    if standing is None:
        return first
    real, fake = standing
    return f"{first} It looks more real to D than {_percent(fake)} of generated and {_percent(real)} of real images."


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %")
