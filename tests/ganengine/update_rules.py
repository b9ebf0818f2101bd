"""The optimizers' update rules written out by hand, as the papers and torch's documentation state them.

Each takes the weight, the gradients one after the other and the settings, and returns the weight at the end.
"""

from collections.abc import Iterator

import torch
from torch import Tensor


def sgd(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    momentum: float,
    nesterov: bool,
    decay: float,
    dampening: float = 0.0,
) -> Tensor:
    velocity = None
    for gradient in given:
        g = gradient + decay * w
        if momentum:
            velocity = g if velocity is None else momentum * velocity + (1 - dampening) * g
            g = g + momentum * velocity if nesterov else velocity
        w = w - lr * g
    return w


def rmsprop(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    alpha: float,
    eps: float,
    momentum: float,
    centered: bool,
    decay: float,
) -> Tensor:
    square, mean, buffer = (torch.zeros_like(w) for _ in range(3))
    for gradient in given:
        g = gradient + decay * w
        square = alpha * square + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        variance = square - mean**2 if centered else square
        step = g / (variance.sqrt() + eps)
        buffer = momentum * buffer + step
        w = w - lr * (buffer if momentum else step)
    return w


def adam(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    betas: tuple[float, float],
    eps: float,
    decay: float,
    amsgrad: bool,
    decoupled: bool = False,
) -> Tensor:
    m, v, largest = (torch.zeros_like(w) for _ in range(3))
    for t, gradient in enumerate(given, start=1):
        g, w = decayed(w, gradient, lr, decay, decoupled)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        largest = torch.maximum(largest, v)
        v_hat = (largest if amsgrad else v) / (1 - betas[1] ** t)
        w = w - lr * (m / (1 - betas[0] ** t)) / (v_hat.sqrt() + eps)
    return w


def decayed(w: Tensor, gradient: Tensor, lr: float, decay: float, decoupled: bool) -> tuple[Tensor, Tensor]:
    return (gradient, w - lr * decay * w) if decoupled else (gradient + decay * w, w)


def adamax(
    w: Tensor, given: Iterator[Tensor], lr: float, betas: tuple[float, float], eps: float, decay: float
) -> Tensor:
    m, u = torch.zeros_like(w), torch.zeros_like(w)
    for t, gradient in enumerate(given, start=1):
        g = gradient + decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        u = torch.maximum(betas[1] * u, g.abs() + eps)
        w = w - lr / (1 - betas[0] ** t) * m / u
    return w


def nadam(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    betas: tuple[float, float],
    eps: float,
    decay: float,
    psi: float,
    decoupled: bool,
) -> Tensor:
    m, v, product = torch.zeros_like(w), torch.zeros_like(w), 1.0
    for t, gradient in enumerate(given, start=1):
        g, w = decayed(w, gradient, lr, decay, decoupled)
        mu, mu_next = (betas[0] * (1 - 0.5 * 0.96 ** (n * psi)) for n in (t, t + 1))
        product *= mu
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        w = w - lr * m_hat / ((v / (1 - betas[1] ** t)).sqrt() + eps)
    return w


def radam(
    w: Tensor,
    given: Iterator[Tensor],
    lr: float,
    betas: tuple[float, float],
    eps: float,
    decay: float,
    decoupled: bool,
) -> Tensor:
    m, v = torch.zeros_like(w), torch.zeros_like(w)
    longest = 2 / (1 - betas[1]) - 1
    for t, gradient in enumerate(given, start=1):
        g, w = decayed(w, gradient, lr, decay, decoupled)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        step = m / (1 - betas[0] ** t)
        length = longest - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
        if length > 5:
            r = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            step = step * r**0.5 * (1 - betas[1] ** t) ** 0.5 / (v.sqrt() + eps)
        w = w - lr * step
    return w


def adagrad(
    w: Tensor, given: Iterator[Tensor], lr: float, lr_decay: float, start: float, eps: float, decay: float
) -> Tensor:
    total = torch.full_like(w, start)
    for t, gradient in enumerate(given):
        g = gradient + decay * w
        total = total + g**2
        w = w - lr / (1 + t * lr_decay) * g / (total.sqrt() + eps)
    return w


def adadelta(w: Tensor, given: Iterator[Tensor], lr: float, rho: float, eps: float, decay: float) -> Tensor:
    square, moved = torch.zeros_like(w), torch.zeros_like(w)
    for gradient in given:
        g = gradient + decay * w
        square = rho * square + (1 - rho) * g**2
        step = (moved + eps).sqrt() / (square + eps).sqrt() * g
        moved = rho * moved + (1 - rho) * step**2
        w = w - lr * step
    return w
