"""`ganengine inspect`."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganengine.cli.latent_options import add_subject, latent_of, subject_of
from ganengine.cli.options import Commands, UsageError, at_least

if TYPE_CHECKING:
    from ganengine.inspection.report import Background, Likeness
    from ganengine.inspection.subject import Images, Latent, Subject

_NEIGHBOURS = 5
_DESCRIPTION = """\
Look closely at one generated image: what the discriminator thinks of it, which training images resemble it most, and
whether the generator has memorised one. The distances between training images are the yardstick.
"""
_EXAMPLES = """\
examples:
  ganengine inspect 3 --image 12                      the 12th image of the run's samples, counted row by row
  ganengine inspect 3 --image 5 --seed 7              the 5th of `ganengine sample 3 --seed 7`
  ganengine inspect 3 --image 12 --space features     alike is what shows the same thing, not what has the same pixels
  ganengine inspect 3 --image 12 --out picture.png    the image and, beside it, the nearest training images
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "inspect", help="look closely at one generated image", description=_DESCRIPTION, epilog=_EXAMPLES
    )
    add_subject(parser)
    parser.add_argument(
        "--image", type=at_least(1), default=1, metavar="I", help="number of the image, from 1 (default: 1)"
    )
    parser.add_argument(
        "--nearest",
        type=at_least(1),
        default=_NEIGHBOURS,
        metavar="K",
        help=f"how many training images (default: {_NEIGHBOURS})",
    )
    parser.add_argument(
        "--space", choices=("pixels", "features"), default="pixels", help="what must be alike (default: pixels)"
    )
    parser.add_argument("--out", type=Path, metavar="PATH", help="a .png file for the images")
    parser.add_argument(
        "--scale", type=at_least(1), default=4, metavar="K", help="draw pixels K × K times (default: 4)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the latent vector")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print what there is to say of the image."""
    from ganengine.console import console_for
    from ganengine.events import Preparing
    from ganengine.inspection.data import training_images
    from ganengine.inspection.report import Background

    _check_out(arguments.out)
    subject = subject_of(arguments)
    latent = latent_of(subject, arguments.image, arguments, "--image")
    image = subject.image(latent)
    with console_for(sys.stderr) as console:

        def tell(what: str, done: int, total: int) -> None:
            console.notify(Preparing(what, done, total))

        dataset = training_images(subject.sampler.config, subject.sampler.shape, len(subject.classes), tell)
        background = Background(subject, dataset, tell)
        likeness = background.likeness(image[0], arguments.space, arguments.nearest, tell)
    if arguments.out:
        _save(arguments.out, image, background, likeness, arguments.scale)
    if arguments.json:
        print(json.dumps(_facts(subject, latent, image, background, likeness, arguments)))
    else:
        _print(subject, latent, image, background, likeness, arguments)
    return 0


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower() != ".png":
        raise UsageError(f"--out {out} must end in .png")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")


def _print(
    subject: "Subject",
    latent: "Latent",
    image: "Images",
    background: "Background",
    likeness: "Likeness",
    arguments: Namespace,
) -> None:
    from ganengine.inspection.report import opinion

    whose = f"(class {subject.classes[latent.label]}) " if latent.label is not None else ""
    from_ = "" if arguments.seed is None else f", seed {arguments.seed}"
    print(f"Image {arguments.image} {whose}by {subject.path.name}, step {subject.step:,}{from_}")
    print(opinion(subject, image, latent.label, background.scale))
    print(likeness.reading.text)
    classes, labels = background.dataset.classes, background.dataset.labels
    for found in likeness.neighbours:
        name = f"  {classes[int(labels[found.index])]}" if labels is not None and classes else ""
        mirrored = "  mirrored" if found.mirrored else ""
        print(f"  training image {found.index + 1:>7,}  distance {found.distance:.4f}{name}{mirrored}")


def _facts(
    subject: "Subject",
    latent: "Latent",
    image: "Images",
    background: "Background",
    likeness: "Likeness",
    arguments: Namespace,
) -> dict[str, Any]:
    import torch

    labels = None if latent.label is None else torch.tensor([latent.label])
    score = subject.critic.scores(image, labels)[0]
    real, fake = background.scale.standing(score)
    return {
        "checkpoint": str(subject.path.absolute()),
        "step": subject.step,
        "image": arguments.image,
        "seed": arguments.seed,
        "class": None if latent.label is None else subject.classes[latent.label],
        "z": latent.z.tolist(),
        "logit": score.logit,
        "probability": score.probability,
        "more_real_than": {"real": real, "generated": fake},
        "space": arguments.space,
        "verdict": likeness.reading.verdict,
        "reading": likeness.reading.text,
        "nearest": [
            {"index": found.index, "distance": found.distance, "mirrored": found.mirrored}
            for found in likeness.neighbours
        ],
    }


def _save(path: Path, image: "Images", background: "Background", likeness: "Likeness", scale: int) -> None:
    import numpy as np

    from ganengine.export.grid import compose_grid, save_png
    from ganengine.sampling import as_arrays

    real = as_arrays(background.dataset.images[[found.index for found in likeness.neighbours]])
    images = np.concatenate([image, real])
    save_png(path, compose_grid(images, 1, len(images), padding=2 * scale, scale=scale))
