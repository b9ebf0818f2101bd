"""Directions in the latent space along which the generator's features change most."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from ganengine.inspection.subject import Subject
from ganengine.latents import latents_of_seed
from ganengine.networks.conditional import ConditionalGenerator

_SAMPLES = 4096
_MOST_NUMBERS = 2**25  # of features in memory: 128 MB
_OVERSAMPLING, _ITERATIONS = 10, 4
_WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class Directions:
    """The most important directions first.

    Attributes:
        vectors: [K, latent_dim]; adding one moves by one standard deviation of its principal component.
        shares: how much of the features' variance each explains [K].
    """

    vectors: Tensor
    shares: Tensor

    def moved(self, z: Tensor, amounts: Tensor) -> Tensor:
        """Latent vectors [..., latent_dim] moved by amounts [K], in standard deviations."""
        moves: Tensor = amounts.to(z.dtype) @ self.vectors
        return z + moves


def principal_directions(
    features: Callable[[Tensor], Tensor], latent_dim: int, count: int, *, samples: int = _SAMPLES, seed: int = 0
) -> Directions:
    """GANSpace: Härkönen et al. 2020, "GANSpace: Discovering Interpretable GAN Controls", section 2.

    The principal components of the features y of random latent vectors z; and for each component the latent direction
    that moves along it, by a linear regression from the components' coordinates back to z (their equation for BigGAN).

    Args:
        features: z [n, latent_dim] → y [n, ...] of the generator's first layers.
        count: how many directions; there are fewer where z or y is smaller.
        samples: how many random vectors to look at.
        seed: of these; no other random numbers are drawn.
    """
    z = latents_of_seed(seed, samples, latent_dim, torch.device("cpu"))
    y = torch.cat([features(part).flatten(1).float().cpu() for part in torch.split(z, 256)])
    y -= y.mean(dim=0)
    centred = z - z.mean(dim=0)
    kept = min(count, latent_dim, y.shape[1], samples - 1)
    basis = _principal_axes(y, kept, seed)
    coordinates = y @ basis
    variance = coordinates.square().mean(dim=0)
    # Least squares from coordinates to z; these are uncorrelated, so each direction stands alone.
    slopes = (coordinates.T @ centred) / (variance * samples).clamp_min(1e-30)[:, None]
    total = y.square().sum(dim=1).mean().clamp_min(1e-30)
    vectors = slopes * variance.sqrt()[:, None]
    return Directions(_signed(vectors), variance / total)


def _principal_axes(y: Tensor, count: int, seed: int) -> Tensor:
    """The first principal axes [F, count] of centred rows y [N, F], by a randomised range finder.

    Halko et al. 2011, algorithm 4.4. torch's own draws from the global random generator, which a training uses.
    """
    generator = torch.Generator().manual_seed(seed + 1)
    width = min(count + _OVERSAMPLING, *y.shape)
    found = torch.randn(y.shape[1], width, generator=generator)
    for _ in range(_ITERATIONS):
        found, _ = torch.linalg.qr(y.T @ (y @ found))
    _, _, across = torch.linalg.svd(y @ found, full_matrices=False)
    axes: Tensor = found @ across.T[:, :count]
    return axes


def _signed(vectors: Tensor) -> Tensor:
    """Both signs are as good; the largest number of each is positive, so that it is the same every time."""
    largest = vectors.abs().argmax(dim=1, keepdim=True)
    signed: Tensor = vectors * vectors.gather(1, largest).sign()
    return signed


def directions_of(subject: Subject, label: int | None, count: int = 6) -> Directions:
    """Those of a generator, for one class where it knows classes."""
    first = first_layers(subject.sampler.generator)
    G, device = subject.sampler.generator, subject.sampler.device

    @torch.no_grad()
    def features(z: Tensor) -> Tensor:
        inputs = z.to(device)
        if isinstance(G, ConditionalGenerator) and G.embedding is not None:
            told = G.embedding(torch.full((len(z),), label or 0, device=device))
            inputs = torch.cat([inputs, told], dim=1)
        y: Tensor = first(inputs)
        return y

    width = features(torch.zeros(2, subject.latent_dim)).flatten(1).shape[1]
    samples = max(4 * subject.latent_dim, min(_SAMPLES, _MOST_NUMBERS // width))
    return principal_directions(features, subject.latent_dim, count, samples=samples)


def first_layers(G: nn.Module) -> nn.Sequential:
    """The layers of a generator up to its second one with weights: the first features that are no plain mixture of z.

    Raises:
        ValueError: the generator is not one of this program's.
    """
    body = G.body if isinstance(G, ConditionalGenerator) else G
    if not isinstance(body, nn.Sequential):
        raise ValueError("this generator is not a sequence of layers")
    layers = list(body.children())
    weighted = [place for place, layer in enumerate(layers) if _has_weights(layer)]
    second = next((later for _, later in pairwise(weighted)), len(layers))
    return nn.Sequential(*layers[:second])


def _has_weights(layer: nn.Module) -> bool:
    return any(isinstance(part, _WEIGHTED) for part in layer.modules())
