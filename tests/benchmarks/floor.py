"""The least time that a step can take on this machine: its arithmetic at the measured peak, its memory traffic.

Run by itself it prints one line of JSON: FLOPs and bytes of each work's step, peak and bandwidth with $OMP_NUM_THREADS
threads.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from gan_studio import config_of
from works import WORKS, Work, as_json

from ganengine.players import Players
from ganengine.rules import Rules
from ganengine.shapes import ImageShape
from ganengine.step import training_step

# Each update reads and writes the weight and Adam's two averages, and reads the gradient that was written before.
_NUMBERS_A_WEIGHT = 8


def step_of(work: Work) -> tuple[int, int]:
    """FLOPs of one step of the engine's own functions, and bytes of weights, gradients and optimizer states moved."""
    torch.manual_seed(0)
    config = config_of(work, Path())
    players = Players.build(config, ImageShape(work.channels, work.side), torch.device("cpu"))
    images = torch.rand(work.batch, work.channels, work.side, work.side) * 2 - 1
    latents = [torch.randn(work.batch, work.latent_dim) for _ in range(2)]
    optimizers = players.optimizer_g, players.optimizer_d
    with FlopCounterMode(display=False) as counter:
        training_step(players.G, players.D, None, Rules.of(config), *optimizers, [(images, None)], latents)
    weights = sum(players.parameter_counts().values())
    return counter.get_total_flops(), 4 * _NUMBERS_A_WEIGHT * weights


def peak(device: torch.device) -> float:
    """FLOP/s of the better of a large matrix product and a convolution."""
    a, b = torch.randn(2, 2048, 2048, device=device)
    images, kernels = torch.randn(16, 128, 32, 32, device=device), torch.randn(128, 128, 3, 3, device=device)
    product = 2 * 2048**3 / _best(lambda: a @ b)
    with torch.no_grad():
        convolution = 2 * 16 * 32**2 * 128**2 * 9 / _best(lambda: torch.conv2d(images, kernels, padding=1))
    return max(product, convolution)


def bandwidth(device: torch.device) -> float:
    """Bytes a second of a large copy, read and written ones together."""
    source = torch.zeros(64 * 1024**2, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _best(lambda: target.copy_(source))


def _best(work: Callable[[], object], seconds: float = 1.0) -> float:
    """Shortest time of one call."""
    wait = torch.cuda.synchronize if torch.cuda.is_available() else (lambda: None)
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 4:
        began = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Measure."""
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = {"peak": peak(device), "bandwidth": bandwidth(device)}
    print(as_json(found | {"steps": {work.key: step_of(work) for work in WORKS.values()}}))


if __name__ == "__main__":
    main()
