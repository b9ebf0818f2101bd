"""Small runs for the tests of publishing."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganengine.launch import new_run
from ganengine.runs.directory import RunDirectory
from tests.ganengine.helpers import quick_config, run_of

FEW = {
    "recording.checkpoint_every": 3,
    "recording.sample_every": 1,
    "recording.sample_count": 6,
    "preset": "tiny",
}


def tiny_run(root: Path, changes: Mapping[str, Any] | None = None) -> RunDirectory:
    """Six steps on the built-in digits, with a sample of each step and checkpoints of steps 3 and 6."""
    trainer = new_run(quick_config({**FEW, **(changes or {})}), root)
    trainer.run()
    return run_of(trainer)


def pixels(path: Path) -> NDArray[np.uint8]:
    """The pixels of a picture, [H, W] or [H, W, C]."""
    with Image.open(path) as picture:
        return np.asarray(picture)


def files_in(folder: Path) -> list[str]:
    """Names of all that lies in a test's folder, temporary files and folders among them, but not the runs folder."""
    return sorted(path.name for path in folder.iterdir() if path.name != "runs")


def played(path: Path) -> tuple[str, NDArray[np.uint8]]:
    """What ffmpeg says of a film, and all its frames [N, H, W, 3]."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    said = done.stderr.decode()
    size = re.search(r"Video: .* (\d+)x(\d+)[ ,]", said)
    assert size, said
    return said, np.frombuffer(done.stdout, np.uint8).reshape(-1, int(size[2]), int(size[1]), 3)
