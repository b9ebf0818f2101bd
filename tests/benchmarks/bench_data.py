"""How long the user's own pictures take until they can be trained on: the first time, and every other time.

    GAN_STUDIO_DATA=... python tests/benchmarks/bench_data.py [--data faces_5k.tar] [--resolution 64] [--limits]

Each time is that of a process of its own, without its imports, with an empty cache the first time. `--limits` fails
where 5,000 faces take longer than promised: 15 s, and 1 s the next time.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from ganengine import places

FIRST_S, NEXT_S = 15.0, 1.0
LOAD = """
import sys, time
import torch, PIL.Image
import ganengine.data.reading.making
from ganengine.data.sources.folder import FolderSource
start = time.perf_counter()
data = FolderSource.model_validate({"path": sys.argv[1], "resolution": int(sys.argv[2]) or "auto"}).load()
seconds = time.perf_counter() - start
batch = data.images.index_select(0, torch.arange(0, data.count, max(1, data.count // 64)))
print(seconds, data.count, data.shape, len(data.left_out))
"""


def seconds_to_load(path: Path, resolution: int, cache: Path) -> tuple[float, str]:
    """In a fresh process: the time, and what was loaded."""
    environment = {**os.environ, "GAN_STUDIO_CACHE": str(cache)}
    command = [sys.executable, "-c", LOAD, str(path), str(resolution)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    seconds, count, shape, left_out = done.stdout.split()
    return float(seconds), f"{int(count):,} images of {shape}, {left_out} left out"


def measure(what: str, path: Path, resolution: int, cache: Path) -> bool:
    """Print both times; whether they are within the limits."""
    first, loaded = seconds_to_load(path, resolution, cache)
    again = min(seconds_to_load(path, resolution, cache)[0] for _ in range(3))
    print(f"{what}: {loaded}; first {first:.2f} s, then {again:.3f} s")
    return first < FIRST_S and again < NEXT_S


def main() -> None:
    """Measure the archive, and the folder that it unpacks to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="faces_5k.tar", help="an archive below the data root, or its path")
    parser.add_argument("--resolution", type=int, default=64, help="0 means auto")
    parser.add_argument("--limits", action="store_true", help="exit with 1 where the limits are not kept")
    options = parser.parse_args()
    path = places.data_root() / options.data
    if not path.exists():
        parser.exit(message=f"skipped: there is no {path}\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "unpacked"
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        kept = [
            measure(f"{path.name}", path, options.resolution, Path(temporary) / "cache 1"),
            measure(f"{path.name} unpacked", folder, options.resolution, Path(temporary) / "cache 2"),
        ]
    if options.limits and not all(kept):
        sys.exit(1)


if __name__ == "__main__":
    main()
