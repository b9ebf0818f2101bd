"""torchgan's trainer and its minimax losses, on the same networks.

Its own DCGAN knows powers of two only, so the 28×28 networks are handed to its trainer as its manual shows. It is fed
with whole batches of a resident tensor; its logs go nowhere.
"""

import argparse
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

os.environ.update(TENSORBOARD_LOGGING="0", VISDOM_LOGGING="0", CONSOLE_LOGGING="0")

import torch
import torchgan
from torch import Tensor
from torch_side import ResidentBatches, network, parameters, prepare, versions, wait_for_device
from torchgan.losses import MinimaxDiscriminatorLoss, MinimaxGeneratorLoss
from torchgan.models import Discriminator, Generator
from torchgan.trainer import Trainer
from turns import Turns
from works import WORKS, Work

_work: Work


class TheGenerator(Generator):
    """The work's generator."""

    def __init__(self) -> None:
        super().__init__(_work.latent_dim)
        self.model = network(_work.generator)

    def forward(self, z: Tensor) -> Tensor:
        return self.model(z)


class TheDiscriminator(Discriminator):
    """The work's discriminator."""

    def __init__(self) -> None:
        super().__init__(_work.channels)
        self.model = network(_work.discriminator)

    def forward(self, images: Tensor) -> Tensor:
        return self.model(images)


class BatchesInTurns(ResidentBatches):
    """Counts a step whenever the trainer asks for the next batch."""

    turns: Turns
    parameters: list[int]
    is_ready = False

    def __iter__(self) -> Iterator[Tensor]:
        for batch in super().__iter__():
            yield batch
            if self.is_ready:
                self.turns.step()
                continue
            self.is_ready = True
            self.turns.ready(self.parameters, versions() | {"torchgan": torchgan.__version__})


def main() -> None:
    """Train in turns."""
    global _work
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    _work, turns, device = WORKS[options.work], Turns(wait_for_device), prepare()
    batches = BatchesInTurns(_work, options.images, device)
    adam = {"name": torch.optim.Adam, "args": {"lr": _work.lr, "betas": (_work.beta1, _work.beta2)}}
    players = {
        "generator": {"name": TheGenerator, "args": {}, "optimizer": adam},
        "discriminator": {"name": TheDiscriminator, "args": {}, "optimizer": adam},
    }
    losses = [MinimaxGeneratorLoss(), MinimaxDiscriminatorLoss(label_smoothing=1.0 - _work.real_label)]
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            players, losses, device=device, epochs=10**6, checkpoints=f"{folder}/model/gan", recon=f"{folder}/images"
        )
        batches.turns, batches.parameters = turns, parameters(trainer.generator, trainer.discriminator)
        trainer(batches)


if __name__ == "__main__":
    main()
