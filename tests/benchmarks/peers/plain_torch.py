"""The loop of PyTorch's DCGAN tutorial: a DataLoader with torchvision's transforms, BCELoss, `.item()` every step."""

import argparse
from pathlib import Path

import torch
from torch import nn
from torch_side import network, parameters, prepare, tutorial_data, versions, wait_for_device
from turns import Turns
from works import WORKS


def main() -> None:
    """Train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    work, turns, device = WORKS[options.work], Turns(wait_for_device), prepare()
    loader = torch.utils.data.DataLoader(
        tutorial_data(work, options.images),
        batch_size=work.batch,
        shuffle=True,
        num_workers=options.workers,
        drop_last=True,
        persistent_workers=options.workers > 0,
    )
    netG, netD = network(work.generator).to(device), network(work.discriminator, sigmoid=True).to(device)
    criterion = nn.BCELoss()
    optimizerD = torch.optim.Adam(netD.parameters(), lr=work.lr, betas=(work.beta1, work.beta2))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=work.lr, betas=(work.beta1, work.beta2))
    G_losses, D_losses = [], []
    iters = 0
    while True:
        for data in loader:
            # (1) Update D network: maximize log(D(x)) + log(1 - D(G(z)))
            netD.zero_grad()
            real = data[0].to(device)
            b_size = real.size(0)
            label = torch.full((b_size,), work.real_label, dtype=torch.float, device=device)
            output = netD(real).view(-1)
            errD_real = criterion(output, label)
            errD_real.backward()
            D_x = output.mean().item()
            noise = torch.randn(b_size, work.latent_dim, device=device)
            fake = netG(noise)
            label.fill_(0.0)
            output = netD(fake.detach()).view(-1)
            errD_fake = criterion(output, label)
            errD_fake.backward()
            D_G_z1 = output.mean().item()
            errD = errD_real + errD_fake
            optimizerD.step()
            # (2) Update G network: maximize log(D(G(z)))
            netG.zero_grad()
            label.fill_(1.0)
            output = netD(fake).view(-1)
            errG = criterion(output, label)
            errG.backward()
            D_G_z2 = output.mean().item()
            optimizerG.step()
            if iters % 50 == 0:
                print(f"[{iters}] {errD.item():.4f} {errG.item():.4f} {D_x:.4f} {D_G_z1:.4f} / {D_G_z2:.4f}", end="\r")
            G_losses.append(errG.item())
            D_losses.append(errD.item())
            iters += 1
            if iters == 1:
                turns.ready(parameters(netG, netD), versions())
            else:
                turns.step()


if __name__ == "__main__":
    main()
