"""A preset's networks, loss and optimizers in the plain PyTorch loop: DataLoader, transforms, `.item()` every step.

Trains for that many seconds, and writes what the generator was every second: [(seconds, state)].
"""

import argparse
import copy
import time
from pathlib import Path

import torch
from torch import Tensor

from ganengine.config import TrainConfig
from ganengine.presets import find_preset
from ganengine.step import ema_decay


class Digits(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """As torchvision.datasets.MNIST: a picture object and its transforms for every image."""

    def __init__(self, config: TrainConfig) -> None:
        from torchvision import transforms

        data = config.data.load()
        assert data.labels is not None
        self.images, self.labels = data.images[:, 0], data.labels
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        from PIL import Image

        return self.transform(Image.fromarray(self.images[index].numpy())), int(self.labels[index])


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("seconds", type=float)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    config = find_preset(options.preset).config
    began = time.perf_counter()
    torch.manual_seed(config.training.seed)
    data = Digits(config)
    loader = torch.utils.data.DataLoader(data, batch_size=config.training.batch_size, shuffle=True, drop_last=True)
    shape = config.data.load().shape
    classes = 10 if config.training.class_conditional else 0
    G, D = config.generator.build(shape, classes), config.discriminator.build(shape, classes)
    G_ema = copy.deepcopy(G).eval()
    optimizer_g = torch.optim.Adam(G.parameters(), config.optimizer_g.lr, tuple(config.optimizer_g.betas))
    optimizer_d = torch.optim.Adam(D.parameters(), config.optimizer_d.lr, tuple(config.optimizer_d.betas))
    snapshots, images, steps, losses = [], 0, 0, []
    while True:
        for real, digits in loader:
            labels = digits if classes else None
            optimizer_d.zero_grad()
            fake = G(torch.randn(len(real), config.generator.latent_dim), labels)
            loss_d = sum(config.loss.discriminator(D(real, labels), D(fake.detach(), labels)))
            loss_d.backward()
            optimizer_d.step()
            optimizer_g.zero_grad()
            fake = G(torch.randn(len(real), config.generator.latent_dim), labels)
            loss_g = config.loss.generator(D(fake, labels), None)
            loss_g.backward()
            optimizer_g.step()
            losses.append((loss_d.item(), loss_g.item()))
            images, steps = images + len(real), steps + 1
            if halflife := config.training.ema_halflife_images:
                decay = ema_decay(len(real), images, halflife)
                with torch.no_grad():
                    for averaged, now in zip(G_ema.parameters(), G.parameters(), strict=True):
                        averaged.mul_(decay).add_(now, alpha=1 - decay)
                    for averaged, now in zip(G_ema.buffers(), G.buffers(), strict=True):
                        averaged.copy_(now)
            seconds = time.perf_counter() - began
            if seconds >= len(snapshots) + 1:
                shown = G_ema if config.training.ema_halflife_images else G
                snapshots.append((seconds, steps, copy.deepcopy(shown.state_dict())))
            if seconds >= options.seconds:
                torch.save(snapshots, options.out)
                return


if __name__ == "__main__":
    main()
