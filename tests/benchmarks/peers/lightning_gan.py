"""Lightning's own basic GAN example: manual optimization with toggled optimizers, on the same networks.

It is fed with whole batches of a resident tensor, and logger, bar and checkpoints are off: the best that Lightning can.
"""

import argparse
import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer, __version__
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch_side import ResidentBatches, network, parameters, prepare, versions, wait_for_device
from turns import Turns
from works import WORKS, Work


class GAN(LightningModule):
    """The example's module."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work
        self.automatic_optimization = False
        self.generator = network(work.generator)
        self.discriminator = network(work.discriminator)

    def forward(self, z: Tensor) -> Any:
        return self.generator(z)

    def training_step(self, imgs: Tensor) -> None:
        optimizer_g, optimizer_d = self.optimizers()
        z = torch.randn(imgs.shape[0], self.work.latent_dim).type_as(imgs)

        self.toggle_optimizer(optimizer_g)
        valid = torch.ones(imgs.size(0), 1).type_as(imgs)
        g_loss = binary_cross_entropy_with_logits(self.discriminator(self(z)), valid)
        self.log("g_loss", g_loss)
        self.manual_backward(g_loss)
        optimizer_g.step()
        optimizer_g.zero_grad()
        self.untoggle_optimizer(optimizer_g)

        self.toggle_optimizer(optimizer_d)
        real = torch.full((imgs.size(0), 1), self.work.real_label).type_as(imgs)
        real_loss = binary_cross_entropy_with_logits(self.discriminator(imgs), real)
        fake = torch.zeros(imgs.size(0), 1).type_as(imgs)
        fake_loss = binary_cross_entropy_with_logits(self.discriminator(self(z).detach()), fake)
        d_loss = (real_loss + fake_loss) / 2
        self.log("d_loss", d_loss)
        self.manual_backward(d_loss)
        optimizer_d.step()
        optimizer_d.zero_grad()
        self.untoggle_optimizer(optimizer_d)

    def configure_optimizers(self) -> Any:
        rates = {"lr": self.work.lr, "betas": (self.work.beta1, self.work.beta2)}
        parts = (self.generator, self.discriminator)
        return [torch.optim.Adam(part.parameters(), **rates) for part in parts], []


class InTurns(Callback):
    """Counts the steps."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._is_ready = False

    def on_train_batch_end(self, trainer: Trainer, module: Any, *_: Any) -> None:
        if self._is_ready:
            self._turns.step()
            return
        self._is_ready = True
        known = versions() | {"lightning": __version__}
        self._turns.ready(parameters(module.generator, module.discriminator), known)


def main() -> None:
    """Train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    work, turns, device = WORKS[options.work], Turns(wait_for_device), prepare()
    trainer = Trainer(
        accelerator="gpu" if device.type == "cuda" else "cpu",
        devices=1,
        max_epochs=-1,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        callbacks=[InTurns(turns)],
    )
    trainer.fit(GAN(work), ResidentBatches(work, options.images, device))


if __name__ == "__main__":
    main()
