"""`ganengine sample`."""

import re
from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ganengine.cli.options import Commands, UsageError, add_device, add_runs, at_least, checkpoint_named, runs_root

if TYPE_CHECKING:
    from ganengine.sampler import Sampler

_COUNT = 64
_DESCRIPTION = """\
Make images with a trained generator: one grid where PATH ends in .png, else a folder of single images.
The same seed gives the same images. Neither the training data nor a GPU is needed.
"""
_EXAMPLES = """\
examples:
  ganengine sample 3 --out digits.png --grid 5x8 --scale 4
  ganengine sample 3 --out digits.png --seed 7 --caption "Run 3 after 5,000 steps"
  ganengine sample step-00005000.pt --out digits/ --count 1000
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("sample", help="make images", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("name", metavar="RUN|CHECKPOINT", help="a run's directory, folder name or number, or a file")
    parser.add_argument("--out", required=True, type=Path, metavar="PATH", help="a .png file, or a folder")
    parser.add_argument(
        "--count", type=at_least(1), metavar="N", help=f"how many images (default: {_COUNT}, or a full grid)"
    )
    parser.add_argument(
        "--seed", type=at_least(0), default=0, metavar="S", help="start of the random numbers (default: 0)"
    )
    parser.add_argument("--grid", type=_grid, metavar="ROWSxCOLS", help="the grid's layout (default: nearly square)")
    parser.add_argument(
        "--scale", type=at_least(1), default=1, metavar="K", help="draw each pixel K × K times (default: 1)"
    )
    parser.add_argument(
        "--padding", type=at_least(0), default=2, metavar="P", help="pixels between the images of a grid (default: 2)"
    )
    parser.add_argument("--caption", default="", metavar="TEXT", help="a line of text under the grid")
    add_device(parser)
    add_runs(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Make images; the last line on stdout is where they are."""
    as_grid = arguments.out.suffix.lower() == ".png"
    if not as_grid and (arguments.grid or arguments.caption):
        raise UsageError("--grid and --caption need an --out that ends in .png")
    path = checkpoint_named(runs_root(arguments), arguments.name)
    if as_grid:
        _check_grid(arguments)
    sampler = _sampler(path, arguments.device)
    (_save_grid if as_grid else _save_singles)(sampler, arguments)
    print(arguments.out.absolute())
    return 0


def _check_grid(arguments: Namespace) -> None:
    if arguments.grid and arguments.count and arguments.count > arguments.grid[0] * arguments.grid[1]:
        rows, columns = arguments.grid
        raise UsageError(f"--grid {rows}x{columns} has room for {rows * columns} images, not for {arguments.count}")
    if arguments.out.is_dir():
        raise UsageError(f"--out {arguments.out} is a folder, not a picture")
    if not arguments.out.absolute().parent.is_dir():
        raise UsageError(f"--out {arguments.out}: there is no folder {arguments.out.parent}")


def _sampler(path: Path, device: str | None) -> "Sampler":
    import torch

    from ganengine.devices import cpu_threads
    from ganengine.sampler import Sampler

    torch.set_num_threads(cpu_threads(0))
    return Sampler.from_checkpoint(path, device or "auto")


def _save_grid(sampler: "Sampler", arguments: Namespace) -> None:
    from ganengine.export.grid import compose_grid, near_square, save_png, with_caption

    rows, columns = arguments.grid or near_square(arguments.count or _COUNT)
    count = arguments.count or (rows * columns if arguments.grid else _COUNT)
    images = sampler.images(count, arguments.seed)
    grid = compose_grid(images, rows, columns, padding=arguments.padding, scale=arguments.scale)
    if arguments.caption:
        grid = with_caption(grid, arguments.caption)
    save_png(arguments.out, grid, {"step": sampler.step, "seed": arguments.seed, "count": count})


def _save_singles(sampler: "Sampler", arguments: Namespace) -> None:
    from tqdm import tqdm

    from ganengine.export.grid import save_singles

    count = arguments.count or _COUNT
    first = 0
    with tqdm(total=count, unit=" images", disable=None, delay=1) as bar:
        for images in sampler.batches(count, arguments.seed):
            save_singles(arguments.out, images, first, arguments.scale)
            first += len(images)
            bar.update(len(images))


def _grid(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)[x×](\d+)", text.strip().lower())
    if not match or not (int(match[1]) and int(match[2])):
        raise ArgumentTypeError(f"must be rows x columns, e.g. 5x8, not {text!r}")
    return int(match[1]), int(match[2])
