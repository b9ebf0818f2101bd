"""`ganengine walk`."""

from argparse import Namespace
from pathlib import Path

from ganengine.cli.latent_options import add_subject, latent_of, subject_of
from ganengine.cli.options import Commands, UsageError, at_least

_FRAMES, _STRIP, _FPS = 60, 10, 30
_DESCRIPTION = """\
Walk from one generated image to others, through the images between them: the latent vector turns evenly on a sphere
(slerp), and between classes the generator is told of a mixture. A film where PATH ends in .mp4 or .gif, a strip where
it ends in .png, else a folder of single images.
"""
_EXAMPLES = """\
examples:
  ganengine walk 3 --from 3 --to 12 --out walk.mp4
  ganengine walk 3 --from 3 --to 12 --frames 10 --out strip.png
  ganengine walk 3 --from 3 --to 12 --to 40 --loop --out walk.gif --scale 8    over several images, and back again
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "walk", help="walk from one generated image to another", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    add_subject(parser)
    parser.add_argument(
        "--from", dest="start", type=at_least(1), default=1, metavar="I", help="number of the first image (default: 1)"
    )
    parser.add_argument(
        "--to",
        dest="stops",
        type=at_least(1),
        action="append",
        required=True,
        metavar="J",
        help="number of the image to walk to; more of them are passed in their order",
    )
    parser.add_argument(
        "--frames", type=at_least(2), metavar="F", help=f"images in all (default: {_FRAMES}, of a strip {_STRIP})"
    )
    parser.add_argument("--loop", action="store_true", help="go back to the first image, so that the film can repeat")
    parser.add_argument(
        "--fps", type=at_least(1), default=_FPS, metavar="N", help=f"images a second of a film (default: {_FPS})"
    )
    parser.add_argument(
        "--scale", type=at_least(1), default=4, metavar="K", help="draw pixels K × K times (default: 4)"
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="PATH", help="a .mp4, .gif or .png file, or a folder"
    )
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Make the walk; the last line on stdout is where it is."""
    from tqdm import tqdm

    from ganengine.inspection.walk_files import write_walk
    from ganengine.inspection.walks import walk

    out: Path = arguments.out
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")
    subject = subject_of(arguments)
    numbers = [(arguments.start, "--from"), *((number, "--to") for number in arguments.stops)]
    stops = [latent_of(subject, number, arguments, option) for number, option in numbers]
    frames = arguments.frames or (_STRIP if out.suffix.lower() == ".png" else _FRAMES)
    way = walk(stops, max(frames, len(stops)), len(subject.classes), closed=arguments.loop)
    with tqdm(total=len(way), unit=" images", disable=None, delay=1) as bar:

        def tell(what: str, done: int, total: int) -> None:
            bar.update(done - bar.n)

        write_walk(out, subject, way, fps=arguments.fps, scale=arguments.scale, tell=tell)
    print(out.absolute())
    return 0
