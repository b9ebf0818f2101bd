"""How good the digits are after a given time of training with a preset: the figure and the picture of the README.

    python tests/benchmarks/bench_digits.py [--preset digits-best] [--seconds 60] [--out grid.png]

The time is that of the whole headless process: imports, data, sampling and checkpoints too.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from digit_scorer import DigitScorer
from gallery import picture_of

from ganengine.data.dataset import ImageDataset
from ganengine.export.grid import save_png
from ganengine.runs.directory import RunDirectory
from ganengine.sampler import Sampler


def train(preset: str, seconds: float, runs: Path) -> RunDirectory:
    """Train headless for that long, then interrupt, as Ctrl-C would."""
    command = [
        sys.executable,
        "-m",
        "ganengine",
        "train",
        "--preset",
        preset,
        "--steps",
        "1000000",
        "--runs",
        str(runs),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130, process.returncode
    return RunDirectory.open(Path(output.strip().splitlines()[-1]))


def main() -> None:
    """Train, score, and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="digits-best")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        newest = train(options.preset, options.seconds, Path(folder)).checkpoints.latest()
        assert newest is not None
        sampler = Sampler.from_checkpoint(newest)
    images = sampler.images(1000, seed=1)
    scorer = DigitScorer()
    data: ImageDataset = sampler.config.data.load()
    real = scorer.score(data.images[torch.randperm(data.count, generator=torch.Generator().manual_seed(1))[:1000]])
    print(f"scorer: learnt from {scorer.source}; {scorer.accuracy:.1%} right on digits it never saw")
    print(f"1,000 real digits: {real}")
    score = scorer.score(torch.from_numpy(images).permute(0, 3, 1, 2).contiguous())
    print(f"{options.preset}, step {sampler.step:,} after {options.seconds:g} s, 1,000 samples: {score}")
    if options.out:
        save_png(options.out, picture_of(sampler))


if __name__ == "__main__":
    main()
