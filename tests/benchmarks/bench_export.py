"""How quickly things are published, and that 100,000 single images need no more memory than 1,000.

    python tests/benchmarks/bench_export.py [--images 100000] [--limits]

Measured are images a second, the peak of what Python allocates (tracemalloc, in a run of its own since it slows
everything down), and the peak of the process's memory. `--limits` fails where many images need 32 MB more than few, or
where fewer than 300 images a second are written.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from ganengine.config import TrainConfig
from ganengine.runs.checkpoints import save_checkpoint
from ganengine.shapes import ImageShape

FEW = 1000
MOST_GROWTH_MB = 32.0
LEAST_PER_S = 300.0
WRITE = """
import resource, sys, time, tracemalloc
from pathlib import Path
import torch
from ganengine.publish.base import publication
from ganengine.publish.source import Source
torch.set_num_threads(1)
made = publication("images", {"images": "new", "count": int(sys.argv[2])})
source = Source(checkpoint=Path(sys.argv[1]), device="cpu")
source.sampler.images(300, 0)
traced = sys.argv[4] == "traced"
if traced:
    tracemalloc.start()
start = time.perf_counter()
made.write(source, Path(sys.argv[3]))
seconds = time.perf_counter() - start
peak = tracemalloc.get_traced_memory()[1] if traced else 0
print(seconds, peak / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
"""


def checkpoint(folder: Path) -> Path:
    """A DCGAN of the usual size for 28 pixels, untrained."""
    config = TrainConfig().with_changes({"generator.kind": "dcgan", "data.source": "mnist-5k"})
    G = config.generator.build(ImageShape(1, 28))
    path = folder / "step-00000001.pt"
    content = {"config": config.model_dump(mode="json"), "step": 1, "players": {"G": G.state_dict()}}
    shape = {"channels": 1, "resolution": 28}
    latents = torch.randn(4, config.generator.latent_dim)
    save_checkpoint(path, {**content, "fixed_z": latents, "data": {"shape": shape, "classes": []}})
    return path


def measure(path: Path, count: int, folder: Path, *, traced: bool = False) -> tuple[float, float, float]:
    """In a fresh process: seconds, megabytes that Python allocated at most, and megabytes of the process at most."""
    out = folder / f"{count}-{'traced' if traced else 'plain'}"
    command = [sys.executable, "-c", WRITE, str(path), str(count), str(out), "traced" if traced else "plain"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    written = sum(1 for _ in out.iterdir())
    assert written == count, f"{written} files, not {count}"
    seconds, python, process = map(float, done.stdout.split())
    return seconds, python, process


def measure_others(path: Path, folder: Path) -> None:
    """Seconds for the other formats that are made from a checkpoint."""
    from ganengine.publish.base import publication
    from ganengine.publish.source import Source

    walk = {"subject": "walk", "seconds": 10.0}
    for kind, values in (("gif", walk), ("mp4", walk), ("safetensors", {}), ("onnx", {})):
        start = time.perf_counter()
        where = publication(kind, values).write(Source(checkpoint=path, device="cpu"), folder / kind)
        print(f"{kind}: {time.perf_counter() - start:.1f} s, {where.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Measure few and many images, then the other formats."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000, help="how many are many")
    parser.add_argument("--limits", action="store_true", help="exit with 1 where the limits are not kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = checkpoint(folder)
        found = {}
        for count in (FEW, options.images):
            _, python, _ = measure(path, count, folder, traced=True)
            seconds, _, process = measure(path, count, folder)
            found[count] = count / seconds, python, process
            print(
                f"{count:,} images: {count / seconds:,.0f} a second; Python {python:.1f} MB, process {process:.0f} MB"
            )
        measure_others(path, folder)
    growth = [found[options.images][kind] - found[FEW][kind] for kind in (1, 2)]
    print(f"growth from {FEW:,} to {options.images:,}: Python {growth[0]:.1f} MB, process {growth[1]:.1f} MB")
    if options.limits and (max(growth) > MOST_GROWTH_MB or found[options.images][0] < LEAST_PER_S):
        sys.exit(1)


if __name__ == "__main__":
    main()
