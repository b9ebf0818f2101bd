"""Every preset trained for a given time: the table and the pictures of the README.

    python tests/benchmarks/gallery.py [PRESET...] [--out gallery] [--scale 1.0]

The time is that of the training process as a whole: imports, data, samples and checkpoints too. Decoded images are
cached by a first training of one step, as on a second start. Data sets that are not built in are looked for in
$GAN_STUDIO_DATA; a preset whose data are not there is left out, and said so. Pictures of faces are made for the eye of
whoever runs this, and are not to be published where the data forbid it.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ganengine.data.sources.folder import FolderSource
from ganengine.export.grid import compose_grid, near_square, save_png
from ganengine.runs.directory import RunDirectory
from ganengine.sampler import Sampler

# Seconds of training: each tutorial as long as our own preset of the same data.
BUDGETS = {
    "mnist-simple": 60,
    "mnist-dropout": 60,
    "digits-best": 60,
    "fashion-mnist-mlp": 120,
    "fashion-best": 120,
    "notmnist-dcgan": 120,
    "letters-best": 120,
    "faces-dense": 300,
    "faces-best": 300,
}
SAMPLES = 2000


@dataclass(frozen=True)
class Row:
    """One line of the table; `values` are the metrics by their keys."""

    preset: str
    data: str
    step: int
    seconds: float
    values: dict[str, float]
    extractor: str
    picture: str


def main() -> None:
    """Train, measure, and write `gallery.md`, `gallery.json` and a picture for each preset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", metavar="PRESET", help=f"default: {', '.join(BUDGETS)}")
    parser.add_argument("--out", type=Path, default=Path("gallery"))
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies every time")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for preset in options.presets or BUDGETS:
        if row := entry(preset, BUDGETS[preset] * options.scale, options.out):
            print(markdown(row), flush=True)
            (options.out / f"{preset}.json").write_text(json.dumps(asdict(row), indent=2) + "\n", encoding="utf-8")
    rows = [
        Row(**json.loads(path.read_text())) for preset in BUDGETS if (path := options.out / f"{preset}.json").exists()
    ]
    text = "\n".join([HEAD, *map(markdown, rows)]) + "\n"
    (options.out / "gallery.md").write_text(text, encoding="utf-8")


def entry(preset: str, seconds: float, out: Path) -> Row | None:
    """Train one preset for that long and measure it; None where its data are not there."""
    with tempfile.TemporaryDirectory() as folder:
        first = ganengine("train", "--preset", preset, "--steps", "1", "--runs", folder)
        if first.returncode:
            print(f"{preset} is left out: {first.stderr.strip().splitlines()[-1]}", flush=True)
            return None
        run = RunDirectory.open(train(preset, seconds, Path(folder)))
        newest = run.checkpoints.latest()
        assert newest is not None
        sampler = Sampler.from_checkpoint(newest)
        picture = out / f"{preset}.png"
        save_png(picture, picture_of(sampler))
        measured = ganengine("evaluate", str(newest), "--samples", str(SAMPLES), "--json")
        found: dict[str, Any] = json.loads(measured.stdout)
    return Row(preset, name_of(sampler), sampler.step, seconds, found["values"], found["extractor"], picture.name)


def ganengine(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    return subprocess.run([sys.executable, "-m", "ganengine", *arguments], capture_output=True, text=True, check=False)


def train(preset: str, seconds: float, runs: Path) -> Path:
    """Train headless for that long, then interrupt, as Ctrl-C would; returns the run directory."""
    command = [sys.executable, "-m", "ganengine", "train", "--preset", preset, "--steps", "100000000"]
    process = subprocess.Popen(
        [*command, "--runs", str(runs)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130, process.returncode
    return Path(output.strip().splitlines()[-1])


def picture_of(sampler: Sampler) -> Any:
    """A grid of the run's own latents, a class a row; dark on light where the preset draws so."""
    images = sampler.fixed_images()
    rows, columns = (
        (-(-len(images) // sampler.fixed.columns), sampler.fixed.columns)
        if sampler.fixed.columns
        else near_square(len(images))
    )
    if sampler.config.recording.invert:
        images = 255 - images
    return compose_grid(images, rows, columns, padding=2, background=255 if sampler.config.recording.invert else 0)


def name_of(sampler: Sampler) -> str:
    """What the table calls the data."""
    data = sampler.config.data
    where = data.path if isinstance(data, FolderSource) else data.source
    return f"{where} {sampler.shape}"


HEAD = """\
| preset | data | steps | time | FID | precision | recall | confident | smallest class | picture |
|---|---|---|---|---|---|---|---|---|---|"""


def markdown(row: Row) -> str:
    """One line of the table."""
    cells = [f"`{row.preset}`", row.data, f"{row.step:,}", f"{row.seconds:.0f} s", f"{row.values['eval/fid_own']:.1f}"]
    for key in ("precision", "recall", "confidence", "class_coverage"):
        value = row.values.get(f"eval/{key}_own")
        cells.append("–" if value is None else f"{value:.0%}")
    return f"| {' | '.join(cells)} | ![{row.preset}]({row.picture}) |"


if __name__ == "__main__":
    main()
